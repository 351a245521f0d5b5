import { type Command } from 'commander';
import type { CommandContext } from '../options/CommandContext.js';
import { givenOptions } from '../options/refuseIdleOptions.js';

/** `rushes cancel JOB`: no new leases, and what is unreserved comes back. */
export function addCancelCommand(program: Command, context: CommandContext): void {
  program
    .command('cancel')
    .summary('close a job and bring back what is unreserved')
    .description(
      'Closes a job on the contract: no new leases, and its unreserved money comes back to the artist at once. Leases that are under way are still audited and paid, and what they leave comes back when the command is run again.',
    )
    .argument('<job>', 'a job id (0x...), or its first characters')
    .option(
      '--network <url>',
      "a network: a coordinator's address, or a network.json (default: RUSHES_URL, else the one on this machine)",
    )
    .option('--data <dir>', 'folder of a network on this machine (default: RUSHES_HOME/local)')
    .option('--key <file>', "the artist's key (default: one kept in RUSHES_HOME)")
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .addHelpText(
      'after',
      `
Examples:
  rushes cancel 0x3fa9`,
    )
    .action(
      async (
        job: string,
        flags: { network?: string; data?: string; key?: string; json: boolean },
        command: Command,
      ) => {
        const { cancelCommand } = await import('./cancelCommand.js');
        await cancelCommand({ ...flags, job, given: givenOptions(command), context });
      },
    );
}
