// The faucet as a child of the supervisor. It waits for the network's description: until that is there, whoever brings
// the network up uses its key.
import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { pause } from '../../adapters/pause.js';
import { startFaucet } from '../../faucet/startFaucet.js';
import { parseNetworkDescription } from '../../protocol/network.js';
import { runService } from '../supervisor/runService.js';
import type { FaucetChildOptions } from './FaucetChildOptions.js';
import { readOrMakeKey } from './readOrMakeKey.js';

const LOOK_AGAIN_MS = 50;

await runService<FaucetChildOptions>(async ({ descriptionFile, keyFile, folder, port, fundsItself }, signal) => {
  let text: string | undefined;
  while (text === undefined) {
    text = await readFile(descriptionFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    });
    if (text === undefined) await pause(LOOK_AGAIN_MS, signal);
  }
  const faucet = await startFaucet({
    network: parseNetworkDescription(text),
    key: await readOrMakeKey(keyFile),
    folder,
    port,
    fundsItself,
    log: pino(
      { name: 'faucet', base: { name: 'faucet' }, timestamp: pino.stdTimeFunctions.isoTime },
      pino.destination(2),
    ),
  });
  return { facts: { url: faucet.url }, closed: new Promise(() => {}), close: () => faucet.close() };
});
