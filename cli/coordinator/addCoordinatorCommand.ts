import { type Command, Option } from 'commander';
import { integerBetween, parseAddresses, parseHost, parsePublicUrl } from '../options/parseValues.js';
import type { CommandContext } from '../options/CommandContext.js';
import type { CoordinatorOptions } from './coordinatorCommand.js';

/** `rushes coordinator`: follows the chain and suggests to each worker what to take next. */
export function addCoordinatorCommand(program: Command, context: CommandContext): void {
  program
    .command('coordinator')
    .summary('run a coordinator: suggests work, serves progress, holds no key')
    .requiredOption('--network <file|url>', 'network.json, or the address of another coordinator')
    .option('--database <url>', 'PostgreSQL (default: RUSHES_DATABASE_URL)')
    .option('--host <address>', 'serve other machines: an address of this one, or 0.0.0.0 or :: for all', parseHost)
    .option('--public-url <url>', 'the address that others use, where a proxy or a name is in front', parsePublicUrl)
    .option('--trust-proxy <addresses>', 'proxies whose X-Forwarded-For is believed', parseAddresses)
    .option('--refused <file>', 'CIDs and accounts to have nothing to do with (default: RUSHES_REFUSED)')
    .option('--keep-days <n>', 'days that what an ended job names is kept', integerBetween(1, 36_500), 30)
    .option('--own-ipfs', 'the IPFS node keeps nothing but this network: let go of what nothing names, and free space')
    .option('--port <n>', 'where to listen (default: a free port)', integerBetween(0, 65535), 0)
    .addOption(new Option('--await-network', 'wait for the network file to appear').hideHelp())
    .addOption(new Option('--temporary', 'say on the page that the network ends for good with this').hideHelp())
    .addHelpText(
      'after',
      `
Examples:
  rushes coordinator --network network.json --database postgres://user@host/rushes --port 8800
  rushes coordinator --network network.json --host 0.0.0.0 --port 8800

Its port carries the API, the network's chain and its IPFS endpoint for machines that reach neither.`,
    )
    .action(async (flags: CoordinatorOptions) => {
      const { coordinatorCommand } = await import('./coordinatorCommand.js');
      await coordinatorCommand({ ...flags, context });
    });
}
