import { join } from 'node:path';
import { collectFrames } from '../../artist/collectFrames.js';
import { followJob, type JobTimes } from '../../artist/followJob.js';
import { gatherCertificate } from '../../artist/gatherCertificate.js';
import { readKernelHash } from '../../artist/node/readKernelHash.js';
import { type JobOrder, orderJob } from '../../artist/orderJob.js';
import { publishJob } from '../../artist/publishJob.js';
import { type ExpectedWork, weighChunks } from '../../artist/quote/weighChunks.js';
import { type ChainWatch, watchChain } from '../../artist/watchChain.js';
import { withdrawRest } from '../../artist/withdrawRest.js';
import type { Cid } from '../../protocol/ids.js';
import type { Manifest } from '../../protocol/manifest.js';
import { writeJson } from '../files/writeJson.js';
import type { CommandContext } from '../options/CommandContext.js';
import type { OpenedScene } from '../scene/openScene.js';
import { type Probe, startProbe } from '../scene/startProbe.js';
import type { Session } from '../session/Session.js';
import { startProgress } from '../terminal/startProgress.js';
import { agreeToQuote } from './agreeToQuote.js';
import { buildReport } from './buildReport.js';
import { explainGone } from './explainGone.js';
import { forgetJob, jobMemoryIn } from './jobMemoryIn.js';
import { lookOf } from '../pictures/lookOf.js';
import type { RenderOptions } from './RenderOptions.js';
import { type FrameSaver, saveFrames } from './saveFrames.js';
import { settleInterrupted } from './settleInterrupted.js';
import { showEvents } from './showEvents.js';
import { showReport } from './showReport.js';
import type { JobNetwork } from './startNetworkFor.js';
import { writeAnimation } from '../pictures/writeAnimation.js';
import { writeEvidence } from './writeEvidence.js';

/** One `rushes render` on a network. */
interface NetworkRun {
  session: Session;
  probe: Probe;
  /** Puts scene and manifest on IPFS, once. */
  publish: () => Promise<{ manifest: Manifest; manifestCid: Cid }>;
  options: RenderOptions;
  context: CommandContext;
  events: ReturnType<typeof showEvents>;
  startedAtMs: number;
  /** When the network was there, milliseconds after the start. */
  networkMs: number;
}

/** Renders a job on a network, from the upload to the last wei that comes back. */
export async function renderOnNetwork({
  opened,
  options,
  network,
  context,
  startedAtMs,
}: {
  opened: OpenedScene;
  options: RenderOptions;
  network: JobNetwork;
  context: CommandContext;
  startedAtMs: number;
}): Promise<void> {
  // The work is counted while the network is found or brought up.
  const probe = startProbe({ opened, sceneBytes: options.sceneBytes, context });
  try {
    await renderProbed({ opened, options, network, context, startedAtMs, probe });
  } finally {
    await probe.stop();
  }
}

async function renderProbed({
  opened,
  options,
  network,
  context,
  startedAtMs,
  probe,
}: Parameters<typeof renderOnNetwork>[0] & { probe: Probe }): Promise<void> {
  const session = await network.session;
  const { local } = session;
  const kernelHash = await readKernelHash({ cacheDir: context.env.cache });
  let daemonsReady = local === undefined;
  const events = showEvents({
    terminal: context.terminal,
    testMoney: session.network.testMoney,
    mayBeStalled: () => daemonsReady,
  });
  let publishing: ReturnType<typeof publishJob> | undefined;
  const { store } = session;
  const { onEvent } = events;
  const run: NetworkRun = {
    session,
    probe,
    publish: () => (publishing ??= publishJob({ store, ...opened, kernelHash, onEvent, signal: context.signal })),
    options,
    context,
    events,
    startedAtMs,
    networkMs: Date.now() - startedAtMs,
  };

  // Whatever kills the network for good ends the job with its reason.
  const broken =
    local === undefined
      ? undefined
      : Promise.race([
          local.supervisor.failed,
          local.daemonsReady.then(() => {
            daemonsReady = true;
            return new Promise<never>(() => {});
          }),
        ]);
  const work = runJob(run);
  await (broken === undefined ? work : Promise.race([work, broken]));
}

