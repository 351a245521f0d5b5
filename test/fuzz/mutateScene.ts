import { encode } from '../renderer/scene/GltfBuilder.js';
import type { Random } from './random.js';
import type { SoundScene } from './soundScenes.js';

/** A scene that somebody damaged or made up. */
export interface MutatedScene {
  /** What was done to what. */
  story: string[];
  entry: string;
  files: Record<string, Uint8Array>;
}

type Json = Record<string, unknown> | unknown[];

/** Values that readers stumble over. */
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  -1,
  0,
  1,
  2,
  3,
  255,
  65_536,
  0.5,
  1e9,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e300,
  -1e300,
  5e-324,
  5120,
  5121,
  5123,
  5125,
  5126,
  '',
  'x',
  'VEC3',
  'MAT4',
  'SCALAR',
  'data:;base64,AAAA',
  'data:',
  '../a.hdr',
  'a.exr',
  '%',
  'y'.repeat(5000),
  [],
  {},
  [0],
  [1, 2, 3],
  [null],
  { index: 0 },
  { a: { b: {} } },
  '__proto__',
];

/** Keys that mean something somewhere. */
const KEYS: readonly string[] = [
  ...['byteOffset', 'byteLength', 'byteStride', 'bufferView', 'count', 'type', 'componentType', 'normalized', 'sparse'],
  ...['children', 'mesh', 'skin', 'camera', 'weights', 'matrix', 'scale', 'rotation', 'translation', 'extensions'],
  ...['mode', 'indices', 'material', 'targets', 'attributes', 'POSITION', 'JOINTS_0', 'WEIGHTS_0', 'TEXCOORD_1'],
  ...['uri', 'source', 'index', 'texCoord', 'sampler', 'name', 'extras', 'scene', 'nodes', 'extensionsRequired'],
  ...['KHR_lights_punctual', 'EXT_mesh_gpu_instancing', 'EXT_meshopt_compression', 'EXT_texture_webp', 'rushes'],
  ...['__proto__', 'constructor', 'toString', 'length'],
];

/** One to four changes to one sound scene, in the document, the bytes, or the container. */
export function mutateScene(
  random: Random,
  from: { scenes: SoundScene[]; environments: Record<string, Uint8Array> },
): MutatedScene {
  const scene = random.pick(from.scenes);
  const story = [scene.name];
  const builder = scene.builder();
  const json = structuredClone(builder.json) as Record<string, unknown>;
  let buffer = builder.buffer();
  json['buffers'] = [{ uri: 'scene.bin', byteLength: buffer.length }];
  const environments = { ...from.environments };
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const kind = random.below(10);
    if (kind < 6) story.push(changeDocument(random, json));
    else if (kind < 8) {
      buffer = damage(random, buffer);
      story.push('damaged the buffer');
    } else {
      const name = random.pick(Object.keys(environments));
      environments[name] = damage(random, environments[name] as Uint8Array);
      story.push(`damaged ${name}`);
    }
  }
  return contain({ random, json, buffer, story, environments });
}

function contain(options: {
  random: Random;
  json: Record<string, unknown>;
  buffer: Uint8Array;
  story: string[];
  environments: Record<string, Uint8Array>;
}): MutatedScene {
  const { random, json, buffer, story, environments } = options;
  const kind = random.pick(['folder', 'embedded', 'glb']);
  story.push(kind);
  const holder = (Array.isArray(json['buffers']) ? json['buffers'][0] : undefined) as
    Record<string, unknown> | undefined;
  const hasUri = typeof holder === 'object' && holder !== null && holder['uri'] === 'scene.bin';
  if (kind === 'embedded' && hasUri)
    holder['uri'] = `data:application/octet-stream;base64,${Buffer.from(buffer).toString('base64')}`;
  if (kind === 'glb' && hasUri) delete holder['uri'];
  let document = encode(json);
  if (kind === 'glb') document = glbOf(document, buffer);
  if (random.oneIn(8)) {
    document = damage(random, document);
    story.push('damaged the file');
  }
  return { story, entry: 'scene.gltf', files: { 'scene.gltf': document, 'scene.bin': buffer, ...environments } };
}

