// Process entry of the IPFS endpoint:
// `node endpoint.child.js --folder DIR [--host H] [--port N] [--kept-unpinned-ms N]`.
// It writes one line of JSON to stdout, either {"ready":{"host","port"}} or {"failed":{...}}, and ends on SIGTERM,
// SIGINT, or when its parent is gone.
import { parseArgs } from 'node:util';
import { RushesError } from '../../protocol/errors.js';
import { createEndpoint } from './createEndpoint.js';

function writeLine(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

try {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string' },
      'kept-unpinned-ms': { type: 'string' },
    },
  });
  const keptUnpinned = values['kept-unpinned-ms'];
  const endpoint = await createEndpoint({
    folder: values.folder ?? '',
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    ...(keptUnpinned === undefined ? {} : { limits: { keptUnpinnedMs: Number(keptUnpinned) } }),
  });
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    // Whatever still hangs then was asked for by a client that does not matter any more.
    setTimeout(() => process.exit(0), 5000).unref();
    endpoint.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('disconnect', end);
  writeLine({ ready: { host: endpoint.host, port: endpoint.port } });
} catch (error) {
  const known =
    error instanceof RushesError
      ? { code: error.code, message: error.message, facts: error.facts, advice: error.advice }
      : { code: 'endpoint', message: error instanceof Error ? error.message : String(error), facts: {} };
  writeLine({ failed: known });
  process.exitCode = 1;
  process.disconnect?.();
}
