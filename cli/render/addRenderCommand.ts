import { type Command, Option } from 'commander';
import { MANIFEST_LIMITS } from '../../protocol/manifest.js';
import {
  integerBetween,
  numberBetween,
  parseBackground,
  parseBytes,
  parseFrames,
  parseMoney,
  parseOrbit,
  parseSize,
  parseTile,
  parseTriple,
} from '../options/parseValues.js';
import type { RenderOptions } from './RenderOptions.js';
import { TONE_MAPS } from '../pictures/toneMaps.js';
import type { CommandContext } from '../options/CommandContext.js';
import { givenOptions } from '../options/refuseIdleOptions.js';

/** `rushes render SCENE`: one job from the scene's files to pictures in a folder. */
export function addRenderCommand(program: Command, context: CommandContext): void {
  program
    .command('render')
    .summary('render a scene: a picture, or an animation when it has a clip')
    .description(
      'Renders a glTF scene (.gltf or .glb) and writes a PNG per frame, an animated WebP, report.json and certificate.json.\nUses the network of --network or RUSHES_URL, else the one that `rushes up` runs on this machine, else brings one up for the job and takes it down after.',
    )
    .argument('<scene>', 'a .gltf or .glb file, a folder that holds one, or a .zip of such a folder')
    .optionsGroup('Camera:')
    .option(
      '--camera <name>',
      'a camera of the scene, by the name of its node (default: the first; a scene without one is framed)',
    )
    .addOption(
      new Option(
        '--orbit <theta,phi,radius>',
        'a camera on a sphere: degrees about +Y from +Z, degrees down from +Y, metres',
      )
        .argParser(parseOrbit)
        .conflicts('camera'),
    )
    .addOption(
      new Option('--target <x,y,z>', 'what the orbit camera looks at, metres (default: the middle of the scene)')
        .argParser(parseTriple)
        .conflicts('camera'),
    )
    .addOption(
      new Option('--fov <degrees>', 'vertical angle of view of the orbit camera')
        .argParser(numberBetween(0.1, 179))
        .conflicts('camera'),
    )
    .optionsGroup('Light:')
    .option(
      '--env <file.hdr>',
      'an environment that lights the scene (default: a photo studio where the scene has no light of its own)',
    )
    .option('--env-intensity <factor>', 'factor on the environment', numberBetween(0, 1e6), 1)
    .option(
      '--background <env|transparent|#rrggbb>',
      'what is seen where nothing is (default: the environment, where one was given)',
      parseBackground,
    )
    .optionsGroup('Time:')
    .option('--clip <name>', 'the animation that plays (default: the first)')
    .option('--frames <a-b>', 'frames, inclusive (default: all of the clip; one without a clip)', parseFrames)
    .option('--fps <n>', 'frames per second (default: what the scene says, else 24)', numberBetween(0.001, 1000))
    .optionsGroup('Quality:')
    .addOption(
      new Option('--size <wxh>', 'pixels').argParser(parseSize).default({ width: 640, height: 360 }, '640x360'),
    )
    .option('--samples <n>', 'samples per pixel', integerBetween(1, MANIFEST_LIMITS.samples), 64)
    .option('--bounces <n>', 'path segments at most', integerBetween(1, MANIFEST_LIMITS.bounces), 8)
    .option('--seed <n>', 'seed of the random numbers', integerBetween(0, 0xffffffff), 1)
    .option(
      '--batches <n>',
      'batches the samples are checked in (default: up to 8)',
      integerBetween(1, MANIFEST_LIMITS.batches),
    )
    .option('--tile <pixels>', 'side of a tile, the unit of work and pay (default: by the size)', parseTile)
    .optionsGroup('Look (changes no pixel that is paid for):')
    .addOption(new Option('--tone <map>', 'tone map').choices([...TONE_MAPS]).default('aces'))
    .option('--exposure <ev>', 'stops', numberBetween(-32, 32), 0)
    .optionsGroup('Job:')
    .option('--out <dir>', 'folder for the results', 'rushes-out')
    .option('--scene-memory <size>', 'memory that the scene may take, for instance 2GiB (default: 1GiB)', parseBytes)
    .option('--accept-unsupported', 'render although something is missing or cannot be drawn yet', false)
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
