import type { JobDetail } from '../../adapters/http/coordinatorClient.js';
import { pause } from '../../adapters/pause.js';
import type { Json } from '../../protocol/canonicalJson.js';
import { eventFromJson } from '../../protocol/eventJson.js';
import type { JobId } from '../../protocol/ids.js';
import type { Ledger, LedgerJob } from '../../protocol/ledger.js';
import { createLedgerLog } from '../../protocol/ledgerLog.js';
import { encodeManifest, type Manifest, checkManifest } from '../../protocol/manifest.js';
import type { Connection } from './Connection.js';
import { client } from './client.js';
import { createFeed, type Feed } from './Feed.js';
import { followStream } from './followStream.js';

/** Everything that is known of a job. The ledger is that of the job's own events. */
export interface JobSnapshot {
  connection: Connection;
  ledger: Ledger;
  /** Undefined before the first events came. */
  job: Readonly<LedgerJob> | undefined;
  /** Undefined before it was read, and where it cannot be used. */
  manifest: Manifest | undefined;
  /** Why the manifest cannot be used. */
  refusal: string | undefined;
  /** Unix seconds by the chain's clock. */
  nowSeconds(): number;
}

const MANIFEST_PAUSE_MS = 2000;

const feeds = new Map<JobId, Feed<JobSnapshot>>();

/** The feed of a job; what it had is kept while another page is looked at. */
export function jobFeed(jobId: JobId): Feed<JobSnapshot> {
  const known = feeds.get(jobId);
  if (known !== undefined) return known;
  const feed = createJobFeed(jobId);
  feeds.set(jobId, feed);
  return feed;
}

function createJobFeed(jobId: JobId): Feed<JobSnapshot> {
  const log = createLedgerLog();
  let connection: Connection = 'connecting';
  let manifest: Manifest | undefined;
  let refusal: string | undefined;
  let heard = { nowSeconds: 0, atMs: 0 };
  let lastEventId: string | undefined;

  async function readManifest(changed: () => void, signal: AbortSignal): Promise<void> {
    while (manifest === undefined && refusal === undefined && !signal.aborted) {
      const detail = await client.job(jobId, signal).catch(() => undefined);
      if (detail !== undefined && detail.documents !== 'pending') {
        ({ manifest, refusal } = readDocuments(detail));
        changed();
        return;
      }
      await pause(MANIFEST_PAUSE_MS, signal).catch(() => undefined);
    }
  }

  return createFeed<JobSnapshot>({
    snapshot: () => ({
      connection,
      ledger: log.ledger,
      job: log.ledger.jobs.get(jobId),
      manifest,
      refusal,
      // A network that is away does not get on.
      nowSeconds: () =>
        heard.nowSeconds + (connection === 'live' ? Math.max(0, (performance.now() - heard.atMs) / 1000) : 0),
    }),
    run(changed, signal) {
      void readManifest(changed, signal);
      void followStream({
        signal,
        open: (from) => client.events(jobId, { ...(lastEventId === undefined ? {} : { lastEventId }), ...from }),
        onConnection(next) {
          connection = next;
          changed();
        },
        onEvent({ id, event, data }) {
          lastEventId = id;
          if (event === 'rollback') log.rollBack((data as { toBlock: number }).toBlock);
          else if (event === 'progress') {
            heard = { nowSeconds: (data as { nowSeconds: number }).nowSeconds, atMs: performance.now() };
            // What came together is shown together.
            changed();
          } else {
            const contractEvent = eventFromJson(data as Json);
            const { blockNumber, blockTimestamp: timestampSeconds } = contractEvent;
            log.append([contractEvent], { blockNumber, timestampSeconds });
          }
        },
      });
    },
  });
}

/** The manifest that the job's digest names: a coordinator is believed nothing that can be checked. */
function readDocuments(detail: JobDetail): { manifest: Manifest | undefined; refusal: string | undefined } {
  if (detail.documents === 'refused')
    return { manifest: undefined, refusal: detail.refusal ?? 'its documents cannot be used' };
  try {
    const manifest = checkManifest(detail.manifest);
    if (encodeManifest(manifest).digest === detail.manifestDigest) return { manifest, refusal: undefined };
    return { manifest: undefined, refusal: 'the coordinator gives a manifest that is not the one that was ordered' };
  } catch (error) {
    return { manifest: undefined, refusal: error instanceof Error ? error.message : String(error) };
  }
}
