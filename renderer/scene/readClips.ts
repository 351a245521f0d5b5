import { BadSceneError } from './BadSceneError.js';
import type { GltfAnimation, GltfDocument } from './GltfDocument.js';
import type { SceneChannel, SceneClip, SceneNode } from './LoadedScene.js';
import type { SceneGeometry } from './openGeometry.js';
import { SCENE_LIMITS } from './SCENE_LIMITS.js';
import { shown } from './shown.js';

const COMPONENTS = { translation: 3, rotation: 4, scale: 3 } as const;

/**
 * Every animation of the document as a clip with the channels that move nodes of the scene. Throws BadSceneError for
 * keys that do not fit together.
 */
export async function readClips(options: {
  entry: string;
  document: GltfDocument;
  geometry: SceneGeometry;
  order: SceneNode[];
}): Promise<SceneClip[]> {
  const { entry, document, geometry, order } = options;
  const inScene = new Set(order.map((node) => node.index));
  const clips: SceneClip[] = [];
  for (const [i, animation] of (document.animations ?? []).entries()) {
    const channels: SceneChannel[] = [];
    for (const [c, channel] of animation.channels.entries()) {
      const node = channel.target.node;
      if (
        node === undefined ||
        !inScene.has(node) ||
        !['translation', 'rotation', 'scale', 'weights'].includes(channel.target.path)
      )
        continue;
      channels.push(
        await readChannel({
          entry,
          where: `animations[${i}].channels[${c}]`,
          document,
          animation,
          channel: { ...channel, node },
          geometry,
        }),
      );
    }
    const name = animation.name === undefined || animation.name === '' ? `animation ${i}` : animation.name;
    clips.push({
      name: clips.some((other) => other.name === name) ? `${name} (${i})` : name,
      durationSeconds: channels.reduce((longest, channel) => Math.max(longest, channel.times.at(-1) ?? 0), 0),
      channels,
    });
  }
  return clips;
}

/** The clip with the given name, or an error that lists those there are. */
export function findClip(options: { entry: string; clips: SceneClip[]; name: string | null }): SceneClip | null {
  const { entry, clips, name } = options;
  if (name === null) return null;
  const found = clips.find((clip) => clip.name === name);
  if (found !== undefined) return found;
  throw new BadSceneError({
    file: entry,
    what: `it has no animation clip ${shown(name)}`,
    advice:
      clips.length === 0
        ? 'The scene has no clips: leave the clip out.'
        : `Name one of its clips: ${clips.map((clip) => shown(clip.name)).join(', ')}.`,
  });
}

async function readChannel(options: {
  entry: string;
  where: string;
  document: GltfDocument;
  animation: GltfAnimation;
  channel: GltfAnimation['channels'][number] & { node: number };
  geometry: SceneGeometry;
}): Promise<SceneChannel> {
  const { entry, where, document, animation, channel, geometry } = options;
  const bad = (what: string): BadSceneError => new BadSceneError({ file: entry, where, what });
  const sampler = animation.samplers[channel.sampler];
  if (sampler === undefined) throw bad('there is no such sampler');
  const [input, output] = await Promise.all([geometry.accessor(sampler.input), geometry.accessor(sampler.output)]);
  const times = input.values;
  if (times.length === 0) throw bad('it has no keys');
  for (const [i, seconds] of times.entries()) {
    if (seconds < 0 || seconds > SCENE_LIMITS.clipSeconds) throw bad(`key ${i} lies at ${seconds} seconds`);
    const before = times[i - 1];
    if (before !== undefined && !(seconds > before))
      throw bad(`key ${i} at ${seconds} s does not follow key ${i - 1} at ${before} s`);
  }
  const path = channel.target.path as SceneChannel['path'];
  const interpolation = sampler.interpolation ?? 'LINEAR';
  const groups = times.length * (interpolation === 'CUBICSPLINE' ? 3 : 1);
  const components = path === 'weights' ? targetCountOf(document, channel.node) : COMPONENTS[path];
  if (output.values.length !== groups * components)
    throw bad(
      `${times.length} keys of ${components} numbers need ${groups * components} values; there are ${output.values.length}`,
    );
  return { node: channel.node, path, interpolation, times, values: output.values, components };
}

function targetCountOf(document: GltfDocument, node: number): number {
  const mesh = document.meshes?.[document.nodes?.[node]?.mesh ?? -1];
  return mesh?.primitives.reduce((most, primitive) => Math.max(most, primitive.targets?.length ?? 0), 0) ?? 0;
}
