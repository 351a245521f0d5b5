// Orders one frame of a scene on a network that runs, follows it until it is paid, and writes the picture and the
// certificate. Orders nothing twice: what it has ordered is kept in FOLDER/job.json.
//   node examples/orderFrame.js NETWORK.json KEYFILE SCENE FOLDER
// `rushes up` says where its network.json is; the key of its artist, who has test money, is keys/artist.key beside it.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import {
  chooseEnvironment,
  collectFrames,
  connectArtist,
  develop,
  followJob,
  gatherCertificate,
  openArtistScene,
  orderJob,
  parseNetworkDescription,
  publishJob,
  resolveView,
  watchChain,
  withdrawRest,
} from 'rushes';
import { readKernelHash } from 'rushes/node/readKernelHash';

const [networkFile, keyFile, scenePath, folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('name all four: node examples/orderFrame.js NETWORK.json KEYFILE SCENE FOLDER');
  process.exit(2);
}
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new Error('interrupted; run it again to go on with the same job')));
const { signal } = interrupted;

/** Told of everything that happens; a program with a face would draw it. */
function onEvent(event) {
  if (event.kind !== 'progress') console.log(event.kind);
}

// Who orders, and where.
const network = parseNetworkDescription(await readFile(networkFile, 'utf8'));
const session = await connectArtist({ network, key: (await readFile(keyFile, 'utf8')).trim(), signal });
await mkdir(folder, { recursive: true });

// What is ordered: files come through a function, so that they may lie anywhere.
const read = (path) => readFile(join(dirname(scenePath), path)).catch(() => undefined);
const scene = await openArtistScene({ entry: basename(scenePath), read, signal });
for (const problem of [...scene.missing, ...scene.unsupported]) console.log('not as in the scene:', problem);
const environment = await chooseEnvironment({
  given: undefined,
  intensity: 1,
  summary: scene.summary,
  read,
  budget: scene.budget,
});
const view = await resolveView({
  scene,
  environment,
  options: {
    frames: { first: 0, last: 0 },
    size: { width: 160, height: 96 },
    samples: 16,
    bounces: 6,
    seed: 1,
  },
});

// Publish it on IPFS, order it on the chain, follow it to its end.
const kernelHash = await readKernelHash({ cacheDir: undefined });
const { manifest } = await publishJob({ store: session.store, scene, environment, view, kernelHash, onEvent, signal });
const watch = watchChain({ network, signal, onEvent });
try {
  const jobFile = join(folder, 'job.json');
  const order = await orderJob({
    session,
    watch,
    manifest,
    memory: {
      read: () =>
        readFile(jobFile, 'utf8').then(
          (text) => JSON.parse(text),
          () => undefined,
        ),
      write: (job) => writeFile(jobFile, JSON.stringify(job)),
    },
    budgetWei: undefined,
    deadlineMinutes: 60,
    onEvent,
  });
  const pictures = [];
  const collector = collectFrames({
    manifest,
    store: session.store,
    onFrame: ({ number, frame }) => void pictures.push({ number, frame }),
    onEvent,
    signal: watch.signal,
  });
  await followJob({ session, watch, order, collector, onEvent });
  await withdrawRest({ session, watch, jobId: order.jobId, onEvent });

  // Develop it: as often as one likes, and free.
  for (const { number, frame } of pictures) {
    const look = { toneMap: 'aces', exposureEv: 0, alpha: 'opaque', bits: 8 };
    const { data, width, height, channels } = develop({ frame, look });
    await sharp(data, { raw: { width, height, channels } })
      .png()
      .toFile(join(folder, `frame-${number}.png`));
  }
  const { outputs } = collector;
  const certificate = await gatherCertificate({ session, watch, order, manifest, outputs, onEvent });
  await writeFile(join(folder, 'certificate.json'), JSON.stringify(certificate));
  console.log(`job ${order.jobId}: ${pictures.length} picture and its certificate are in ${folder}`);
} finally {
  await watch.stop();
}
