import { type Command } from 'commander';
import type { CommandContext } from '../options/CommandContext.js';
import { integerBetween, parseMoney } from '../options/parseValues.js';
import { givenOptions } from '../options/refuseIdleOptions.js';
import { addViewOptions } from '../scene/addViewOptions.js';
import type { SceneOptions } from '../scene/SceneOptions.js';

/** `rushes quote SCENE`: what a job would take and cost. */
export function addQuoteCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('quote')
    .summary('what rendering a scene would cost and take, before anything is paid')
    .description(
      'Renders a few samples of a scene on this machine, counts their rays, and says what the whole job would take and cost on a network: of --network or RUSHES_URL, else the one that `rushes up` runs on this machine, else one as `rushes render` brings up. Nothing is uploaded, signed or paid.',
    )
    .argument('<scene>', 'a .gltf or .glb file, a folder that holds one, or a .zip of such a folder');
  addViewOptions(command)
    .optionsGroup('Job:')
    .option('--network <url>', "a network: a coordinator's address, or a network.json")
    .option(
      '--budget <amount>',
      'the most this job may cost (default: twice its price; the rest comes back)',
      parseMoney,
    )
    .option('--deadline <minutes>', 'when the job ends at the latest', integerBetween(5, 525_600), 24 * 60)
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .addHelpText(
      'after',
      `
Examples:
  rushes quote scene.glb --size 1280x720 --samples 256
  rushes quote scene.glb --frames 0-47 --network http://192.0.2.7:8800`,
    )
    .action(async (scene: string, flags: RawFlags, self: Command) => {
      const { budget: budgetWei, deadline: deadlineMinutes, sceneMemory: sceneBytes, ...rest } = flags;
      const options = { ...rest, budgetWei, deadlineMinutes, sceneBytes };
      const { quoteCommand } = await import('./quoteCommand.js');
      await quoteCommand({ scene, options, given: givenOptions(self), context });
    });
}

type RawFlags = Omit<SceneOptions, 'sceneBytes'> & {
  network: string | undefined;
  budget: bigint | undefined;
  // eslint-disable-next-line @typescript-eslint/naming-convention -- commander names it after the option
  deadline: number;
  sceneMemory: number | undefined;
};
