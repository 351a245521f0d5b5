import { RushesError } from '../../../protocol/errors.js';
import { type Bytes32, bytes32Of } from '../../../protocol/ids.js';
import { sha256 } from '../../../protocol/sha256.js';
import type { PosedEnvironment, PosedScene, PosedTexture } from '../PosedScene.js';
import { buildBvh } from './buildBvh.js';
import type { Bvh } from './packBvh.js';
import { checkFinite } from './checkFinite.js';
import { MOST_FLOAT_TEXELS, packEnvironment } from './packEnvironment.js';
import type { PackedEnvironment } from './packEnvironment.js';
import { packFrame } from './packFrame.js';
import { packLights } from './packLights.js';
import { packMaterials } from './packMaterials.js';
import { packSurfaces } from './packSurfaces.js';
import { packTextures, srgbTable } from './packTextures.js';
import type { PackedTextures } from './packTextures.js';
import { readAlbedoTables } from './readAlbedoTables.js';
import { Tables } from './Tables.js';

/** The kernel's read-only bindings that prepare fills, in binding order. */
export const PREPARED_BINDINGS = ['frame', 'bvhNodes', 'packets', 'surfaces', 'materials', 'tables', 'texels'] as const;

/** Metres along an axis. Beyond, normals of triangles and products of the traversal would leave float32. */
const FARTHEST = 1e9;

/** One frame of a scene as the kernel reads it. */
export interface PreparedScene {
  /**
   * Bytes of each binding of PREPARED_BINDINGS, on shared memory. `frame` has room for a request's settings
   * (`frameWithSettings`).
   */
  buffers: Record<string, Uint8Array>;
  /** SHA-256 over the SHA-256 of each buffer, in binding order; settings of requests are not in it. */
  hash: Bytes32;
  triangleCount: number;
  /** Bytes of all buffers. */
  byteLength: number;
}

/** A prepared scene with what the next frame may reuse. */
export interface ReusableScene extends PreparedScene {
  kept: Kept;
  /** SHA-256 of each buffer, hex: frames share a buffer when these agree. */
  digests: Record<string, string>;
}

/** Parts that often stay the same from frame to frame. */
interface Kept {
  geometryKey: string;
  bvh: Bvh;
  textures: readonly PosedTexture[];
  packedTextures: PackedTextures;
  texelsDigest: Uint8Array;
  environment: PosedEnvironment | null;
  packedEnvironment: PackedEnvironment | undefined;
}

/**
 * Packs a posed scene for the kernel. A pure function of the scene: the same scene gives the same bytes and hash on
 * every machine, with or without `previous`.
 * @param previous the scene before in the same animation: its BVH serves again when the geometry keys agree, its
 * texels and sky when they are the same objects.
 * @param mostFloatTexels larger environments keep their shared exponents; tests try that with small ones.
 * @throws RushesError when numbers of the scene are not finite or its arrays do not fit together.
 */
export function prepareScene(
  posed: PosedScene,
  previous?: Pick<ReusableScene, 'kept'>,
  mostFloatTexels = MOST_FLOAT_TEXELS,
): ReusableScene {
  checkPosed(posed);
  checkFinite(posed);
  const kept = reuseOrBuild(posed, previous?.kept, mostFloatTexels);
  const buffers = packBuffers(posed, kept);
  const digests = PREPARED_BINDINGS.map((name) => (name === 'texels' ? kept.texelsDigest : sha256(buffers[name])));
  return {
    buffers,
    hash: bytes32Of(sha256(...digests)),
    triangleCount: posed.triangleCount,
    byteLength: PREPARED_BINDINGS.reduce((sum, name) => sum + buffers[name].byteLength, 0),
    digests: Object.fromEntries(PREPARED_BINDINGS.map((name, i) => [name, Buffer.from(digests[i]!).toString('hex')])),
    kept,
  };
}

/** The parts that the scene before may share, taken from it where they agree and made anew where they do not. */
function reuseOrBuild(posed: PosedScene, kept: Kept | undefined, mostFloatTexels: number): Kept {
  const { geometryKey, textures, environment } = posed;
  const bvh = kept !== undefined && kept.geometryKey === geometryKey ? kept.bvh : buildBvh(posed.positions);
  const sameTextures =
    kept !== undefined &&
    kept.textures.length === textures.length &&
    kept.textures.every((texture, index) => texture === textures[index]);
  const sameSky = kept !== undefined && kept.environment === environment;
  const newSky = (): PackedEnvironment | undefined =>
    environment === null ? undefined : packEnvironment(environment, mostFloatTexels);
  const packedEnvironment = sameSky ? kept.packedEnvironment : newSky();
  const [sky, skyBefore] = [skyTexels(packedEnvironment), skyTexels(kept?.packedEnvironment)];
  const sameTexels = sameTextures && (sameSky || sky.length + skyBefore.length === 0);
  const packedTextures = sameTexels ? kept.packedTextures : packTextures(textures, sky);
  const texelsDigest = sameTexels ? kept.texelsDigest : sha256(packedTextures.texels);
  return { geometryKey, bvh, textures, packedTextures, texelsDigest, environment, packedEnvironment };
}

