import { type Command } from 'commander';
import type { CommandContext } from '../options/CommandContext.js';
import { parseBytes } from '../options/parseValues.js';

/** `rushes check SCENE`: what a scene holds, and what is missing or cannot be drawn. */
export function addCheckCommand(program: Command, context: CommandContext): void {
  program
    .command('check')
    .summary('say what a scene holds and what is missing or cannot be drawn yet')
    .description(
      'Loads a scene and its environment as `render` would and lists by name what is missing and what cannot be drawn yet, the most severe first: error (no picture without it), major (the picture as a whole is another), minor (a surface looks a little different).\nExits with 0 when all is drawn, with 2 when anything is missing, not drawn or cannot be read.',
    )
    .argument('<scene>', 'a .gltf or .glb file, a folder that holds one, or a .zip of such a folder')
    .option('--env <file.hdr>', 'an environment, checked as well')
    .option('--scene-memory <size>', 'memory that the scene may take, for instance 2GiB (default: 1GiB)', parseBytes)
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .addHelpText(
      'after',
      `
Examples:
  rushes check scene.gltf
  rushes check scene.glb --json`,
    )
    .action(async (scene: string, flags: { env?: string; sceneMemory?: number; json: boolean }) => {
      const { checkCommand } = await import('./checkCommand.js');
      await checkCommand({ scene, env: flags.env, sceneBytes: flags.sceneMemory, context });
    });
}
