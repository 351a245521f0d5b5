import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rule } from '../../protocol/audit/rule.js';
import type { Tolerance } from '../../protocol/audit/tolerances.js';
import { u32 } from '../../protocol/bytes.js';
import {
  type ContractEvent,
  type ContractEventArgs,
  type ContractEventName,
  type Verdict,
} from '../../protocol/events.js';
import { chunkCount, geometryOf } from '../../protocol/geometry.js';
import { type Bytes32, bytes32Of, parseLeaseId } from '../../protocol/ids.js';
import { applyEvent } from '../../protocol/applyEvent.js';
import { type LedgerLease, createLedger } from '../../protocol/ledger.js';
import { type Manifest, encodeManifest } from '../../protocol/manifest.js';
import { maskOfChunks } from '../../protocol/masks.js';
import { type Outputs, encodeOutputs, rootOfOutputs } from '../../protocol/outputs.js';
import type { ChainPort, ObjectStore } from '../../protocol/ports.js';
import { sha256 } from '../../protocol/sha256.js';
import { encodeTerms, jobIdOf } from '../../protocol/terms.js';
import { equalWeights, weightsRoot } from '../../protocol/weights.js';
import { createJobCache } from '../../party/createJobCache.js';
import { type SteadyEngine, createSteadyEngine } from '../../party/createSteadyEngine.js';
import { createCpuEngine } from '../../renderer/cpu/createCpuEngine.js';
import { openManifestFrames } from '../../renderer/openManifestFrames.js';
import { renderChunk } from '../../renderer/renderChunk.js';
import { type AuditOutcome, auditLease } from '../../verifier/effects/auditLease.js';
import { measureLease } from '../../verifier/effects/measureLease.js';
import { openMeasurements } from '../../verifier/measurements.js';
import { machineClock } from '../../party/machineClock.js';
import { openLease } from '../../worker/effects/openLease.js';
import { renderLease } from '../../worker/effects/renderLease.js';
import { openSpool } from '../../worker/spool.js';
import type { RenderLeaves, WorkerContext } from '../../worker/WorkerContext.js';
import { type MemoryStore, createMemoryStore } from './memoryStore.js';
import { smallManifest } from './smallJob.js';
import { testLog } from './smallNetwork.js';
import { address, bytes32 } from './leaseFixtures.js';

/** Where a worker may cheat; every step left out is done honestly, by the worker's own code. */
export interface Cheat {
  renderLeaves?: RenderLeaves;
  /** The scene the worker renders instead of the manifest's. */
  scene?: Uint8Array;
  /** Changes what is published, before it is committed. */
  alterOutputs?: (outputs: Outputs, bench: { store: MemoryStore; manifest: Manifest }) => Promise<Outputs>;
  /** Commits to this root instead of that of the outputs. */
  alterRoot?: (root: Bytes32) => Bytes32;
  /** Changes what is in the store after the opening was published; gets the digest of the opening's index. */
  afterOpening?: (store: MemoryStore, openingDigest: Bytes32) => Promise<Bytes32 | void>;
}

export interface AuditedLease extends AuditOutcome {
  verdict: Verdict;
  store: MemoryStore;
  outputs: Outputs;
}

/**
 * A worker and a verifier around the real engine, without a chain: one lease goes through render, commitment, draw,
 * opening and audit.
 */
export interface AuditBench {
  /**
   * Audits one lease over the given chunks (default: every chunk of the second frame). `number` varies lease and draw.
   */
  audit(options?: {
    cheat?: Cheat;
    chunks?: number[];
    change?: Partial<Manifest>;
    number?: number;
    tolerance?: Tolerance;
  }): Promise<AuditedLease>;
  readonly engine: SteadyEngine;
  close(): Promise<void>;
}

const contract = address('c0');
const worker = address('a1');
const verifier = address('b2');
const artist = address('d3');
const key = (name: string): Bytes32 => bytes32Of(sha256(new TextEncoder().encode(name)));

