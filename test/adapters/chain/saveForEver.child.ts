// Saves one state after the other and says the number of each that is saved, until it is killed.
import { gzipSync } from 'node:zlib';
import { openChainState } from '../../../adapters/chain/openChainState.js';

const [folder = '', first = '0'] = process.argv.slice(2);
const state = openChainState(folder);
for (let number = Number(first); ; number++) {
  await state.save(gzipSync(JSON.stringify({ number, filler: 'state '.repeat(20_000) })));
  process.stdout.write(`${number}\n`);
}
