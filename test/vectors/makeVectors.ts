// `npm run vectors` writes the test vectors that TypeScript and Solidity both read. Each file is { count, cases: [flat
// objects] }; numbers are decimal, hashes, masks and bytes are hex with 0x.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOfHex, hexOfBytes, littleEndianBytes, u256, u32 } from '../../protocol/bytes.js';
import {
  type VerifierCandidate,
  drawPixelBlock,
  drawLeaves,
  drawPixels,
  drawSeed,
  drawVerifiers,
  drawnMask,
} from '../../protocol/draw.js';
import { chunkRect } from '../../protocol/geometry.js';
import { chunkRoot, leafHash, leafSalt, leaseRoot, pixelHash, sealHash, valuesHash } from '../../protocol/hashes.js';
import { readBlockHeader } from '../../protocol/header.js';
import { type Address, type Bytes32, bytes32Of, parseAddress, parseJobId, parseLeaseId } from '../../protocol/ids.js';
import { sha256 } from '../../protocol/sha256.js';
import { jobIdOf } from '../../protocol/terms.js';
import { merklePath, merkleRoot } from '../../protocol/trees.js';
import { chunkWeights, unitsOf, weightsLeaf, weightsProof, weightsRoot, weightsWord } from '../../protocol/weights.js';
import { cutCases, leaseMoneyCases, leasePriceCases, leaseTimeCases, neededStakeCases } from './moneyVectors.js';

type Case = Record<string, string | number | string[] | number[]>;

/** Thirty-two bytes that depend on a name and a number alone. */
function bytes32(name: string, i: number): Bytes32 {
  return bytes32Of(sha256(new TextEncoder().encode(name), u32(i)));
}

function address(name: string, i: number): Address {
  return parseAddress(bytes32(name, i).slice(0, 42));
}

/** 1,024 floats of many magnitudes, without -0. */
function sums(i: number): Float32Array {
  return Float32Array.from({ length: 1024 }, (_, k) =>
    i === 0 ? 0 : Math.fround(((k * 7919 + i * 104729) % 65537) / (1 + (k % 13))),
  );
}

function range<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

function leafCases(): Case[] {
  return range(4, (i) => {
    const leaf = {
      jobId: parseJobId(bytes32('job', i)),
      leaseId: parseLeaseId(1 + i * 4294967301),
      chunkIndex: i * 1000003,
      block: i * 17,
      batch: i,
    };
    const salt = bytes32('salt', i);
    return {
      ...leaf,
      salt,
      sums: hexOfBytes(littleEndianBytes(sums(i))),
      hash: hexOfBytes(leafHash({ ...leaf, salt: bytesOfHex(salt), sums: sums(i) })),
    };
  });
}

function saltCases(): Case[] {
  return range(4, (i) => {
    const secret = bytes32('secret', i);
    const leaf = { leaseId: parseLeaseId(1 + i), chunkIndex: i * 5, leafIndex: i * 11 };
    return { secret, ...leaf, salt: hexOfBytes(leafSalt({ secret: bytesOfHex(secret), ...leaf })) };
  });
}

function treeCases(): Case[] {
  return [1, 2, 3, 4, 5, 7, 8, 9, 31, 33].flatMap((count) => {
    const leaves = range(count, (i) => sha256(u32(count), u32(i)));
    return [...new Set([0, count >> 1, count - 1])].map((index) => ({
      leafCount: count,
      index,
      leaves: leaves.map(hexOfBytes),
      path: merklePath(leaves, index),
      root: hexOfBytes(merkleRoot(leaves)),
    }));
  });
}

function chunkRootCases(): Case[] {
  return range(3, (i) => {
    const chunk = {
      leafRoot: bytes32('leafRoot', i),
      pixelHash: bytes32('pixels', i),
      preparedHash: bytes32('prepared', i),
      kernelHash: bytes32('kernel', i),
    };
    return { ...chunk, chunkRoot: chunkRoot(chunk) };
  });
}

function leaseRootCases(): Case[] {
  return [1, 2, 3, 5].map((count) => {
    const lease = {
      chainId: 31337,
      contract: address('contract', count),
      leaseId: parseLeaseId(count),
      worker: address('worker', count),
      chunkRoots: range(count, (i) => bytes32('chunkRoot', i)),
    };
    return { ...lease, leaseRoot: leaseRoot(lease) };
  });
}

