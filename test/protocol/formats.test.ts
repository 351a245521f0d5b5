import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalBytes, canonicalJson, parseCanonicalJson } from '../../protocol/canonicalJson.js';
import { BadInputError, MalformedError } from '../../protocol/errors.js';
import {
  digestOfCid,
  parseAddress,
  parseBytes32,
  parseChunkId,
  parseCid,
  parseJobId,
  parseLeaseId,
  parseWei,
  rawCidOfDigest,
} from '../../protocol/ids.js';
import {
  type Manifest,
  MANIFEST_LIMITS,
  checkManifest,
  encodeManifest,
  parseManifest,
} from '../../protocol/manifest.js';
import { encodeOutputs, parseOutputs } from '../../protocol/outputs.js';
import { encodeTerms, parseTerms } from '../../protocol/terms.js';
import { parseNetworkDescription } from '../../protocol/network.js';
import { propertyParameters } from '../support/propertySeed.js';

const digest = parseBytes32(`0x${'ab'.repeat(32)}`);
const cid = rawCidOfDigest(digest);

export const manifest: Manifest = {
  protocolVersion: 1,
  scene: { cid, path: 'a/scene.gltf' },
  environment: { cid, path: 'sky.hdr', intensity: 1.5 },
  background: '#102030',
  camera: { kind: 'orbit', thetaDegrees: 30, phiDegrees: 70, radius: 3, target: [0, 0.5, -0], fovDegrees: 45 },
  clip: null,
  frames: { first: 0, last: 11, fps: 24 },
  size: { width: 384, height: 224 },
  samples: 16,
  batches: 8,
  bounces: 4,
  seed: 7,
  tileSize: 128,
  engine: 'wasm',
  kernelHash: digest,
  channels: 'rgba',
  contentEncoding: 'identity',
};