async function runJob(run: NetworkRun): Promise<void> {
  const { session, options, context, events, probe } = run;
  const { onEvent } = events;
  // Where nobody is asked, what the job needs travels while its work is counted.
  if (options.yes) run.publish().catch(() => undefined);
  const manifest = await probe.manifest;
  const watch = watchChain({ network: session.network, signal: context.signal, onEvent });
  let order: JobOrder | undefined;
  let work: ExpectedWork | undefined;
  try {
    order = await orderJob({
      session,
      watch,
      manifest,
      memory: jobMemoryIn(options.out),
      budgetWei: options.budgetWei,
      deadlineMinutes: options.deadlineMinutes,
      isAgain: options.again,
      async weigh(numbers) {
        work = weighChunks({ manifest, measure: await probe.measure, numbers });
        return work.weights;
      },
      async agree(plan) {
        const { rays } = work!;
        await agreeToQuote({ plan, rays, measure: await probe.measure, session, watch, options, context });
        await run.publish();
      },
      onOrder: (ordered) => (order = ordered),
      onEvent,
    });
    await probe.stop();
    const published = await run.publish();
    await finishJob(run, { ...published, watch, order, submittedMs: Date.now() - run.startedAtMs });
  } catch (error) {
    const { out } = options;
    const { terminal, signal } = context;
    if (order === undefined) throw error;
    await settleInterrupted({ session, jobId: order.jobId, out, error, terminal, signal });
    throw explainGone(error, watch.log.ledger.jobs.get(order.jobId));
  } finally {
    await watch.stop();
  }
}

interface OrderedJob {
  manifest: Manifest;
  manifestCid: Cid;
  watch: ChainWatch;
  order: JobOrder;
  /** When its money was in escrow, milliseconds after the start. */
  submittedMs: number;
}

/** Follows an ordered job to its end and writes what comes of it. */
async function finishJob(run: NetworkRun, job: OrderedJob): Promise<void> {
  const { session, options, context, events } = run;
  const { manifest, watch, order } = job;
  const { onEvent } = events;
  const { out } = options;
  const { signal } = watch;
  const { store } = session;

  // Follow it, and write each frame when all of it is paid.
  const saver = saveFrames({
    out,
    look: lookOf(options, manifest),
    store,
    terminal: context.terminal,
    onEvent,
    signal,
  });
  const collector = collectFrames({
    manifest,
    store,
    onFrame: (frame) => saver.onFrame(frame),
    onPreview: (frame) => saver.onPreview(frame),
    onEvent,
    signal,
  });
  const times = await withProgress(run, order.request.chunkCount, () =>
    followJob({ session, watch, order, collector, onEvent }),
  );
  const collectedMs = Date.now() - run.startedAtMs;

  // What no lease holds comes back to the artist.
  const [animation] = await Promise.all([
    writeAnimation({ out, frames: saver.frames, fps: manifest.frames.fps }),
    withdrawRest({ session, watch, jobId: order.jobId, onEvent }),
  ]);

  // Write the certificate and, last, the report.
  const certificate = await gatherCertificate({
    session,
    watch,
    order,
    manifest,
    outputs: collector.outputs,
    onEvent,
  });
  const certificatePath = await writeJson(join(out, 'certificate.json'), certificate);
  const pictures = await writeEvidence({ certificate, store, out, signal });
  const report = buildReport({
    session,
    watch,
    certificate,
    certificatePath,
    manifestCid: job.manifestCid,
    frames: saver.frames,
    animation,
    pictures,
    timings: timingsOf(run, job, { saver, times, collectedMs }),
  });
  await writeJson(join(out, 'report.json'), report);
  await forgetJob(out);
  showReport({ terminal: context.terminal, report, out });
  context.terminal.result(report);
}

/** Shows the bars of a job while something runs. */
async function withProgress<T>({ context, events }: NetworkRun, chunks: number, work: () => Promise<T>): Promise<T> {
  const progress = startProgress({
    terminal: context.terminal,
    rows: ['rendered', 'audited', 'paid'].map((label) => ({ label, total: chunks })),
    unit: 'chunks',
  });
  events.showProgressOn(progress);
  return work().finally(() => progress.stop());
}

/** The marks of a job in milliseconds after the start; null for what never was. */
function timingsOf(
  { startedAtMs, networkMs }: NetworkRun,
  { submittedMs }: OrderedJob,
  { saver, times, collectedMs }: { saver: FrameSaver; times: JobTimes; collectedMs: number },
): Record<string, number | null> {
  const relative = (atMs: number | undefined): number | null => (atMs === undefined ? null : atMs - startedAtMs);
  return {
    networkMs,
    submittedMs,
    firstPictureMs: relative(saver.firstPictureAtMs),
    renderedMs: relative(times.allRenderedMs),
    paidMs: relative(times.allPaidMs),
    collectedMs,
    totalMs: Date.now() - startedAtMs,
  };
}
