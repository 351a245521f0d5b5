import { type Command } from 'commander';
import type { CommandContext } from '../options/CommandContext.js';
import { givenOptions } from '../options/refuseIdleOptions.js';

/** `rushes status [JOB]`: what the network, or one job on it, is doing. */
export function addStatusCommand(program: Command, context: CommandContext): void {
  program
    .command('status')
    .summary('show the jobs of a network, or one job')
    .description(
      'Reads the chain and shows every job, or the chunks, leases and money of one. A job may be given by the first characters of its id.',
    )
    .argument('[job]', 'a job id (0x...)')
    .option(
      '--network <url>',
      "a network: a coordinator's address, or a network.json (default: RUSHES_URL, else the one on this machine)",
    )
    .option('--data <dir>', 'folder of a network on this machine (default: RUSHES_HOME/local)')
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .addHelpText(
      'after',
      `
Examples:
  rushes status
  rushes status 0x3fa9 --json`,
    )
    .action(
      async (job: string | undefined, flags: { network?: string; data?: string; json: boolean }, command: Command) => {
        const { statusCommand } = await import('./statusCommand.js');
        await statusCommand({ ...flags, job, given: givenOptions(command), context });
      },
    );
}