/** What of the environment lies behind the textures. */
function skyTexels(environment: PackedEnvironment | undefined): (Uint8Array | Float32Array)[] {
  return environment?.texels.kind === 'rgbe' ? [environment.texels.rgbe, environment.texels.radiances] : [];
}

function packBuffers(posed: PosedScene, kept: Kept): Record<(typeof PREPARED_BINDINGS)[number], Uint8Array> {
  const { bvh, packedTextures, packedEnvironment: environment } = kept;
  // Fill the tables; surfaces come first because lights write into them.
  const tables = new Tables();
  const srgb = srgbTable();
  const albedos = readAlbedoTables();
  const albedoTable = tables.append(albedos.lobe);
  const glassTable = tables.append(albedos.glass);
  const srgbPlace = tables.append(srgb);
  const { packets, surfaces, attributes } = packSurfaces(posed, bvh, tables.end);
  tables.append(attributes);
  const lights = packLights({ scene: posed, surfaces, environmentPower: environment?.power, srgb });
  const frame = packFrame(posed, {
    lightCount: lights.count,
    lightCdf: tables.append(lights.cdf),
    lights: tables.append(lights.records),
    albedoTable,
    glassTable,
    srgbTable: srgbPlace,
    environment:
      environment === undefined
        ? undefined
        : {
            ...placeTexels(environment.texels, tables, packedTextures),
            rowCdf: tables.append(environment.rowCdf),
            columnCdfs: tables.append(environment.columnCdfs),
            gridWidth: environment.gridWidth,
            gridHeight: environment.gridHeight,
            pick: lights.environmentPick,
          },
  });
  return {
    frame,
    bvhNodes: bvh.nodes,
    packets,
    surfaces,
    materials: packMaterials(posed, packedTextures),
    tables: tables.pack(),
    texels: packedTextures.texels,
  };
}

/** Where the kernel finds the environment's texels, and the radiances they stand for where they are no floats. */
function placeTexels(
  texels: PackedEnvironment['texels'],
  tables: Tables,
  { firstAfter }: PackedTextures,
): { texels: number; radiances: number | undefined } {
  if (texels.kind === 'floats') return { texels: tables.appendLater(texels.count, texels.write), radiances: undefined };
  const firstRadiance = firstAfter + texels.rgbe.length / 4;
  return { texels: firstAfter, radiances: firstRadiance - 256 * texels.lowestExponent };
}

function checkPosed(posed: PosedScene): void {
  const n = posed.triangleCount;
  const lengths: [name: string, actual: number, expected: number][] = [
    ['positions', posed.positions.length, 9 * n],
    ['normals', posed.normals.length, 9 * n],
    ['uv0', posed.uv0.length, 6 * n],
    ['uv1', posed.uv1?.length ?? 6 * n, 6 * n],
    ['tangents', posed.tangents.length, 12 * n],
    ['colors', posed.colors?.length ?? 12 * n, 12 * n],
    ['materialOfTriangle', posed.materialOfTriangle.length, n],
  ];
  for (const [name, actual, expected] of lengths) {
    if (actual !== expected)
      throw new RushesError({
        code: 'bad-posed-scene',
        message: `A posed scene of ${n} triangles has ${actual} numbers in ${name}, not ${expected}.`,
        facts: { name, actual, expected },
      });
  }
  for (let i = 0; i < posed.positions.length; i++) {
    if (!(Math.abs(posed.positions[i]!) < FARTHEST))
      throw new RushesError({
        code: 'bad-posed-scene',
        message: `Corner ${Math.floor(i / 3)} of the posed scene is at ${posed.positions[i] as number}.`,
        facts: { corner: Math.floor(i / 3) },
        advice: `Check the transforms of the scene: a position is at most ${FARTHEST} metres from the origin.`,
      });
  }
  for (const material of posed.materialOfTriangle) {
    if (material >= posed.materials.length)
      throw new RushesError({
        code: 'bad-posed-scene',
        message: `A triangle names material ${material} of ${posed.materials.length}.`,
        facts: { material },
      });
  }
}
