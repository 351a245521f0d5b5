import { type Command, Option } from 'commander';
import type { Role } from '../../protocol/events.js';
import type { CommandContext } from '../options/CommandContext.js';

/** `rushes leave`: the way out of a network, with the stake. */
export function addLeaveCommand(program: Command, context: CommandContext): void {
  program
    .command('leave')
    .summary('leave a network: bring stake and earnings back')
    .description(
      'Ends the part of a worker or verifier in a network: withdraws what it earned, starts the wait that the network asks for, and brings the stake back when it is over.\nThe wait may be interrupted: run again, it goes on where it is. End the worker or verifier itself before, with Ctrl-C.',
    )
    .argument(
      '[url]',
      "the network: a coordinator's address, or a network.json (default: RUSHES_URL, else the one that was joined)",
    )
    .addOption(new Option('--as <role>', 'what it joined as').choices(['worker', 'verifier']).default('worker'))
    .option('--key <file>', 'its key (default: the one that `rushes join` made)')
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .addHelpText(
      'after',
      `
Examples:
  rushes leave
  rushes leave http://192.0.2.7:8800 --as verifier`,
    )
    .action(async (url: string | undefined, flags: { as: Role; key?: string; json: boolean }) => {
      const { leaveCommand } = await import('./leaveCommand.js');
      await leaveCommand({ ...flags, url, context });
    });
}
