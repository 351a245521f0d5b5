import { type EncodedDocument, encodeDocument } from './encodeDocument.js';
import { parseCanonicalJson } from './canonicalJson.js';
import { BadInputError } from './errors.js';
import { FieldReader } from './fields.js';
import { chunkCount, geometryOf, MAX_TILE } from './geometry.js';
import { type Bytes32, type Cid, parseBytes32, parseCid } from './ids.js';

/** Everything that changes a pixel of a job, and nothing else. */
export interface Manifest {
  protocolVersion: 1;
  /** Directory CID of the scene and the entry file inside it. */
  scene: { cid: Cid; path: string };
  /** HDR environment in a directory of its own; intensity is a factor on its radiance. */
  environment: { cid: Cid; path: string; intensity: number } | null;
  /** What a ray sees that leaves the scene: the environment, nothing (coverage 0), or an sRGB colour. */
  background: 'environment' | 'transparent' | `#${string}`;
  camera: CameraChoice;
  /** Name of the animation clip that plays; null holds the scene still. */
  clip: string | null;
  /** Absolute frames, inclusive; frame f shows time f / fps in seconds, looped over the clip. */
  frames: { first: number; last: number; fps: number };
  /** Pixels. */
  size: { width: number; height: number };
  /** Samples per pixel. */
  samples: number;
  /** Batches per pixel, at most samples; by default min(8, samples). */
  batches: number;
  /** Path segments at most. */
  bounces: number;
  /** u32. */
  seed: number;
  /** Pixels, a multiple of 16, at most 256. */
  tileSize: number;
  engine: 'wasm';
  /** Build hash of the kernel that renders. */
  kernelHash: Bytes32;
  channels: 'rgba';
  contentEncoding: 'identity';
}

/**
 * A camera of the scene by node name, or one on a sphere about a target, angles as in three.js setFromSphericalCoords.
 */
export type CameraChoice =
  | { kind: 'node'; name: string }
  | {
      kind: 'orbit';
      thetaDegrees: number;
      phiDegrees: number;
      radius: number;
      target: [number, number, number];
      fovDegrees: number;
    };

/** The largest a manifest may ask for. */
export const MANIFEST_LIMITS = {
  bytes: 1 << 20,
  side: 16384,
  samples: 65536,
  batches: 64,
  frames: 100_000,
  frameNumber: 10_000_000,
  bounces: 64,
  chunks: 0xffffffff,
  nameLength: 1024,
  pathLength: 4096,
} as const;

const FIELDS = [
  'protocolVersion',
  'scene',
  'environment',
  'background',
  'camera',
  'clip',
  'frames',
  'size',
  'samples',
  'batches',
  'bounces',
  'seed',
  'tileSize',
  'engine',
  'kernelHash',
  'channels',
  'contentEncoding',
] as const;

/**
 * Parses and checks a manifest's canonical bytes. Throws MalformedError for bytes that are no canonical JSON and
 * BadInputError naming the field for a value outside its range.
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  return checkManifest(parseCanonicalJson(bytes, { what: 'manifest', maxBytes: MANIFEST_LIMITS.bytes }));
}

/** Checks a manifest given as a value; same errors as parseManifest. */
export function checkManifest(value: unknown): Manifest {
  const fields = new FieldReader(value, 'manifest', FIELDS);
  const manifest: Manifest = {
    protocolVersion: fields.literal('protocolVersion', [1] as const),
    scene: readScene(fields),
    environment: readEnvironment(fields),
    background: readBackground(fields),
    camera: readCamera(fields),
    clip: fields.raw('clip').value === null ? null : fields.string('clip', MANIFEST_LIMITS.nameLength),
    frames: readFrames(fields),
    size: readSize(fields),
    samples: fields.integer('samples', 1, MANIFEST_LIMITS.samples),
    batches: fields.integer('batches', 1, MANIFEST_LIMITS.batches),
    bounces: fields.integer('bounces', 1, MANIFEST_LIMITS.bounces),
    seed: fields.integer('seed', 0, 0xffffffff),
    tileSize: fields.integer('tileSize', 16, MAX_TILE),
    engine: fields.literal('engine', ['wasm'] as const),
    kernelHash: fields.parsed('kernelHash', parseBytes32),
    channels: fields.literal('channels', ['rgba'] as const),
    contentEncoding: fields.literal('contentEncoding', ['identity'] as const),
  };
  if (manifest.tileSize % 16 !== 0) throw wrongField('manifest.tileSize', 'a multiple of 16', manifest.tileSize);
  if (manifest.batches > manifest.samples)
    throw wrongField('manifest.batches', `at most samples (${manifest.samples})`, manifest.batches);
  if (manifest.background === 'environment' && manifest.environment === null)
    throw wrongField(
      'manifest.background',
      '"transparent" or a colour where there is no environment',
      manifest.background,
    );
  const chunks = chunkCount(geometryOf(manifest));
  if (chunks > MANIFEST_LIMITS.chunks)
    throw wrongField('manifest.frames', `few enough for at most ${MANIFEST_LIMITS.chunks} chunks`, chunks);
  return manifest;
}

