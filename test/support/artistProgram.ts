import {
  type ArtistEvent,
  type Certificate,
  type CollectedFrame,
  chooseEnvironment,
  collectFrames,
  connectArtist,
  followJob,
  gatherCertificate,
  type GradedProblem,
  type NetworkDescription,
  openArtistScene,
  orderJob,
  publishJob,
  type RememberedJob,
  resolveView,
  watchChain,
  withdrawRest,
} from 'rushes';

// A program of somebody else, which runs in Node and in a page: everything comes from the package's own name, and
// nothing of either.

export interface OrderedFrames {
  problems: GradedProblem[];
  events: ArtistEvent[];
  /** By number; they come in the order in which they were paid. */
  frames: CollectedFrame[];
  certificate: Certificate;
}

/** Orders two small frames of a scene, or goes on with the job that is remembered, and follows it to its end. */
export async function orderFrames({
  network,
  key,
  entry,
  bytes,
  kernelHash,
  memory,
  signal,
}: {
  network: NetworkDescription;
  key: string;
  entry: string;
  bytes: Uint8Array;
  kernelHash: Parameters<typeof publishJob>[0]['kernelHash'];
  memory: { job: RememberedJob | undefined };
  signal: AbortSignal;
}): Promise<OrderedFrames> {
  const session = await connectArtist({ network, key, signal });
  const read = async (path: string): Promise<Uint8Array | undefined> => (path === entry ? bytes : undefined);
  const scene = await openArtistScene({ entry, read, signal });
  const { summary, budget } = scene;
  const environment = await chooseEnvironment({ given: undefined, intensity: 1, summary, read, budget });
  const view = await resolveView({
    scene,
    environment,
    options: {
      camera: undefined,
      orbit: undefined,
      target: undefined,
      fov: undefined,
      background: undefined,
      clip: undefined,
      frames: { first: 0, last: 1 },
      fps: 4,
      size: { width: 32, height: 32 },
      samples: 4,
      batches: undefined,
      bounces: 2,
      seed: 3,
      tile: 32,
    },
  });
  const events: ArtistEvent[] = [];
  const onEvent = (event: ArtistEvent): void => void events.push(event);
  const { store } = session;
  const { manifest } = await publishJob({ store, scene, environment, view, kernelHash, onEvent, signal });
  const watch = watchChain({ network: session.network, signal, onEvent });
  try {
    const order = await orderJob({
      session,
      watch,
      manifest,
      memory: { read: async () => memory.job, write: async (job) => void (memory.job = job) },
      budgetWei: undefined,
      deadlineMinutes: 24 * 60,
      onEvent,
    });
    const frames: CollectedFrame[] = [];
    const onFrame = (frame: CollectedFrame): void => void frames.push(frame);
    const collector = collectFrames({ manifest, store, onFrame, onEvent, signal: watch.signal });
    await followJob({ session, watch, order, collector, onEvent });
    await withdrawRest({ session, watch, jobId: order.jobId, onEvent });
    const { outputs } = collector;
    const certificate = await gatherCertificate({ session, watch, order, manifest, outputs, onEvent });
    frames.sort((a, b) => a.number - b.number);
    return { problems: [...scene.missing, ...scene.unsupported], events, frames, certificate };
  } finally {
    await watch.stop();
  }
}