function jobIdCases(): Case[] {
  return range(3, (i) => {
    const job = {
      chainId: 31337 + i,
      contract: address('contract', i),
      artist: address('artist', i),
      nonce: bytes32('nonce', i),
      manifestDigest: bytes32('manifest', i),
      termsDigest: bytes32('terms', i),
    };
    return { ...job, jobId: jobIdOf(job) };
  });
}

function drawSeedCases(): Case[] {
  return range(3, (i) => {
    const draw = { mixHash: bytes32('mix', i), leaseId: parseLeaseId(1 + i) };
    return { ...draw, seed: drawSeed(draw) };
  });
}

function drawnMaskCases(): Case[] {
  return [0, 1, 2, 3, 4].flatMap((shift) =>
    range(2, (i) => {
      const seed = bytes32('seed', i);
      const mask = i === 0 ? (1n << 256n) - 1n : BigInt(bytes32('mask', i));
      return { seed, mask: hexOfBytes(u256(mask)), shift, drawn: hexOfBytes(u256(drawnMask({ seed, mask, shift }))) };
    }),
  );
}

function drawVerifierCases(): Case[] {
  return [1, 2, 3, 6].flatMap((candidateCount) =>
    range(3, (i) => {
      const seed = bytes32('seed', 100 + i);
      const candidates: VerifierCandidate[] = range(candidateCount, (k) => ({
        address: address('verifier', k),
        stakeWei: 10n ** 18n * BigInt(1 + ((k * 7 + i) % 5)),
      }));
      const drawn = drawVerifiers({ seed, candidates, count: 2 });
      return {
        seed,
        wanted: 2,
        candidates: candidates.map((candidate) => candidate.address),
        stakesWei: candidates.map((candidate) => candidate.stakeWei.toString()),
        drawn,
      };
    }),
  );
}

const GEOMETRY = { width: 400, height: 230, tileSize: 256, firstFrame: 0, frameCount: 3, samples: 16, batches: 8 };

function drawLeafCases(): Case[] {
  return range(4, (i) => {
    const seed = bytes32('seed', 200 + i);
    const rect = chunkRect(GEOMETRY, i);
    return { seed, chunkIndex: i, leafCount: rect.leafCount, leaves: drawLeaves({ seed, rect }) };
  });
}

function drawPixelCases(): Case[] {
  return range(4, (i) => {
    const seed = bytes32('seed', 300 + i);
    const rect = chunkRect(GEOMETRY, 1);
    const leafIndex = rect.leafCount - 1 - i * 9;
    return {
      seed,
      chunkIndex: 1,
      rectWidth: rect.width,
      rectHeight: rect.height,
      batches: 8,
      leafIndex,
      pixels: drawPixels({ seed, rect, leafIndex, batches: 8 }),
    };
  });
}

function drawPixelBlockCases(): Case[] {
  return range(4, (i) => {
    const seed = bytes32('seed', 400 + i);
    const rects = [0, 1, 3].map((chunkIndex) => chunkRect(GEOMETRY, chunkIndex));
    return {
      seed,
      chunks: rects.map((rect) => rect.chunkIndex),
      blockCounts: rects.map((rect) => rect.blockCount),
      ...drawPixelBlock({ seed, rects }),
    };
  });
}

function weightCases(): Case[] {
  return [
    { chunks: 1, equal: true },
    { chunks: 40, equal: true },
    { chunks: 256, equal: false },
    { chunks: 700, equal: false },
  ].flatMap(({ chunks, equal }) => {
    const weights = chunkWeights(range(chunks, (i) => (equal ? 1 : 1 + ((i * 31337) % 65535))));
    const words = Math.ceil(chunks / 256);
    return [...new Set([0, words - 1])].map((word) => {
      const mask =
        (BigInt(bytes32('weightMask', chunks)) & ((1n << BigInt(Math.min(256, chunks - word * 256))) - 1n)) | 1n;
      const bytes = weightsWord(weights, word);
      return {
        chunks,
        word,
        weightsWord: hexOfBytes(bytes),
        leaf: hexOfBytes(weightsLeaf(word, bytes)),
        path: weightsProof(weights, word),
        root: weightsRoot(weights),
        mask: hexOfBytes(u256(mask)),
        units: unitsOf(weights, word, mask),
      };
    });
  });
}