/** The canonical bytes of a manifest, their SHA-256 digest and the CID of the raw block they are. Checks it first. */
export function encodeManifest(manifest: Manifest): EncodedDocument {
  const encoded = encodeDocument(checkManifest(manifest));
  if (encoded.bytes.length > MANIFEST_LIMITS.bytes)
    throw wrongField('manifest', `at most ${MANIFEST_LIMITS.bytes} bytes`, encoded.bytes.length);
  return encoded;
}

/** Batches of a pixel with the given number of samples, where nobody asks for another number: min(8, samples). */
export function defaultBatches(samples: number): number {
  return Math.min(8, samples);
}

function readScene(fields: FieldReader): Manifest['scene'] {
  const scene = new FieldReader(fields.raw('scene').value, 'manifest.scene', ['cid', 'path']);
  return { cid: scene.parsed('cid', parseCid), path: readPath(scene) };
}

function readEnvironment(fields: FieldReader): Manifest['environment'] {
  const { value, field } = fields.raw('environment');
  if (value === null) return null;
  const environment = new FieldReader(value, field, ['cid', 'path', 'intensity']);
  return {
    cid: environment.parsed('cid', parseCid),
    path: readPath(environment),
    intensity: environment.number('intensity', 0, 1e6),
  };
}

/** A path inside a directory CID: relative, with forward slashes, and unable to leave the directory. */
function readPath(fields: FieldReader): string {
  const path = fields.string('path', MANIFEST_LIMITS.pathLength);
  const { field } = fields.raw('path');
  const parts = path.split('/');
  if (
    path === '' ||
    parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0') || part.includes('\\'))
  )
    throw wrongField(field, 'a relative path with forward slashes and without . or .. parts', path);
  return path;
}

function readBackground(fields: FieldReader): Manifest['background'] {
  const value = fields.string('background', 16);
  if (value === 'environment' || value === 'transparent') return value;
  if (!/^#[0-9a-f]{6}$/.test(value))
    throw wrongField('manifest.background', '"environment", "transparent" or #rrggbb in lowercase', value);
  return value as `#${string}`;
}

function readCamera(fields: FieldReader): CameraChoice {
  const { value, field } = fields.raw('camera');
  const kind = typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : undefined;
  if (kind === 'node') {
    const camera = new FieldReader(value, field, ['kind', 'name']);
    return { kind, name: camera.string('name', MANIFEST_LIMITS.nameLength) };
  }
  if (kind !== 'orbit') throw wrongField(`${field}.kind`, '"node" or "orbit"', kind);
  const camera = new FieldReader(value, field, [
    'kind',
    'thetaDegrees',
    'phiDegrees',
    'radius',
    'target',
    'fovDegrees',
  ]);
  const target = camera.array('target', 3, (element, name) => {
    if (typeof element !== 'number' || !Number.isFinite(element)) throw wrongField(name, 'a finite number', element);
    return element;
  });
  if (target.length !== 3) throw wrongField(`${field}.target`, 'three numbers', target.length);
  return {
    kind,
    thetaDegrees: camera.number('thetaDegrees', -3600, 3600),
    phiDegrees: camera.number('phiDegrees', 0, 180),
    radius: camera.number('radius', 1e-6, 1e9),
    target: target as [number, number, number],
    fovDegrees: camera.number('fovDegrees', 0.1, 179),
  };
}

function readFrames(fields: FieldReader): Manifest['frames'] {
  const frames = new FieldReader(fields.raw('frames').value, 'manifest.frames', ['first', 'last', 'fps']);
  const first = frames.integer('first', 0, MANIFEST_LIMITS.frameNumber);
  const last = frames.integer('last', first, Math.min(MANIFEST_LIMITS.frameNumber, first + MANIFEST_LIMITS.frames - 1));
  return { first, last, fps: frames.number('fps', 0.001, 1000) };
}

function readSize(fields: FieldReader): Manifest['size'] {
  const size = new FieldReader(fields.raw('size').value, 'manifest.size', ['width', 'height']);
  return {
    width: size.integer('width', 1, MANIFEST_LIMITS.side),
    height: size.integer('height', 1, MANIFEST_LIMITS.side),
  };
}

function wrongField(field: string, form: string, value: unknown): BadInputError {
  return new BadInputError({
    message: `${field} must be ${form}, not ${String(value)}`,
    facts: { field, value: String(value) },
  });
}
