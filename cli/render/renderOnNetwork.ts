import { join } from 'node:path';
import { encodeManifest } from '../../protocol/manifest.js';
import { RushesError } from '../../protocol/errors.js';
import type { JobId } from '../../protocol/ids.js';
import { loadKernel } from '../../renderer/cpu/loadKernel.js';
import { kernelSource } from '../../renderer/kernels/kernelSource.js';
import type { CommandContext } from '../options/CommandContext.js';
import type { RenderOptions } from './RenderOptions.js';
import { buildReport } from './buildReport.js';
import { gatherCertificate } from '../../artist/gatherCertificate.js';
import { showReport } from './showReport.js';
import { writeEvidence } from './writeEvidence.js';
import { writeJson } from '../files/writeJson.js';
import { formatMoney } from '../../artist/formatMoney.js';
import { startProgress } from '../terminal/startProgress.js';
import { buildManifest } from '../../artist/buildManifest.js';
import { collectFrames } from '../../artist/collectFrames.js';
import { followJob } from '../../artist/followJob.js';
import { removeJobFile } from './JobFile.js';
import type { ArtistScene } from '../../artist/loadForArtist.js';
import { lookOf } from './lookOf.js';
import { openJob } from '../../artist/orderJob.js';
import type { ArtistEnvironment } from '../../artist/chooseEnvironment.js';
import type { View } from '../../artist/resolveView.js';
import type { Session } from '../session/Session.js';
import type { JobNetwork } from './startNetworkFor.js';
import { watchChain } from '../../artist/watchChain.js';
import { writeAnimation } from './writeAnimation.js';

/** Money that was escrowed must come back even while a person waits for the prompt: but not for long. */
const CLOSING_MS = 6000;

