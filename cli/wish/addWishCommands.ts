import { type Command } from 'commander';
import { MOST_PRIORITY } from '../../protocol/jobWish.js';
import type { CommandContext } from '../options/CommandContext.js';
import { integerBetween } from '../options/parseValues.js';
import { givenOptions } from '../options/refuseIdleOptions.js';

const NOTHING_ON_CHAIN =
  'This is advice to the coordinator, signed by the artist; nothing on the chain changes. The money stays in escrow, leases under way go on and are paid, and a worker that was suggested nothing for 20 seconds may take chunks of any open job. `rushes cancel` ends a job for certain.';

interface WishFlags {
  network?: string;
  data?: string;
  key?: string;
  json: boolean;
}

/** `rushes pause JOB`, `rushes resume JOB` and `rushes priority JOB N`. */
export function addWishCommands(program: Command, context: CommandContext): void {
  for (const [name, isPaused, summary, first] of [
    ['pause', true, 'have a job suggested to no worker for now', 'Asks the coordinator to suggest no more of a job.'],
    ['resume', false, 'have a paused job suggested again', 'Asks the coordinator to suggest a paused job again.'],
  ] as const)
    addCommon(program.command(name).summary(summary).description(`${first} ${NOTHING_ON_CHAIN}`))
      .addHelpText('after', `\nExamples:\n  rushes ${name} 0x3fa9`)
      .action(async (job: string, flags: WishFlags, command: Command) => {
        const { wishCommand } = await import('./wishCommand.js');
        await wishCommand({
          ...flags,
          command: name,
          job,
          wish: { paused: isPaused },
          given: givenOptions(command),
          context,
        });
      });
  addCommon(
    program
      .command('priority')
      .summary('which of your jobs is suggested first')
      .description(
        `Asks the coordinator to suggest a job before (or after) the others of the same artist: the highest number first, 0 unless told otherwise. Jobs of other artists keep their turns. ${NOTHING_ON_CHAIN}`,
      ),
  )
    .argument('<n>', `-${MOST_PRIORITY} to ${MOST_PRIORITY}`, integerBetween(-MOST_PRIORITY, MOST_PRIORITY))
    .addHelpText('after', `\nExamples:\n  rushes priority 0x3fa9 10\n  rushes priority 0x3fa9 -- -10`)
    .action(async (job: string, priority: number, flags: WishFlags, command: Command) => {
      const { wishCommand } = await import('./wishCommand.js');
      await wishCommand({
        ...flags,
        command: 'priority',
        job,
        wish: { priority },
        given: givenOptions(command),
        context,
      });
    });
}

function addCommon(command: Command): Command {
  return command
    .argument('<job>', 'a job id (0x...), or its first characters')
    .option(
      '--network <url>',
      "a network: a coordinator's address, or a network.json (default: RUSHES_URL, else the one on this machine)",
    )
    .option('--data <dir>', 'folder of a network on this machine (default: RUSHES_HOME/local)')
    .option('--key <file>', "the artist's key (default: one kept in RUSHES_HOME)")
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false);
}
