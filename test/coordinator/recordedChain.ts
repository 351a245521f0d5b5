import { LOCAL_POLICY } from '../../adapters/chain/localPolicy.js';
import type { HashedHead } from '../../coordinator/store/ChainState.js';
import type { ContractEvent, ContractEventArgs, ContractEventName } from '../../protocol/events.js';
import { type Address, type Bytes32, type JobId, type LeaseId, parseBytes32, parseJobId } from '../../protocol/ids.js';
import { maskOfChunks } from '../../protocol/masks.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import type { JobDocuments } from '../../protocol/readJob.js';
import { testManifest } from './orderTestJob.js';
import { address } from '../support/leaseFixtures.js';

/** The chain's time in these tests, unix seconds. */
export const NOW_SECONDS = 1_800_000_000;

const POLICY = address('ee');
const ARTIST = address('a1');
const PRICE_WEI = 1000n;

/** Events of a chain that never was, block by block. */
export interface RecordedChain {
  readonly blocks: { events: ContractEvent[]; head: HashedHead }[];
  readonly jobs: { jobId: JobId; documents: JobDocuments }[];
  take(lease: { leaseId: LeaseId; jobId: JobId; worker: Address; chunks: number[] }): void;
  /** Ends a lease void by its verifiers' verdicts. */
  endVoid(leaseId: LeaseId): void;
}

/** A chain with jobs of frames x tiles chunks of weight 1, each in a block of its own. */
export function recordedChain(
  jobs: { frames: number; tiles: number; unreservedWei?: bigint; deadlineSeconds?: number; artist?: Address }[],
  policy: Partial<PolicyNumbers> = {},
): RecordedChain {
  const blocks: RecordedChain['blocks'] = [];
  const word32 = (n: number, filler: string): Bytes32 =>
    parseBytes32(`0x${filler.repeat(24)}${n.toString(16).padStart(16, '0')}`);
  const mine = (
    ...events: { [Name in ContractEventName]: { name: Name; args: ContractEventArgs[Name] } }[ContractEventName][]
  ): void => {
    const blockNumber = blocks.length + 1;
    const head: HashedHead = { blockNumber, blockHash: word32(blockNumber, 'bb'), timestampSeconds: NOW_SECONDS };
    blocks.push({
      head,
      events: events.map(
        (event, logIndex) =>
          ({
            ...event,
            blockNumber,
            blockHash: head.blockHash,
            blockTimestamp: NOW_SECONDS,
            transactionHash: word32(blockNumber, 'aa'),
            logIndex,
          }) as ContractEvent,
      ),
    });
  };

  mine({
    name: 'PolicyAdopted',
    args: { policy: POLICY, values: { ...LOCAL_POLICY, maxChunksPerLease: 256, ...policy } },
  });
  const made = jobs.map(({ frames, tiles, unreservedWei, deadlineSeconds, artist = ARTIST }, index) => {
    const jobId = parseJobId(word32(index + 1, '0c'));
    const chunkCount = frames * tiles;
    mine(
      {
        name: 'JobCreated',
        args: {
          jobId,
          artist,
          nonce: word32(index, '00'),
          manifestDigest: word32(index, '01'),
          termsDigest: word32(index, '02'),
          policy: POLICY,
          chunkCount,
          weightsRoot: word32(index, '03'),
          pricePerUnitWei: PRICE_WEI,
          deadline: deadlineSeconds ?? NOW_SECONDS + 100_000,
        },
      },
      { name: 'JobFunded', args: { jobId, from: artist, amountWei: unreservedWei ?? 1_000_000_000n } },
    );
    // One row of tiles per frame.
    const geometry = {
      width: 16 * tiles,
      height: 16,
      tileSize: 16,
      firstFrame: 1,
      frameCount: frames,
      samples: 1,
      batches: 1,
    };
    return {
      jobId,
      documents: {
        manifest: testManifest(frames),
        terms: {} as JobDocuments['terms'],
        geometry,
        weights: new Uint16Array(chunkCount).fill(1),
      },
    };
  });
  return {
    blocks,
    jobs: made,
    take({ leaseId, jobId, worker, chunks }) {
      mine({
        name: 'LeaseTaken',
        args: {
          leaseId,
          jobId,
          worker,
          ...maskOfChunks(chunks),
          payWei: PRICE_WEI * BigInt(chunks.length),
          feeWei: 50n,
          deadline: NOW_SECONDS + 60,
          reservedWei: 1200n * BigInt(chunks.length),
        },
      });
    },
    endVoid(leaseId) {
      mine(
        {
          name: 'LeaseCommitted',
          args: {
            leaseId,
            root: word32(1, '04'),
            outputsDigest: word32(1, '05'),
            drawBlock: blocks.length + 3,
            sealDeadline: NOW_SECONDS + 60,
          },
        },
        { name: 'LeaseVoided', args: { leaseId, reason: 'verdicts' } },
      );
    },
  };
}
