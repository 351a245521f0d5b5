import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { connectChain } from '../../adapters/chain/connectChain.js';
import { deployRushes } from '../../adapters/chain/deployRushes.js';
import { followEvents } from '../../adapters/chain/followEvents.js';
import { fundAccount } from './fundAccount.js';
import { startAnvil } from '../../adapters/chain/startAnvil.js';
import { createObjectStore } from '../../adapters/ipfs/createObjectStore.js';
import { startIpfsEndpoint } from '../../adapters/ipfs/startIpfsEndpoint.js';
import { u32 } from '../../protocol/bytes.js';
import { chunkCount, geometryOf } from '../../protocol/geometry.js';
import { type Bytes32, type JobId, bytes32Of } from '../../protocol/ids.js';
import type { Ledger } from '../../protocol/ledger.js';
import { type LedgerLog, createLedgerLog } from '../../protocol/ledgerLog.js';
import { type Manifest, encodeManifest } from '../../protocol/manifest.js';
import type { NetworkDescription } from '../../protocol/network.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import type { ChainPort, ObjectStore } from '../../protocol/ports.js';
import { sha256 } from '../../protocol/sha256.js';
import { type Terms, encodeTerms } from '../../protocol/terms.js';
import { equalWeights, weightsRoot } from '../../protocol/weights.js';

/**
 * A real chain and a real IPFS endpoint for one test file, with an artist that hands in jobs and a ledger that follows.
 */
export interface SmallNetwork {
  network: NetworkDescription;
  folder: string;
  store: ObjectStore;
  artist: ChainPort;
  log: LedgerLog;
  /** A key with test money, always the same for a name. */
  key(name: string): Promise<Bytes32>;
  connect(name: string): Promise<ChainPort>;
  handIn(
    manifest: Manifest,
    options?: { pricePerUnitWei?: bigint; budgetWei?: bigint; seconds?: number },
  ): Promise<{ jobId: JobId; terms: Terms; weights: Uint16Array }>;
  /** Waits until the ledger says so; fails after `deadlineMs` with what it was about. */
  until(what: string, holds: (ledger: Ledger) => boolean, deadlineMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** RUSHES_TEST_LOG=debug shows what daemons under test log. */
export const testLog = pino({ level: process.env['RUSHES_TEST_LOG'] ?? 'silent' }, pino.destination(2));

/** @param options.ipfsFolder where the endpoint keeps its blocks; default in the network's own folder */
export async function startSmallNetwork(
  options: { policy?: PolicyNumbers; ipfsFolder?: string } = {},
): Promise<SmallNetwork> {
  const folder = await mkdtemp(join(tmpdir(), 'rushes-test-'));
  const stopping = new AbortController();
  const chain = await startAnvil({ dataDir: join(folder, 'chain') });
  const ipfs = await startIpfsEndpoint({ folder: options.ipfsFolder ?? join(folder, 'ipfs') });
  const keyOf = (name: string): Bytes32 => bytes32Of(sha256(new TextEncoder().encode(`rushes test key ${name}`)));
  const deployed = await deployRushes({
    rpcUrl: chain.rpcUrl,
    deployerKey: keyOf('deployer'),
    ...(options.policy === undefined ? {} : { policy: options.policy }),
  });
  const network: NetworkDescription = { protocolVersion: 1, name: 'test', ...deployed, ipfsApiUrl: ipfs.apiUrl };
  const store = createObjectStore({ apiUrl: ipfs.apiUrl });
  const log = createLedgerLog();
  const following = followEvents({
    network,
    pollMs: 200,
    signal: stopping.signal,
    onEvents: (events, head) => log.append(events, head),
    onRollback: (toBlock) => log.rollBack(toBlock),
  });
  const key = async (name: string): Promise<Bytes32> => {
    const port = await connectChain({ network, key: keyOf(name) });
    await fundAccount({ network, account: port.account });
    return keyOf(name);
  };
  const connect = async (name: string): Promise<ChainPort> => connectChain({ network, key: await key(name) });
  const artist = await connect('artist');
  let jobs = 0;

  return {
    network,
    folder,
    store,
    artist,
    log,
    key,
    connect,
    async handIn(manifest, { pricePerUnitWei = 10n ** 18n, budgetWei, seconds = 7200 } = {}) {
      const chunks = chunkCount(geometryOf(manifest));
      const weights = equalWeights(chunks);
      const deadlineSeconds = (await artist.blockTimestamp()) + seconds;
      const budget = budgetWei ?? 2n * BigInt(chunks) * pricePerUnitWei;
      const terms: Terms = {
        protocolVersion: 1,
        pricePerUnitWei: pricePerUnitWei.toString(),
        budgetWei: budget.toString(),
        deadline: deadlineSeconds,
        policy: network.policy,
        privacy: 'public',
        weights: 1,
      };
      const [encodedManifest, encodedTerms] = [encodeManifest(manifest), encodeTerms(terms)];
      await store.putBlock(encodedManifest.bytes);
      await store.putBlock(encodedTerms.bytes);
      const { jobId } = await artist.createJob({
        nonce: bytes32Of(sha256(u32(jobs++))),
        manifestDigest: encodedManifest.digest,
        termsDigest: encodedTerms.digest,
        policy: network.policy,
        chunkCount: chunks,
        weightsRoot: weightsRoot(weights),
        pricePerUnitWei,
        deadline: deadlineSeconds,
        budgetWei: budget,
      });
      return { jobId, terms, weights };
    },
    async until(what, holds, deadlineMs = 60_000) {
      const endMs = performance.now() + deadlineMs;
      while (!holds(log.ledger)) {
        if (performance.now() > endMs)
          throw new Error(`waited ${deadlineMs} ms for ${what}; leases: ${describeLeases(log.ledger)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async close() {
      stopping.abort();
      await following.catch(() => undefined);
      await chain.close();
      await ipfs.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function describeLeases(ledger: Ledger): string {
  const leases = [...ledger.leases.values()];
  return leases
    .map((lease) => `${lease.leaseId} ${lease.state}${'reason' in lease ? ` (${lease.reason})` : ''}`)
    .join(', ');
}
