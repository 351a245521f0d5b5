import { type Command, Option } from 'commander';
import type { Role } from '../../protocol/events.js';
import type { CommandContext } from '../options/CommandContext.js';

/** `rushes earnings`: what a party earned, lost and paid for gas. */
export function addEarningsCommand(program: Command, context: CommandContext): void {
  program
    .command('earnings')
    .summary('show what a worker or verifier earned, lost and paid for gas, lease by lease')
    .description('Reads the chain and lists every lease that a worker rendered or a verifier audited.')
    .argument(
      '[url]',
      "the network: a coordinator's address, or a network.json (default: RUSHES_URL, else the one that was joined)",
    )
    .addOption(new Option('--as <role>', 'what it joined as').choices(['worker', 'verifier']).default('worker'))
    .option('--key <file>', 'its key (default: the one that `rushes join` made)')
    .addOption(new Option('--csv', 'comma-separated values, exact to the wei').default(false).conflicts('json'))
    .addOption(new Option('--json', 'print one JSON object on stdout, everything else on stderr').default(false))
    .addHelpText(
      'after',
      `
Examples:
  rushes earnings
  rushes earnings http://192.0.2.7:8800 --as verifier --csv > earnings.csv`,
    )
    .action(async (url: string | undefined, flags: { as: Role; key?: string; csv: boolean }) => {
      const { earningsCommand } = await import('./earningsCommand.js');
      await earningsCommand({ ...flags, url, context });
    });
}