function glbOf(json: Uint8Array, buffer: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil(json.length / 4) * 4).fill(0x20);
  padded.set(json);
  const bytes = new Uint8Array(28 + padded.length + buffer.length);
  const view = new DataView(bytes.buffer);
  [0x46546c67, 2, bytes.length, padded.length, 0x4e4f534a].forEach((word, i) => view.setUint32(4 * i, word, true));
  bytes.set(padded, 20);
  view.setUint32(20 + padded.length, buffer.length, true);
  view.setUint32(24 + padded.length, 0x004e4942, true);
  bytes.set(buffer, 28 + padded.length);
  return bytes;
}

/** Changes one place of a document. */
function changeDocument(random: Random, json: Json): string {
  const places: { holder: Json; key: string; path: string }[] = [];
  const walk = (holder: Json, path: string): void => {
    for (const [key, value] of Object.entries(holder)) {
      places.push({ holder, key, path: `${path}.${key}` });
      if (typeof value === 'object' && value !== null) walk(value as Json, `${path}.${key}`);
    }
  };
  walk(json, '');
  if (places.length === 0) return 'left an empty document alone';
  const { holder, key, path } = random.pick(places);
  const at = holder as Record<string, unknown>;
  const value = at[key];
  switch (random.below(8)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete at[key];
      return `removed ${path}`;
    case 1:
    case 2:
      at[key] = structuredClone(random.pick(VALUES));
      return `set ${path} to ${JSON.stringify(at[key])?.slice(0, 40)}`;
    case 3: {
      const other = random.pick(places);
      at[key] = structuredClone((other.holder as Record<string, unknown>)[other.key]);
      return `set ${path} to what ${other.path} is`;
    }
    case 4:
      if (typeof value !== 'number') break;
      at[key] = random.pick([value + 1, value - 1, -value, value * 1000, value + 0.25]);
      return `set ${path} to ${at[key] as number}`;
    case 5:
      if (!Array.isArray(value)) break;
      at[key] = Array.from({ length: random.pick([2, 17, 300]) }, () => structuredClone(value[0])).concat(value);
      return `repeated the first of ${path}`;
    case 6: {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) break;
      const name = random.pick(KEYS);
      Object.defineProperty(value, name, {
        value: structuredClone(random.pick(VALUES)),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      return `added ${path}.${name}`;
    }
  }
  at[key] = random.below(6);
  return `set ${path} to ${at[key] as number}`;
}

/** Flips, overwrites, cuts or stretches bytes. */
function damage(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  if (copy.length === 0) return new Uint8Array(random.below(9));
  switch (random.below(5)) {
    case 0:
      return copy.subarray(0, random.below(copy.length));
    case 1: {
      const longer = new Uint8Array(copy.length + 1 + random.below(64));
      longer.set(copy);
      return longer;
    }
    case 2: {
      // Numbers that are none, or are enormous: NaN, infinity, the largest float, or a size in a header.
      const word = random.pick([0x7fc00000, 0x7f800000, 0x7f7fffff, 0xffffffff, 0, 0x00004000, 0x40000000]);
      const view = new DataView(copy.buffer);
      const at = random.below(Math.max(1, copy.length - 3));
      if (at + 4 <= copy.length) view.setUint32(at, word, random.oneIn(2));
      return copy;
    }
    case 3:
      for (let flips = 1 + random.below(16); flips > 0; flips--) copy[random.below(copy.length)] = random.below(256);
      return copy;
    default:
      // Headers are where sizes stand.
      for (let flips = 1 + random.below(4); flips > 0; flips--)
        copy[random.below(Math.min(64, copy.length))] = random.below(256);
      return copy;
  }
}
