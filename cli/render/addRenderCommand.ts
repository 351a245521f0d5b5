import { type Command, Option } from 'commander';
import { integerBetween, numberBetween, parseMoney } from '../options/parseValues.js';
import type { RenderOptions } from './RenderOptions.js';
import { TONE_MAPS } from '../pictures/toneMaps.js';
import { addViewOptions } from '../scene/addViewOptions.js';
import type { CommandContext } from '../options/CommandContext.js';
import { givenOptions } from '../options/refuseIdleOptions.js';

/** `rushes render SCENE`: one job from the scene's files to pictures in a folder. */
export function addRenderCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('render')
    .summary('render a scene: a picture, or an animation when it has a clip')
    .description(
      'Renders a glTF scene (.gltf or .glb) and writes a PNG per frame, an animated WebP, report.json and certificate.json. Says first what it will cost, and asks.\nUses the network of --network or RUSHES_URL, else the one that `rushes up` runs on this machine, else brings one up for the job and takes it down after.',
    )
    .argument('<scene>', 'a .gltf or .glb file, a folder that holds one, or a .zip of such a folder');
  addViewOptions(command)
    .optionsGroup('Look (changes no pixel that is paid for):')
    .addOption(new Option('--tone <map>', 'tone map').choices([...TONE_MAPS]).default('aces'))
    .option('--exposure <ev>', 'stops', numberBetween(-32, 32), 0)
    .optionsGroup('Job:')
    .option('--out <dir>', 'folder for the results', 'rushes-out')
    .option('--local', "this machine's engine alone, without any network: the same pixels, bit for bit", false)
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .option('--network <url>', "a network: a coordinator's address, or a network.json")
    .option('--key <file>', "the artist's key (default: one kept in RUSHES_HOME)")
    .option(
      '--budget <amount>',
      'the most this job may cost (default: twice its price; the rest comes back)',
      parseMoney,
    )
    .option('--deadline <minutes>', 'when the job ends at the latest', integerBetween(5, 525_600), 24 * 60)
    .option('--yes', 'agree to the quote without being asked', false)
    .option('--again', 'order a new job although one of the same pictures is done: it is paid for once more', false)
    .optionsGroup('Network brought up for the job:')
    .option('--workers <n>', 'workers', integerBetween(1, 64), 2)
    .option('--verifiers <n>', 'verifiers', integerBetween(2, 64), 3)
    .option(
      '--threads <n>',
      "render threads per worker (default: the machine's cores shared out)",
      integerBetween(1, 1024),
    )
    .option('--cheat <how>', 'let the first worker cheat, to see it caught: half-samples')
    .addHelpText(
      'after',
      `
Examples:
  rushes render car.gltf --env studio.hdr --size 1280x720 --samples 256 --out car/
  rushes render fox.glb --orbit 30,75,4 --target 0,1,0 --fov 35 --frames 0-23
  rushes render scene.glb --local --json > result.json
  rushes render scene.glb --cheat half-samples        a worker that cheats is caught, slashed and replaced

The network that is brought up for a job pays with test money, which is worth nothing.`,
    )
    .action(async (scene: string, flags: RawFlags, command: Command) => {
      const { renderCommand } = await import('./renderCommand.js');
      await renderCommand({ scene, options: toOptions(flags), given: givenOptions(command), context });
    });
}

type RawFlags = Omit<RenderOptions, 'budgetWei' | 'deadlineMinutes' | 'sceneBytes'> & {
  budget?: bigint;
  // eslint-disable-next-line @typescript-eslint/naming-convention -- commander names it after the option
  deadline: RenderOptions['deadlineMinutes'];
  sceneMemory?: number;
};

function toOptions({ budget, deadline: deadlineMinutes, sceneMemory, ...flags }: RawFlags): RenderOptions {
  return { ...flags, budgetWei: budget, deadlineMinutes, sceneBytes: sceneMemory };
}
