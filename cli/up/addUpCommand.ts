import { type Command } from 'commander';
import {
  integerBetween,
  parseAddresses,
  parseBytes,
  parseContactLine,
  parseHost,
  parsePublicUrl,
} from '../options/parseValues.js';
import type { CommandContext } from '../options/CommandContext.js';
import type { UpOptions } from './upCommand.js';
import { givenOptions } from '../options/refuseIdleOptions.js';

/** `rushes up`: a whole network on this machine that stays. */
export function addUpCommand(program: Command, context: CommandContext): void {
  program
    .command('up')
    .summary('bring up a whole network on this machine that stays')
    .description(
      'Brings up PostgreSQL, an EVM node, the IPFS endpoint, a coordinator, workers and verifiers, each as a process of its own, and keeps them until Ctrl-C.\nState is kept in a folder and used again the next time. `rushes render` in another terminal finds it by itself.',
    )
    .option('--data <dir>', 'folder of the network (default: RUSHES_HOME/local)')
    .option(
      '--port <n>',
      "the coordinator's port (default: the last one used, else a free one)",
      integerBetween(1, 65535),
    )
    .option('--host <address>', 'serve other machines: an address of this one, or 0.0.0.0 or :: for all', parseHost)
    .option('--public-url <url>', 'the address that others use, where a proxy or a name is in front', parsePublicUrl)
    .option('--trust-proxy <addresses>', 'proxies whose X-Forwarded-For is believed', parseAddresses)
    .option(
      '--network <file|url>',
      'contracts on a chain that somebody else keeps (default: RUSHES_URL, else a chain of its own)',
    )
    .option('--ipfs <url>', 'a Kubo RPC endpoint (default: RUSHES_IPFS_API_URL, else one of its own)')
    .option('--database <url>', 'a PostgreSQL (default: RUSHES_DATABASE_URL, else one of its own)')
    .option('--refused <file>', 'CIDs and accounts to have nothing to do with (default: RUSHES_REFUSED)')
    .option('--keep-days <n>', 'days that what an ended job names is kept (default: 30)', integerBetween(1, 36_500))
    .option('--own-ipfs', 'the node of --ipfs keeps nothing but this network: let go of what nothing names there')
    .option('--contact <text>', 'whom to write to about this network, for everybody to read', parseContactLine)
    .option('--workers <n>', 'workers', integerBetween(0, 64), 2)
    .option('--verifiers <n>', 'verifiers', integerBetween(0, 64), 3)
    .option(
      '--threads <n>',
      "render threads per worker (default: the machine's cores shared out)",
      integerBetween(1, 1024),
    )
    .option('--scene-memory <size>', 'memory that each scene may take, for instance 2GiB (default: 1GiB)', parseBytes)
    .option('--cheat <how>', 'let the first worker cheat, to see it caught: half-samples')
    .addHelpText(
      'after',
      `
Examples:
  rushes up
  rushes up --data /srv/rushes --port 8800 --workers 4 --threads 8
  rushes up --network network.json --ipfs http://127.0.0.1:5001 --database postgres://user@host/rushes
  rushes up --host 0.0.0.0 --port 8800                          serves the machines around
  rushes up --port 8800 --public-url https://render.example.org --trust-proxy 127.0.0.1

Others need that one port: it carries the API, the chain and IPFS. Everything else stays on the loopback interface.

Jobs are paid with test money, which is worth nothing.`,
    )
    .action(async (flags: UpOptions, command: Command) => {
      const { upCommand } = await import('./upCommand.js');
      await upCommand({ ...flags, given: givenOptions(command), context });
    });
}
