import { type Command, Option } from 'commander';
import { MANIFEST_LIMITS } from '../../protocol/manifest.js';
import {
  integerBetween,
  numberBetween,
  parseBackground,
  parseBytes,
  parseFrames,
  parseOrbit,
  parseSize,
  parseTile,
  parseTriple,
} from '../options/parseValues.js';

/** The options that say what is seen of a scene, when and how finely: of every command that a job begins with. */
export function addViewOptions(command: Command): Command {
  return command
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
    .optionsGroup('Scene:')
    .option('--scene-memory <size>', 'memory that the scene may take, for instance 2GiB (default: 1GiB)', parseBytes)
    .option('--accept-unsupported', 'go on although something is missing or cannot be drawn yet', false);
}
