import { type Command, Option } from 'commander';
import type { CommandContext } from '../options/CommandContext.js';
import { numberBetween, parseFrames } from '../options/parseValues.js';
import { givenOptions } from '../options/refuseIdleOptions.js';
import { PICTURE_FORMATS } from '../pictures/pictureFormats.js';
import { TONE_MAPS } from '../pictures/toneMaps.js';
import type { FetchOptions } from './FetchOptions.js';

/** `rushes fetch JOB`: the pictures of a job, again and again. */
export function addFetchCommand(program: Command, context: CommandContext): void {
  program
    .command('fetch')
    .summary('fetch the pictures of a job, as often and as developed as you like')
    .description(
      'Fetches the verified frames of a job from IPFS, checks each against what its workers committed to on chain, and writes it developed as asked. Free, from any machine, whoever ordered it: no key and no money are needed.\nOf a job that is not finished it fetches what is paid, says what is missing and exits with 1.',
    )
    .argument('<job>', 'a job id (0x...), or its first characters')
    .optionsGroup('Look:')
    .addOption(
      new Option(
        '--format <format>',
        'png: 8 bits; png16: 16 bits; exr: OpenEXR with the half floats that were paid for; exr32: the same as floats',
      )
        .choices([...PICTURE_FORMATS])
        .default('png'),
    )
    .addOption(new Option('--tone <map>', 'tone map of a PNG').choices([...TONE_MAPS]).default('aces'))
    .option('--exposure <ev>', 'stops, of a PNG', numberBetween(-32, 32), 0)
    .optionsGroup('What and where:')
    .option('--frames <a-b>', 'frames, inclusive (default: all of the job)', parseFrames)
    .option('--out <dir>', 'folder for the pictures', 'rushes-out')
    .option('--proof', 'lay the half floats of each frame (OpenEXR) and the certificate beside', false)
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .option(
      '--network <url>',
      "a network: a coordinator's address, or a network.json (default: RUSHES_URL, else the one on this machine)",
    )
    .option('--data <dir>', 'folder of a network on this machine (default: RUSHES_HOME/local)')
    .addHelpText(
      'after',
      `
Examples:
  rushes fetch 0x3fa9 --out shots
  rushes fetch 0x3fa9 --tone agx --exposure 0.5 --frames 0-23
  rushes fetch 0x3fa9 --format exr --proof --network https://render.example.org`,
    )
    .action(async (job: string, flags: Partial<FetchOptions>, command: Command) => {
      const { fetchCommand } = await import('./fetchCommand.js');
      await fetchCommand({ job, options: flags as FetchOptions, given: givenOptions(command), context });
    });
}
