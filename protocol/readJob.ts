import { MalformedError } from './errors.js';
import { type Geometry, chunkCount, geometryOf } from './geometry.js';
import type { LedgerJob } from './ledger.js';
import { type Manifest, parseManifest } from './manifest.js';
import type { FetchBounds, ObjectStore } from './ports.js';
import { type Terms, parseTerms } from './terms.js';
import { equalWeights, weightsOfBytes, weightsRoot } from './weights.js';

/** The documents behind a job on chain, checked against it. */
export interface JobDocuments {
  manifest: Manifest;
  terms: Terms;
  geometry: Geometry;
  /** Work units per chunk. */
  weights: Uint16Array;
}

/**
 * Fetches a job's manifest, terms and weights by the digests on chain and checks that they say what the job on chain
 * says. Throws MalformedError or BadInputError for documents that do not, and the store's errors for documents that
 * nobody provides.
 */
export async function readJob(options: {
  job: Pick<LedgerJob, 'jobId' | 'manifestDigest' | 'termsDigest' | 'weightsRoot' | 'chunkCount' | 'pricePerUnitWei'>;
  store: Pick<ObjectStore, 'getBlock' | 'getFile'>;
  bounds?: FetchBounds;
}): Promise<JobDocuments> {
  const { job, store, bounds } = options;
  const agree = (what: string, inDocument: unknown, onChain: unknown): void => {
    if (inDocument !== onChain)
      throw new MalformedError({
        what: `job ${job.jobId}`,
        reason: `its documents say ${what} ${String(inDocument)}, the chain says ${String(onChain)}`,
        facts: { jobId: job.jobId },
      });
  };
  const [manifest, terms] = await Promise.all([
    store.getBlock(job.manifestDigest, bounds).then(parseManifest),
    store.getBlock(job.termsDigest, bounds).then(parseTerms),
  ]);
  const geometry = geometryOf(manifest);
  agree('chunks', chunkCount(geometry), job.chunkCount);
  agree('price per unit', terms.pricePerUnitWei, job.pricePerUnitWei.toString());
  const weights =
    typeof terms.weights === 'number'
      ? equalWeights(job.chunkCount, terms.weights)
      : weightsOfBytes(await store.getFile(terms.weights, { ...bounds, maxBytes: 2 * job.chunkCount }), job.chunkCount);
  agree('weights root', weightsRoot(weights), job.weightsRoot);
  return { manifest, terms, geometry, weights };
}
