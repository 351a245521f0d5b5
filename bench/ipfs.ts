import { spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { startIpfsEndpoint } from '../adapters/ipfs/startIpfsEndpoint.js';
import { freePort } from '../cli/supervisor/freePort.js';
import { describeMachine } from './describeMachine.js';
import { median } from './median.js';
import { writeResult } from './writeResult.js';

// `npm run bench:ipfs -- --kubo PATH`: how long the endpoint of this package and Kubo take to add a file of random bytes,
// in turns, over the same plain HTTP request, with their settings of delivery. Everything is on the disk when they answer.
const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = parseArgs({
  options: {
    kubo: { type: 'string' },
    runs: { type: 'string', default: '5' },
    megabytes: { type: 'string', default: '200' },
    'no-save': { type: 'boolean', default: false },
  },
});
const machine = describeMachine(root);
const folder = await mkdtemp(join(tmpdir(), 'rushes-bench-ipfs-'));
const [runs, megabytes] = [values.runs, values.megabytes].map(Number) as [number, number];
const own = await startIpfsEndpoint({ folder: join(folder, 'own') });
const kubo = values.kubo === undefined ? undefined : await startKubo(values.kubo, join(folder, 'kubo'));

try {
  const seconds = { own: [] as number[], kubo: [] as number[] };
  for (let i = 0; i < runs; i++) {
    const bytes = randomFillSync(Buffer.alloc(megabytes * 1e6));
    const cids = new Set([await add(own.apiUrl, bytes, seconds.own)]);
    if (kubo !== undefined) cids.add(await add(kubo.apiUrl, bytes, seconds.kubo));
    if (cids.size !== 1) throw new Error(`one file, two CIDs: ${[...cids].join(' and ')}`);
  }
  const result = {
    megabytes,
    seconds: { own: median(seconds.own), ...(kubo === undefined ? {} : { kubo: median(seconds.kubo) }) },
    ...(kubo === undefined ? {} : { ratio: median(seconds.own.map((own, i) => own / seconds.kubo[i]!)) }),
    runs: seconds,
  };
  console.log(JSON.stringify({ machine, ...result }, null, 2));
  if (!values['no-save']) console.log(await writeResult({ root, bench: 'ipfs', machine, result }));
} finally {
  await own.close();
  kubo?.close();
  await rm(folder, { recursive: true, force: true });
}

/** Adds and pins a file as Rushes adds every file; the CID. */
async function add(apiUrl: string, bytes: Buffer, seconds: number[]): Promise<string> {
  const boundary = 'bench-of-adding-a-file';
  const url = `${apiUrl}/api/v0/add?cid-version=1&raw-leaves=true&chunker=size-1048576&hash=sha2-256&pin=true&progress=false`;
  const beganMs = performance.now();
  const call = request(url, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  });
  const answered = new Promise<string>((resolve, reject) => {
    call.once('error', reject);
    call.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.once('error', reject).once('end', () => resolve(text));
    });
  });
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="bench"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  Readable.from(pieces(head, bytes, `\r\n--${boundary}--\r\n`), { objectMode: false }).pipe(call);
  const { Hash } = JSON.parse(await answered) as { Hash: string };
  if (!Hash) throw new Error(`${apiUrl} answered no CID`);
  seconds.push((performance.now() - beganMs) / 1000);
  return Hash;
}

function* pieces(head: string, bytes: Buffer, tail: string): Generator<Buffer> {
  yield Buffer.from(head);
  for (let at = 0; at < bytes.length; at += 1 << 18) yield bytes.subarray(at, at + (1 << 18));
  yield Buffer.from(tail);
}

async function startKubo(program: string, repository: string): Promise<{ apiUrl: string; close: () => void }> {
  const [api, gateway] = [await freePort(), await freePort()];
  const env = { ...process.env, IPFS_PATH: repository, IPFS_TELEMETRY: 'off' };
  await run(program, ['init'], { env });
  await run(program, ['config', 'Addresses.API', `/ip4/127.0.0.1/tcp/${api}`], { env });
  await run(program, ['config', 'Addresses.Gateway', `/ip4/127.0.0.1/tcp/${gateway}`], { env });
  await run(program, ['config', '--json', 'Addresses.Swarm', '[]'], { env });
  const child = spawn(program, ['daemon', '--offline'], { env, stdio: 'ignore' });
  const apiUrl = `http://127.0.0.1:${api}`;
  for (let tries = 0; tries < 300; tries++) {
    const isThere = await fetch(`${apiUrl}/api/v0/version`, { method: 'POST' }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return { apiUrl, close: () => child.kill('SIGTERM') };
    await sleep(100);
  }
  child.kill('SIGKILL');
  throw new Error(`${program} did not answer within 30 s`);
}
