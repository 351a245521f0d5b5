import { join } from 'node:path';
import { connectReader, type ReaderSession } from '../../artist/connectReader.js';
import { type FetchedJob, fetchJob } from '../../artist/fetchJob.js';
import { findJob } from '../../artist/findJob.js';
import { gatherCertificate } from '../../artist/gatherCertificate.js';
import { type ChainWatch, watchChain } from '../../artist/watchChain.js';
import type { LedgerJob } from '../../protocol/ledger.js';
import { readJob } from '../../protocol/readJob.js';
import { makeFolder } from '../files/makeFolder.js';
import { writeJson } from '../files/writeJson.js';
import type { CommandContext } from '../options/CommandContext.js';
import { refuseIdleOptions } from '../options/refuseIdleOptions.js';
import { clearResults, fetchedBefore } from '../pictures/clearResults.js';
import { keepsRadiance } from '../pictures/pictureFormats.js';
import { writeAnimation } from '../pictures/writeAnimation.js';
import { findNetwork, noNetworkError } from '../session/findNetwork.js';
import { PROMPT_PATIENCE_MS } from '../session/promptPatienceMs.js';
import type { FetchOptions } from './FetchOptions.js';
import { FramesMissingError } from './FramesMissingError.js';
import { type FrameWriter, writeFrames } from './writeFrames.js';

/** Runs `rushes fetch JOB`. Throws FramesMissingError after all that is there was written. */
export async function fetchCommand({
  job: wanted,
  options,
  given,
  context,
}: {
  job: string;
  options: FetchOptions;
  /** Names of the options that a person gave. */
  given: ReadonlySet<string>;
  context: CommandContext;
}): Promise<void> {
  const { signal } = context;
  if (options.network !== undefined) refuseIdleOptions({ command: 'fetch', given, situation: 'named' });
  if (keepsRadiance(options.format)) refuseIdleOptions({ command: 'fetch', given, situation: 'radiance' });
  const choice = { source: options.network, data: options.data, context };
  const found = await findNetwork(choice);
  if (found === undefined) throw noNetworkError(choice);
  const session = await connectReader({ network: found.network, signal });
  const watch = watchChain({ network: session.network, signal, patienceMs: PROMPT_PATIENCE_MS });
  try {
    await watch.reached(await session.chain.blockNumber({ signal }));
    const job = findJob(watch.log.ledger, wanted);
    const folder = await makeFolder(options.out);
    try {
      await fetchInto({ job, session, watch, options, context });
    } catch (error) {
      await folder.removeIfEmpty();
      throw error;
    }
  } finally {
    await watch.stop();
  }
}

interface FetchTask {
  job: Readonly<LedgerJob>;
  session: ReaderSession;
  watch: ChainWatch;
  options: FetchOptions;
  context: CommandContext;
}

async function fetchInto(task: FetchTask): Promise<void> {
  const { job, session, watch, options, context } = task;
  const { terminal } = context;
  const { jobId } = job;
  await clearResults(options.out, { except: jobId });
  const before = await fetchedBefore(options.out);
  const writer = writeFrames({ options, terminal });
  const fetched = await fetchJob({
    job,
    watch,
    store: session.store,
    frames: options.frames,
    onFrame: (frame, { background }) => writer.write(frame, background),
  });
  const { manifest, absent } = fetched;
  const { frames } = writer;
  const animation =
    options.format === 'png' ? await writeAnimation({ out: options.out, frames, fps: manifest.frames.fps }) : undefined;
  const certificate = options.proof ? await writeProof(task, fetched, writer) : undefined;
  const record = {
    jobId,
    manifestDigest: job.manifestDigest,
    frames,
    absent: absent.map(({ number, why }) => ({ frame: number, why })),
    animation: animation ?? null,
    certificate: certificate ?? null,
    earlier: before.filter((path) => !frames.some((frame) => [frame.path, frame.proof].includes(path))),
  };
  await writeJson(join(options.out, 'fetch.json'), record);
  terminal.line(
    `${terminal.green(`${frames.length} ${frames.length === 1 ? 'frame' : 'frames'}`)} of job ${jobId.slice(0, 10)} in ${options.out}/, each checked against the chain${animation === undefined ? '' : `; ${animation}`}`,
  );
  if (certificate !== undefined) terminal.line(`proof     ${certificate}`);
  if (absent.length > 0)
    throw new FramesMissingError({
      job,
      absent,
      nowSeconds: watch.log.head?.timestampSeconds ?? 0,
      written: frames.length,
    });
  terminal.result(record);
}

/** Writes the certificate of a job at its end; says why there is none before. Returns its path. */
async function writeProof(
  { job, session, watch, options, context }: FetchTask,
  { manifest, outputs }: FetchedJob,
  writer: FrameWriter,
): Promise<string | undefined> {
  const { terminal } = context;
  if (writer.frames.length === 0) return undefined;
  if (job.leaseIds.some((leaseId) => watch.log.ledger.openLeaseIds.has(leaseId))) {
    terminal.line(terminal.yellow('leases of this job are still under way: its certificate comes with its end'));
    return undefined;
  }
  const { terms, weights } = await readJob({ job, store: session.store, bounds: { signal: watch.signal } });
  const order = { jobId: job.jobId, terms, weights };
  const certificate = await gatherCertificate({ session, watch, order, manifest, outputs });
  return writeJson(join(options.out, 'certificate.json'), certificate);
}