function sealCases(): Case[] {
  return range(3, (i) => {
    const values = Float32Array.from({ length: 16 }, (_, k) => Math.fround(k / 3 + i));
    const hash = valuesHash(values);
    const seal = {
      verifier: address('verifier', i),
      leaseId: parseLeaseId(1 + i),
      valuesHash: hash,
      secret: bytes32('sealSecret', i),
    };
    return { values: hexOfBytes(littleEndianBytes(values)), ...seal, sealHash: sealHash(seal) };
  });
}

function pixelCases(): Case[] {
  return range(2, (i) => {
    const halfs = Uint16Array.from({ length: 4 * 24 }, (_, k) => (k * 2654435761 + i) & 0x7bff);
    return { halfs: hexOfBytes(littleEndianBytes(halfs)), pixelHash: pixelHash(halfs) };
  });
}

/**
 * RLP of a made-up header with the 21 items of Prague; items of several lengths, so that long and short prefixes occur.
 */
function headerCases(): Case[] {
  return range(3, (i) => {
    const number = [1, 300, 70000][i] as number;
    const items: Uint8Array[] = range(21, (k) => bytesOfHex(bytes32(`header${i}`, k)));
    items[2] = bytesOfHex(address('coinbase', i));
    items[6] = new Uint8Array(256).fill(i);
    items[7] = new Uint8Array(0);
    items[8] = trimmed(number);
    items[9] = trimmed(30_000_000);
    items[10] = i === 0 ? new Uint8Array(0) : trimmed(21000 * i);
    items[11] = trimmed(1_700_000_000 + i);
    items[12] = new TextEncoder().encode('rushes'.repeat(i));
    items[14] = new Uint8Array(8);
    items[15] = trimmed(7);
    items[17] = new Uint8Array(0);
    items[18] = new Uint8Array(0);
    const header = rlpList(items);
    const read = readBlockHeader(header);
    return {
      header: hexOfBytes(header),
      blockHash: read.blockHash,
      blockNumber: read.blockNumber,
      mixHash: read.mixHash,
    };
  });
}

function trimmed(value: number): Uint8Array {
  return bytesOfHex(
    `0x${value.toString(16).padStart(value.toString(16).length + (value.toString(16).length % 2), '0')}`,
  );
}

function rlpString(bytes: Uint8Array): Uint8Array {
  return bytes.length === 1 && (bytes[0] as number) < 0x80
    ? bytes
    : Uint8Array.of(...rlpPrefix(0x80, bytes.length), ...bytes);
}

function rlpList(items: Uint8Array[]): Uint8Array {
  const body = items.flatMap((item) => [...rlpString(item)]);
  return Uint8Array.of(...rlpPrefix(0xc0, body.length), ...body);
}

function rlpPrefix(base: number, length: number): number[] {
  if (length <= 55) return [base + length];
  const size = [...trimmed(length)];
  return [base + 55 + size.length, ...size];
}

const files: Record<string, () => Case[]> = {
  leaves: leafCases,
  salts: saltCases,
  trees: treeCases,
  chunkRoots: chunkRootCases,
  leaseRoots: leaseRootCases,
  jobIds: jobIdCases,
  drawSeeds: drawSeedCases,
  drawnMasks: drawnMaskCases,
  drawVerifiers: drawVerifierCases,
  drawLeaves: drawLeafCases,
  drawPixels: drawPixelCases,
  drawPixelBlocks: drawPixelBlockCases,
  weights: weightCases,
  seals: sealCases,
  pixelHashes: pixelCases,
  headers: headerCases,
  leasePrices: leasePriceCases,
  neededStakes: neededStakeCases,
  cuts: cutCases,
  leaseTimes: leaseTimeCases,
  leaseMoney: leaseMoneyCases,
};

/** Every vector file by name, as it stands in the repository. */
export function makeVectors(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, make]) => {
      const cases = make();
      return [`${name}.json`, `${JSON.stringify({ count: cases.length, cases }, null, 1)}\n`];
    }),
  );
}

const [, script, folder] = process.argv;
if (script?.endsWith('makeVectors.js') && folder !== undefined) {
  for (const [name, text] of Object.entries(makeVectors())) await writeFile(join(folder, name), text);
}
