// Runs a local chain in a folder and says its address, until it is killed.
import { startAnvil } from '../../../adapters/chain/startAnvil.js';

const chain = await startAnvil({ dataDir: process.argv[2]!, onLog: (line) => process.stderr.write(`${line}\n`) });
process.stdout.write(`${chain.rpcUrl} ${chain.pid}\n`);