/** Renders a job on a network, from the upload to the last wei that comes back. */
export async function renderOnNetwork({
  scene,
  environment,
  view,
  options,
  network: jobNetwork,
  context,
  startedAtMs,
}: {
  scene: ArtistScene;
  environment: ArtistEnvironment | null;
  view: View;
  options: RenderOptions;
  network: JobNetwork;
  context: CommandContext;
  startedAtMs: number;
}): Promise<void> {
  const { terminal, env, signal } = context;
  const { out } = options;
  const since = (): number => Date.now() - startedAtMs;
  const session = await jobNetwork.session;
  const { kernelHash } = await loadKernel({ source: kernelSource(), cacheDir: env.cache });
  const networkMs = since();

  // Whatever kills the network for good ends the job with its reason.
  const broken =
    session.local === undefined
      ? undefined
      : Promise.race([
          session.local.supervisor.failed,
          session.local.daemonsReady.then(() => new Promise<never>(() => {})),
        ]);
  const work = runJob();
  await (broken === undefined ? work : Promise.race([work, broken]));

  async function runJob(): Promise<void> {
    // Publish the scene, the environment and the manifest.
    const [sceneCid, environmentCid] = await Promise.all([
      session.store.putDirectory(scene.files, { signal }),
      environment === null
        ? null
        : session.store.putDirectory([{ path: environment.path, bytes: environment.bytes }], { signal }),
    ]);
    scene.loaded.dispose();
    const manifest = buildManifest({ view, scene, sceneCid, environment, environmentCid, kernelHash });
    const { bytes: manifestBytes, cid: manifestCid } = encodeManifest(manifest);
    await session.store.putBlock(manifestBytes, { signal });

    const watch = watchChain({ network: session.network, signal });
    let jobId: JobId | undefined;
    try {
      await watch.reached(await session.chain.blockNumber({ signal }));
      const job = await openJob({
        session,
        watch,
        manifest,
        out,
        budgetWei: options.budgetWei,
        deadlineMinutes: options.deadlineMinutes,
        terminal,
        signal,
      });
      jobId = job.jobId;
      const submittedMs = since();

      // Follow it, and write each frame when all of it is paid.
      let firstPictureMs: number | undefined;
      const chunks = watch.log.ledger.jobs.get(jobId)!.chunkCount;
      const progress = startProgress({
        terminal,
        rows: ['rendered', 'audited', 'paid'].map((label) => ({ label, total: chunks })),
        unit: 'chunks',
      });
      const collector = collectFrames({
        manifest,
        store: session.store,
        out,
        look: lookOf(options, manifest),
        signal,
        onPreview(path) {
          firstPictureMs ??= since();
          terminal.line(`${path}  ${terminal.yellow('not yet verified')}`);
        },
        onFrame(frame) {
          firstPictureMs ??= since();
          terminal.line(`${frame.path}  ${terminal.green('verified and paid')}`);
        },
      });
      const times = await followJob({
        watch,
        jobId,
        collector,
        signal,
        onProgress: ({ rendered, audited, paid }) => progress.update([rendered, audited, paid]),
        onQuiet: (seconds) =>
          terminal.line(
            terminal.yellow(`nothing has moved for ${seconds} s: are workers and verifiers up? (rushes status)`),
          ),
      }).finally(() => progress.stop());
      const collectedMs = since();

      // What no lease holds comes back to the artist.
      const { unreservedWei } = watch.log.ledger.jobs.get(jobId)!;
      const [animation, returned] = await Promise.all([
        writeAnimation({ out, frames: collector.frames, fps: manifest.frames.fps }),
        unreservedWei === 0n
          ? undefined
          : session.chain.withdrawUnreserved({ jobId, amountWei: unreservedWei }, { signal }),
      ]);
      if (returned !== undefined) await watch.reached(returned.blockNumber);

      // Write the certificate and, last, the report.
      const certificate = await gatherCertificate({
        session,
        watch,
        jobId,
        manifest,
        terms: job.terms,
        weights: job.weights,
        outputs: collector.outputs,
        signal,
      });
      const certificatePath = await writeJson(join(out, 'certificate.json'), certificate);
      const pictures = await writeEvidence({ certificate, store: session.store, out, signal });
      const relative = (atMs: number | undefined): number | null => (atMs === undefined ? null : atMs - startedAtMs);
      const report = buildReport({
        session,
        watch,
        certificate,
        certificatePath,
        manifestCid,
        frames: collector.frames,
        animation,
        pictures,
        timings: {
          networkMs,
          submittedMs,
          firstPictureMs: firstPictureMs ?? null,
          renderedMs: relative(times.allRenderedMs),
          paidMs: relative(times.allPaidMs),
          collectedMs,
          totalMs: since(),
        },
      });
      await writeJson(join(out, 'report.json'), report);
      await removeJobFile(out);
      showReport({ terminal, report, out });
      terminal.result(report);
    } catch (error) {
      if (jobId !== undefined) await settleInterrupted({ session, jobId, error });
      throw error;
    } finally {
      await watch.stop();
    }
  }

  /** A network that goes down with this process pays back first; one that stays goes on with the job. */
  async function settleInterrupted({
    session: { local, chain },
    jobId,
    error,
  }: {
    session: Session;
    jobId: JobId;
    error: unknown;
  }): Promise<void> {
    if (local === undefined) {
      if (signal.aborted)
        terminal.line(
          `job ${jobId} goes on without this command; run it again to go on with it, or \`rushes cancel ${jobId.slice(0, 10)}\` to end it`,
        );
      return;
    }
    // The contract pays back at once what no lease holds. If the chain is what failed, there is nothing to ask.
    if (error instanceof RushesError && error.code === 'chain-unreachable') return;
    await chain.closeJob({ jobId }, { signal: AbortSignal.timeout(CLOSING_MS) }).then(
      (receipt) => {
        const withdrawn = receipt.events.find((event) => event.name === 'JobWithdrawn');
        terminal.line(
          `job closed; ${withdrawn === undefined ? 'nothing was' : `${formatMoney(withdrawn.args.amountWei)} of test money`} left in escrow came back`,
        );
      },
      () => {},
    );
    await removeJobFile(out);
  }
}
