import { readGasUsed } from '../adapters/chain/readGasUsed.js';
import { type Finding, parseFinding } from '../protocol/audit/finding.js';
import { buildCertificate, eventsOfJob } from '../protocol/certificate/buildCertificate.js';
import type { Certificate } from '../protocol/certificate/certificate.js';
import type { Bytes32, LeaseId } from '../protocol/ids.js';
import { commitmentOf, type LedgerLease } from '../protocol/ledger.js';
import type { Manifest } from '../protocol/manifest.js';
import { type OpeningIndex, parseOpeningIndex } from '../protocol/opening.js';
import { type Outputs, parseOutputs } from '../protocol/outputs.js';
import type { ArtistEvent } from './ArtistEvent.js';
import type { ReaderSession } from './connectReader.js';
import type { JobOrder } from './orderJob.js';
import { outliveOutage } from './outliveOutage.js';
import type { ChainWatch } from './watchChain.js';

/** A document of a lease that was not paid may be gone: its worker had no reason to keep it. */
const FETCH_MS = 10_000;

/**
 * Gathers everything that a certificate of a finished job consists of, from the chain and from IPFS, and makes it.
 * Outlives outages.
 */
export async function gatherCertificate({
  onEvent = () => {},
  ...request
}: GatherRequest & { onEvent?: (event: ArtistEvent) => void }): Promise<Certificate> {
  return outliveOutage({ attempt: () => gatherOnce(request), onEvent, signal: request.watch.signal });
}

interface GatherRequest {
  session: ReaderSession;
  watch: ChainWatch;
  order: Pick<JobOrder, 'jobId' | 'terms' | 'weights'>;
  manifest: Manifest;
  /** Outputs indices that are known already, by lease. */
  outputs: ReadonlyMap<LeaseId, Outputs>;
}

async function gatherOnce({ session, watch, order, manifest, outputs }: GatherRequest): Promise<Certificate> {
  const { jobId, terms, weights } = order;
  const { signal } = watch;
  const { network, chain, store } = session;
  const { ledger, events, head } = watch.log;
  const leases = ledger.jobs.get(jobId)!.leaseIds.map((leaseId) => ledger.leases.get(leaseId)!);
  const fetchBlock = async <T>(
    lease: LedgerLease,
    digest: Bytes32,
    parse: (bytes: Uint8Array) => T,
  ): Promise<T | undefined> => {
    try {
      return parse(await store.getBlock(digest, { signal, deadlineMs: FETCH_MS }));
    } catch (error) {
      signal.throwIfAborted();
      if (lease.state === 'PAYABLE') throw error;
      return undefined;
    }
  };

  const openings = new Map<LeaseId, OpeningIndex>();
  const findings = new Map<Bytes32, Finding>();
  const allOutputs = new Map(outputs);
  const headers = new Map<number, Uint8Array>();
  await Promise.all(
    leases.map(async (lease) => {
      const commitment = commitmentOf(lease);
      if (commitment === undefined) return;
      if (!allOutputs.has(lease.leaseId)) {
        const index = await fetchBlock(lease, commitment.outputsDigest, parseOutputs);
        if (index !== undefined) allOutputs.set(lease.leaseId, index);
      }
      if ('openingDigest' in lease && lease.openingDigest !== undefined) {
        const opening = await fetchBlock(lease, lease.openingDigest, parseOpeningIndex);
        if (opening !== undefined) openings.set(lease.leaseId, opening);
      }
      for (const { reveal } of commitment.audits) {
        if (reveal === undefined) continue;
        const finding = await fetchBlock(lease, reveal.findingDigest, parseFinding);
        if (finding !== undefined) findings.set(reveal.findingDigest, finding);
      }
      if (commitment.draw !== undefined && !headers.has(commitment.drawBlock))
        headers.set(commitment.drawBlock, await chain.readHeader(commitment.drawBlock, { signal }));
    }),
  );
  const hashes = eventsOfJob(events, jobId)
    .filter((event) => 'jobId' in event.args || 'leaseId' in event.args)
    .map((event) => event.transactionHash);
  const gasUsed = await readGasUsed({ network, transactionHashes: hashes, signal });
  return buildCertificate({
    chain: { chainId: network.chainId, contract: network.contract, headBlock: head!.blockNumber },
    jobId,
    events,
    manifest,
    terms,
    weights,
    outputs: allOutputs,
    openings,
    findings,
    headers,
    gasUsed,
  });
}
