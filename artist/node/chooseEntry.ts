import { BadInputError } from '../../protocol/errors.js';
import { shorten } from './readRegularFile.js';

/** Scenes named in a refusal. */
const MOST_NAMED = 5;

/** Whether a file's name is that of a scene. */
export function isSceneName(name: string): boolean {
  return /\.(gltf|glb)$/i.test(name);
}

/**
 * The scene among the files of a folder or an archive: the one that lies nearest to its top. Throws BadInputError where
 * there is none, and naming them where there are several.
 * @param holder what holds them, as the person calls it.
 */
export function chooseEntry({ holder, names }: { holder: string; names: readonly string[] }): string {
  const scenes = names.filter(isSceneName);
  const depthOf = (name: string): number => name.split('/').length;
  const least = scenes.reduce((depth, name) => Math.min(depth, depthOf(name)), Infinity);
  const [entry, ...others] = scenes.filter((name) => depthOf(name) === least).sort();
  const refuse = (message: string, advice: string): BadInputError =>
    new BadInputError({ code: 'no-scene', message, facts: { scene: shorten(holder) }, advice });
  if (entry === undefined)
    throw refuse(`${shorten(holder)} holds no .gltf or .glb file`, 'put a scene into it, or name one.');
  if (others.length > 0) {
    const all = [entry, ...others].map(shorten);
    const some = all.length <= MOST_NAMED ? all : [...all.slice(0, MOST_NAMED), `${all.length - MOST_NAMED} more`];
    throw refuse(`${shorten(holder)} holds ${all.length} scenes: ${some.join(', ')}`, 'name the one that is meant.');
  }
  return entry;
}
