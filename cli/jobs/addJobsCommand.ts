import { type Command } from 'commander';
import type { CommandContext } from '../options/CommandContext.js';
import { givenOptions } from '../options/refuseIdleOptions.js';

/** `rushes jobs`: what an artist ordered, and how far it is. */
export function addJobsCommand(program: Command, context: CommandContext): void {
  program
    .command('jobs')
    .summary('your jobs: what is done, paid and left')
    .description(
      'Lists the jobs of an account from the chain, newest first: state, chunks done and paid, time left at the pace so far, money spent and money still in escrow. The coordinator, where one answers, adds what was wished of them.',
    )
    .option('--all', 'the jobs of everybody', false)
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
  rushes jobs
  rushes jobs --all --json`,
    )
    .action(
      async (
        flags: { all: boolean; network?: string; data?: string; key?: string; json: boolean },
        command: Command,
      ) => {
        const { jobsCommand } = await import('./jobsCommand.js');
        await jobsCommand({ ...flags, given: givenOptions(command), context });
      },
    );
}
