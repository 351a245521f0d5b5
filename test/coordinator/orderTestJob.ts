import { chunkCount, geometryOf } from '../../protocol/geometry.js';
import { type Cid, type JobId, parseCid } from '../../protocol/ids.js';
import { encodeManifest, type Manifest } from '../../protocol/manifest.js';
import type { ChainPort, JobRequest, ObjectStore } from '../../protocol/ports.js';
import { encodeTerms, type Terms } from '../../protocol/terms.js';
import { equalWeights, weightsRoot } from '../../protocol/weights.js';
import { random32 } from '../adapters/chain/startNetwork.js';
import { bytes32 } from '../support/leaseFixtures.js';

export const TOKEN = 10n ** 18n;

/** A manifest of four tiles per frame; nothing renders it. */
export function testManifest(frames: number): Manifest {
  return {
    protocolVersion: 1,
    scene: { cid: parseCid('bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'), path: 'scene.gltf' },
    environment: null,
    background: 'transparent',
    camera: { kind: 'node', name: 'camera' },
    clip: null,
    frames: { first: 5, last: 4 + frames, fps: 24 },
    size: { width: 128, height: 128 },
    samples: 4,
    batches: 4,
    bounces: 2,
    seed: 1,
    tileSize: 64,
    engine: 'wasm',
    kernelHash: bytes32('11'),
    channels: 'rgba',
    contentEncoding: 'identity',
  };
}

/** Stores the documents of a job and creates it on chain; `change` makes what is on chain differ from them. */
export async function orderTestJob(options: {
  artist: ChainPort;
  objects: ObjectStore;
  frames: number;
  /** The scene's file, default one that nobody has. */
  scene?: Cid;
  change?: (request: JobRequest) => JobRequest;
}): Promise<{ jobId: JobId; chunks: number }> {
  const { artist, objects } = options;
  const { scene } = options;
  const whole = testManifest(options.frames);
  const manifest = encodeManifest(
    scene === undefined ? whole : { ...whole, scene: { cid: scene, path: 'scene.gltf' } },
  );
  const chunks = chunkCount(geometryOf(testManifest(options.frames)));
  const deadlineSeconds = (await artist.blockTimestamp()) + 7200;
  const pricePerUnitWei = TOKEN / 100n;
  const terms = encodeTerms({
    protocolVersion: 1,
    pricePerUnitWei: pricePerUnitWei.toString(),
    budgetWei: (10n * TOKEN).toString(),
    deadline: deadlineSeconds,
    policy: artist.network.policy,
    privacy: 'public',
    weights: 1,
  } as Terms);
  await Promise.all([objects.putBlock(manifest.bytes), objects.putBlock(terms.bytes)]);
  const request: JobRequest = {
    nonce: random32(),
    manifestDigest: manifest.digest,
    termsDigest: terms.digest,
    policy: artist.network.policy,
    chunkCount: chunks,
    weightsRoot: weightsRoot(equalWeights(chunks)),
    pricePerUnitWei,
    deadline: deadlineSeconds,
    budgetWei: 10n * TOKEN,
  };
  const { jobId } = await artist.createJob(options.change === undefined ? request : options.change(request));
  return { jobId, chunks };
}