describe('formats', () => {
  it('canonical JSON survives a round trip and has one form', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const bytes = canonicalBytes(value);
        const back = parseCanonicalJson(bytes, { what: 'value', maxBytes: 1 << 20 });
        assert.equal(canonicalJson(back), canonicalJson(value));
      }),
      propertyParameters(300),
    );
    assert.equal(canonicalJson({ b: 1e21, a: [1, 0.1, -0], é: 'x' }), '{"a":[1,0.1,0],"b":1e+21,"é":"x"}');
    assert.throws(
      () => parseCanonicalJson(new TextEncoder().encode('{"b":1, "a":2}'), { what: 'value', maxBytes: 100 }),
      MalformedError,
    );
    assert.throws(() => canonicalJson({ a: Number.NaN }), MalformedError);
  });

  it('a manifest survives a round trip and its CID is its digest', () => {
    const { bytes, digest: manifestDigest, cid: manifestCid } = encodeManifest(manifest);
    assert.deepEqual(encodeManifest(parseManifest(bytes)).bytes, bytes);
    assert.equal(digestOfCid(manifestCid), manifestDigest);
    assert.equal(rawCidOfDigest(manifestDigest), manifestCid);
  });

  const wrong: [string, Record<string, unknown>][] = [
    ['manifest.size.width', { size: { width: MANIFEST_LIMITS.side + 1, height: 1 } }],
    ['manifest.samples', { samples: 0 }],
    ['manifest.samples', { samples: 1e9 }],
    ['manifest.batches', { samples: 2, batches: 3 }],
    ['manifest.tileSize', { tileSize: 100 }],
    ['manifest.tileSize', { tileSize: 272 }],
    ['manifest.bounces', { bounces: 65 }],
    ['manifest.frames.last', { frames: { first: 3, last: 2, fps: 24 } }],
    ['manifest.scene.path', { scene: { cid, path: '../x' } }],
    ['manifest.scene.cid', { scene: { cid: 'Qm', path: 'x' } }],
    ['manifest.background', { environment: null, background: 'environment' }],
    ['manifest.camera.kind', { camera: { kind: 'drone' } }],
    ['manifest.camera.fovDegrees', { camera: { ...manifest.camera, fovDegrees: 180 } }],
    ['manifest.extra', { extra: 1 }],
    ['manifest.engine', { engine: 'gpu' }],
    ['manifest.seed', { seed: -1 }],
  ];
  for (const [field, change] of wrong) {
    it(`a manifest with wrong ${field} is refused by name: ${JSON.stringify(change).slice(0, 60)}`, () => {
      assert.throws(
        () => checkManifest({ ...manifest, ...change }),
        (error: unknown) => error instanceof BadInputError && error.message.includes(field) && error.exitCode === 2,
      );
    });
  }

  for (const field of Object.keys(manifest) as (keyof Manifest)[]) {
    it(`a manifest without ${field}, as an older version wrote it, is refused by name`, () => {
      const older = Object.fromEntries(Object.entries(manifest).filter(([name]) => name !== field));
      assert.throws(
        () => checkManifest(older),
        (error: unknown) => error instanceof BadInputError && error.message.startsWith(`manifest.${field}`),
      );
    });
  }

  it('terms and outputs survive a round trip', () => {
    const address = parseAddress(`0x${'12'.repeat(20)}`);
    const terms = {
      protocolVersion: 1,
      pricePerUnitWei: '1000000000000000000',
      budgetWei: '5',
      deadline: 1900000000,
      policy: address,
      privacy: 'public',
      weights: 1,
    } as const;
    assert.deepEqual(parseTerms(encodeTerms(terms).bytes), terms);
    const outputs = {
      jobId: parseJobId(digest),
      leaseId: parseLeaseId(3),
      worker: address,
      chunks: [{ chunkIndex: 1, cid, pixelHash: digest, leafRoot: digest, preparedHash: digest, kernelHash: digest }],
    };
    assert.deepEqual(parseOutputs(encodeOutputs(outputs).bytes), outputs);
  });

  it('ids are parsed at the edge, and what is none is refused', () => {
    assert.equal(parseBytes32(`0x${'AB'.repeat(32)}`), digest);
    assert.equal(parseChunkId(`${digest}/12`).chunkIndex, 12);
    assert.equal(parseWei('0'), 0n);
    for (const value of ['0x12', 5, undefined, `0x${'zz'.repeat(32)}`])
      assert.throws(() => parseBytes32(value), BadInputError);
    for (const value of ['0x', null, `0x${'1'.repeat(41)}`]) assert.throws(() => parseAddress(value), BadInputError);
    for (const value of ['01', '-1', '1.5', 7]) assert.throws(() => parseWei(value), BadInputError);
    for (const value of [cid.toUpperCase(), `${cid}a`, 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'])
      assert.throws(() => parseCid(value), BadInputError);
    assert.throws(
      () => digestOfCid(parseCid('bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi')),
      BadInputError,
    );
  });

  it('a network description is checked field by field', () => {
    const network = {
      protocolVersion: 1,
      name: 'local',
      chainId: 31337,
      rpcUrl: 'http://127.0.0.1:1',
      contract: `0x${'12'.repeat(20)}`,
      token: `0x${'12'.repeat(20)}`,
      policy: `0x${'12'.repeat(20)}`,
      deploymentBlock: 1,
      ipfsApiUrl: 'http://127.0.0.1:2',
      testMoney: true,
    };
    assert.deepEqual(parseNetworkDescription(JSON.stringify(network)), network);
    assert.throws(() => parseNetworkDescription(JSON.stringify({ ...network, contract: 'x' })), /network\.contract/);
    assert.throws(() => parseNetworkDescription('{'), MalformedError);
    const withContact = { ...network, contact: 'Film office, film@example.org' };
    assert.deepEqual(parseNetworkDescription(JSON.stringify(withContact)), withContact);
    for (const contact of ['', ' ', 'a\nb', 'a\u001b[2Jb', 'a\u202eb', 'x'.repeat(201), 7])
      assert.throws(() => parseNetworkDescription(JSON.stringify({ ...network, contact })), /network\.contact/);
  });
});