export async function createAuditBench(): Promise<AuditBench> {
  const folder = await mkdtemp(join(tmpdir(), 'rushes-audit-'));
  const engine = await createSteadyEngine({
    create: () => createCpuEngine({ threads: 1, cacheDir: join(tmpdir(), 'rushes-test-kernels') }),
  });
  const signal = new AbortController().signal;
  const network = {
    protocolVersion: 1,
    name: 'bench',
    chainId: 31337,
    rpcUrl: '',
    contract,
    token: contract,
    policy: contract,
    deploymentBlock: 0,
    ipfsApiUrl: '',
    testMoney: true,
  } as const;
  let folders = 0;
  const exact: Tolerance = { kind: 'exact' };

  return {
    engine,
    async audit({ cheat = {}, chunks, change = {}, number = 1, tolerance = exact } = {}) {
      const store = createMemoryStore();
      const manifest = await smallManifest({ store, kernelHash: engine.kernelHash, change });
      const geometry = geometryOf(manifest);
      const total = chunkCount(geometry);
      const weights = equalWeights(total);
      const terms = {
        protocolVersion: 1,
        pricePerUnitWei: '1',
        budgetWei: '1000',
        deadline: 2_000_000_000,
        policy: contract,
        privacy: 'public',
        weights: 1,
      } as const;
      const [encodedManifest, encodedTerms] = [encodeManifest(manifest), encodeTerms(terms)];
      await store.putBlock(encodedManifest.bytes);
      await store.putBlock(encodedTerms.bytes);
      const order = { nonce: key('nonce'), manifestDigest: encodedManifest.digest, termsDigest: encodedTerms.digest };
      const jobId = jobIdOf({ chainId: network.chainId, contract, artist, ...order });

      // The chain's side, event by event.
      const ledger = createLedger();
      let blockNumber = 1;
      const emit = <Name extends ContractEventName>(name: Name, args: ContractEventArgs[Name]): void => {
        applyEvent(ledger, {
          name,
          args,
          blockNumber: blockNumber++,
          blockHash: key('block'),
          blockTimestamp: 1_700_000_000,
          transactionHash: key('tx'),
          logIndex: 0,
        } as unknown as ContractEvent);
      };
      const lease = (): LedgerLease => ledger.leases.get(parseLeaseId(number)) as LedgerLease;
      emit('JobCreated', {
        jobId,
        artist,
        ...order,
        policy: contract,
        chunkCount: total,
        weightsRoot: weightsRoot(weights),
        pricePerUnitWei: 1n,
        deadline: 2_000_000_000,
      });
      emit('JobFunded', { jobId, from: artist, amountWei: 1000n });
      const taken = maskOfChunks(
        chunks ?? Array.from({ length: total / geometry.frameCount }, (_, i) => total / geometry.frameCount + i),
      );
      emit('LeaseTaken', {
        leaseId: parseLeaseId(number),
        jobId,
        worker,
        ...taken,
        payWei: 4n,
        feeWei: 1n,
        deadline: 1_800_000_000,
        reservedWei: 6n,
      });

      // The worker renders, publishes and commits.
      const chain = {
        network,
        account: worker,
        async open({ openingDigest }: { openingDigest: Bytes32 }) {
          opened = openingDigest;
          return { transactionHash: key('tx'), blockNumber: 1, gasUsed: 0n, events: [] };
        },
      } as unknown as ChainPort;
      let opened: Bytes32 = bytes32('00');
      const honestJobs = createJobCache({
        ledger: () => ledger,
        store,
        kernelHash: engine.kernelHash,
        fetchMs: 10_000,
        signal,
      });
      const context: WorkerContext = {
        chain,
        store,
        engine,
        key: key('worker'),
        log: testLog,
        jobs: honestJobs,
        rendered: new Set(),
        renderLeaves: cheat.renderLeaves ?? renderChunk,
        clock: machineClock,
        spool: await openSpool({ folder: join(folder, String(folders++)) }),
      };
      const swapped =
        cheat.scene === undefined
          ? undefined
          : openManifestFrames({
              manifest: await smallManifest({ store, kernelHash: engine.kernelHash, change, scene: cheat.scene }),
              store,
            });
      if (swapped !== undefined)
        context.jobs = {
          ...honestJobs,
          open: async (id) => ({ ...(await honestJobs.open(id)), frames: () => swapped }),
        };
      let outputs = await renderLease(context, lease(), signal);
      if (cheat.alterOutputs !== undefined) outputs = await cheat.alterOutputs(outputs, { store, manifest });
      const encoded = encodeOutputs(outputs);
      await store.putBlock(encoded.bytes);
      const root = rootOfOutputs(outputs, network);
      emit('LeaseCommitted', {
        leaseId: parseLeaseId(number),
        root: cheat.alterRoot?.(root) ?? root,
        outputsDigest: encoded.digest,
        drawBlock: 10,
        sealDeadline: 1_800_000_000,
      });

      // The draw, the verifier's blind values, and the opening.
      const draw = { seed: bytes32Of(sha256(u32(number))), drawnMask: taken.mask };
      emit('LeaseDrawn', { leaseId: parseLeaseId(number), ...draw, verifiers: [verifier] });
      const verifierJobs = createJobCache({
        ledger: () => ledger,
        store,
        kernelHash: engine.kernelHash,
        fetchMs: 10_000,
        signal,
      });
      const measurement = await measureLease(
        {
          chain: { ...chain, account: verifier },
          store,
          engine,
          key: key('verifier'),
          jobs: verifierJobs,
          log: testLog,
          measurements: await openMeasurements({ folder: join(folder, String(folders++)) }),
        },
        { lease: lease(), draw, signal },
      );
      emit('LeaseSealed', { leaseId: parseLeaseId(number), verifier, sealHash: key('seal') });
      emit('LeaseSealsComplete', { leaseId: parseLeaseId(number), openDeadline: 1_800_000_000 });
      const sealed = lease() as Extract<LedgerLease, { state: 'SEALED' }>;
      await openLease(context, { lease: sealed, secondsLeft: 60, openSeconds: 60, signal });
      opened = (await cheat.afterOpening?.(store, opened)) ?? opened;
      emit('LeaseOpened', { leaseId: parseLeaseId(number), openingDigest: opened, revealDeadline: 1_800_000_000 });

      const { commitment } = lease() as Extract<LedgerLease, { state: 'OPENED' }>;
      const outcome = await auditLease({
        lease: lease(),
        root: commitment.root,
        outputsDigest: commitment.outputsDigest,
        openingDigest: opened,
        draw,
        chain: network,
        job: { manifest, geometry },
        measurement,
        tolerance,
        store: store as Pick<ObjectStore, 'getBlock' | 'getFile' | 'putFile'>,
        hasPatience: true,
        fetchMs: 1000,
        signal,
      });
      await Promise.all([honestJobs.dispose(), verifierJobs.dispose(), swapped?.dispose()]);
      return { ...outcome, verdict: rule(outcome), store, outputs };
    },
    async close() {
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Which tests of an audit did not pass, each once, in order. */
export function failedTests(audited: Pick<AuditedLease, 'tests'>): string[] {
  return [...new Set(audited.tests.filter((test) => test.verdict !== 'pass').map((test) => test.test))].sort();
}
