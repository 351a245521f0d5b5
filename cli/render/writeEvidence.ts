import { join } from 'node:path';
import type { Certificate } from '../../protocol/certificate/certificate.js';
import type { Cid } from '../../protocol/ids.js';
import type { ObjectStore } from '../../protocol/ports.js';
import { writeAtomically } from '../../renderer/image/writeAtomically.js';
import { evidenceOf } from './buildReport.js';

/** A picture of one block beside another is small. */
const PICTURE_MAX_BYTES = 4 << 20;
const FETCH_MS = 10_000;

/**
 * Writes the evidence pictures of convicted leases into the out folder; paths by CID. One that nobody provides any more
 * is left out: the finding still stands.
 */
export async function writeEvidence({
  certificate,
  store,
  out,
  signal,
}: {
  certificate: Certificate;
  store: ObjectStore;
  out: string;
  signal: AbortSignal;
}): Promise<Map<Cid, string>> {
  const pictures = new Map<Cid, string>();
  for (const lease of certificate.leases.filter(({ state }) => state === 'CONVICTED')) {
    for (const [index, cid] of evidenceOf(lease).entries()) {
      const bytes = await store
        .getFile(cid, { maxBytes: PICTURE_MAX_BYTES, deadlineMs: FETCH_MS, signal })
        .catch(() => undefined);
      signal.throwIfAborted();
      if (bytes === undefined) continue;
      const path = join(out, `evidence-lease-${lease.leaseId}${index === 0 ? '' : `-${index + 1}`}.png`);
      await writeAtomically({ path, bytes });
      pictures.set(cid, path);
    }
  }
  return pictures;
}
