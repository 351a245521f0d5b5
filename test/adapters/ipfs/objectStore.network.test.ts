import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createObjectStore } from '../../../adapters/ipfs/createObjectStore.js';
import { startIpfsEndpoint, type IpfsEndpoint } from '../../../adapters/ipfs/startIpfsEndpoint.js';
import type { RushesError } from '../../../protocol/errors.js';
import { type Cid, digestOfCid, parseCid } from '../../../protocol/ids.js';
import type { ObjectStore } from '../../../protocol/ports.js';

const vectors = JSON.parse(readFileSync(new URL('../../vectors/unixfsCids.json', import.meta.url), 'utf8')) as {
  files: { length: number; v0Chunk256Ki: string; v1Chunk256Ki: string; v1Chunk1Mi: string }[];
  deep: { length: number; seed: number; chunker: string; v0: string; v1: string };
  directory: { cid: string; files: { path: string; length: number; seed: number }[] };
  sharded: { cid: string; files: number };
};

/** Bytes that look random and are the same everywhere: a linear congruential generator, high bytes. */
function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0, state = seed; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** A proxy before an endpoint that changes answers. */
async function withLiar(
  target: string,
  lie: (path: string, body: Buffer) => Buffer | 'hang' | 'break',
  run: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    void (async () => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const answer = await fetch(new URL(request.url ?? '', target), {
        method: 'POST',
        ...(pieces.length === 0
          ? {}
          : { body: Buffer.concat(pieces), headers: { 'content-type': request.headers['content-type'] ?? '' } }),
      });
      const said = lie(request.url ?? '', Buffer.from(await answer.arrayBuffer()));
      if (said === 'hang') return;
      if (said === 'break') return void response.destroy();
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(said);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const RAW_HELLO = parseCid('bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e');

describe('object store over ipfs-http-client', function () {
  this.timeout(180_000);
  let folder: string;
  let endpoint: IpfsEndpoint;
  let store: ObjectStore;
  let big: Uint8Array;
  let bigCid: Cid;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-store-'));
    endpoint = await startIpfsEndpoint({ folder });
    store = createObjectStore({ apiUrl: endpoint.apiUrl });
    big = noise(5_500_000);
    bigCid = await store.putFile(big);
  });
  after(async () => {
    await endpoint.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("gives the CIDs that Kubo's importer gives, and reads what other settings made", async () => {
    const add = async (bytes: Uint8Array, query: string): Promise<string> => {
      const form = new FormData();
      form.append('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), '');
      const answer = await fetch(new URL(`/api/v0/add?${query}`, endpoint.apiUrl), { method: 'POST', body: form });
      return ((await answer.json()) as { Hash: string }).Hash;
    };
    for (const file of vectors.files) {
      const bytes = noise(file.length, file.length + 1);
      assert.equal(await store.putFile(bytes), file.v1Chunk1Mi, `${file.length} bytes`);
      assert.equal(await add(bytes, ''), file.v0Chunk256Ki, `${file.length} bytes`);
      assert.equal(await add(bytes, 'cid-version=1&chunker=size-262144'), file.v1Chunk256Ki, `${file.length} bytes`);
    }
    const { deep, directory, sharded } = vectors;
    const bytes = noise(deep.length, deep.seed);
    assert.equal(await add(bytes, `chunker=${deep.chunker}`), deep.v0);
    assert.equal(await add(bytes, `chunker=${deep.chunker}&cid-version=1`), deep.v1);
    assert.deepEqual(Buffer.from(await store.getFile(parseCid(deep.v1))), Buffer.from(bytes));
    assert.equal(
      await store.putDirectory(
        directory.files.map((file) => ({ path: file.path, bytes: noise(file.length, file.seed) })),
      ),
      directory.cid,
    );
    assert.equal(
      await store.putDirectory(
        Array.from({ length: sharded.files }, (_, n) => ({
          path: `frame-${n}.bin`,
          bytes: Uint8Array.of(n & 255, n >> 8),
        })),
      ),
      sharded.cid,
    );
    assert.deepEqual([...(await store.getDirectoryFile(parseCid(sharded.cid), 'frame-4660.bin'))], [0x34, 0x12]);
  });

  it('reads back what it put, of every size around the chunk border', async () => {
    for (const size of [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20]) {
      const bytes = noise(size, size + 1);
      const cid = await store.putFile(bytes);
      assert.deepEqual(Buffer.from(await store.getFile(cid)), Buffer.from(bytes), `${size} bytes`);
    }
    assert.deepEqual(Buffer.from(await store.getFile(bigCid)), Buffer.from(big));
  });

  it('gives and takes blocks by CID and by digest', async () => {
    const bytes = noise(1000);
    const cid = await store.putBlock(bytes);
    assert.deepEqual(Buffer.from(await store.getBlock(digestOfCid(cid))), Buffer.from(bytes));
    await assert.rejects(store.putBlock(noise((1 << 20) + 1)), (error: RushesError) => error.exitCode === 2);
  });

  it('reads back directories of any shape', async () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9 %&=?#äé+~-][a-zA-Z0-9 %&=?#äé+~.-]{0,12}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.tuple(
            fc.array(name, { maxLength: 2 }).map((steps) => ['d', ...steps, 'f'].join('/')),
            fc.uint8Array({ maxLength: 40 }),
          ),
          { minLength: 1, maxLength: 8, selector: ([path]) => path },
        ),
        async (files) => {
          const paths = files.map(([path]) => path);
          fc.pre(!paths.some((path) => paths.some((other) => other.startsWith(`${path}/`))));
          const cid = await store.putDirectory(files.map(([path, bytes]) => ({ path, bytes })));
          const listed = await store.getDirectory(cid);
          assert.deepEqual(
            listed.map((file) => file.path),
            [...paths].sort(),
          );
          for (const [path, bytes] of files) {
            assert.deepEqual(Buffer.from(await store.getDirectoryFile(cid, path)), Buffer.from(bytes));
            assert.equal(listed.find((file) => file.path === path)?.size, bytes.length);
          }
        },
      ),
      { numRuns: 25, verbose: true },
    );
    await assert.rejects(
      store.putDirectory([{ path: '../x', bytes: noise(1) }]),
      (error: RushesError) => error.exitCode === 2,
    );
    await assert.rejects(
      store.putDirectory([
        { path: 'x', bytes: noise(1) },
        { path: 'x', bytes: noise(1) },
      ]),
      (error: RushesError) => error.exitCode === 2,
    );
    await assert.rejects(
      store.getDirectoryFile(await store.putDirectory([{ path: 'x', bytes: noise(1) }]), 'y'),
      (error: RushesError) => error.code === 'not-retrievable',
    );
  });

  it('stops at a file that is larger than taken', async () => {
    await assert.rejects(
      store.getFile(bigCid, { maxBytes: 1_000_000 }),
      (error: RushesError) => error.code === 'file-too-large',
    );
  });

  it('detects every changed byte of a lying endpoint, in blocks, inner nodes and directories', async () => {
    for (const lieAt of [1, 2, 4]) {
      let asked = 0;
      const changeOne = (path: string, body: Buffer): Buffer => {
        if (!path.includes('/cat') || ++asked !== lieAt) return body;
        const changed = Buffer.from(body);
        changed[changed.length >> 1] = (changed[changed.length >> 1] as number) ^ 1;
        return changed;
      };
      await withLiar(endpoint.apiUrl, changeOne, async (url) => {
        await assert.rejects(
          createObjectStore({ apiUrl: url }).getFile(bigCid),
          (error: RushesError) => error.code === 'content-mismatch',
          `lie ${lieAt}`,
        );
      });
    }
    const directory = await store.putDirectory([{ path: 'a/b', bytes: noise(10) }]);
    const block = await store.putBlock(noise(10));
    await withLiar(
      endpoint.apiUrl,
      (path, body) => (path.includes('/cat') ? Buffer.from('something else') : body),
      async (url) => {
        const deceived = createObjectStore({ apiUrl: url });
        for (const read of [
          () => deceived.getDirectory(directory),
          () => deceived.getDirectoryFile(directory, 'a/b'),
          () => deceived.getBlock(block),
        ]) {
          await assert.rejects(read, (error: RushesError) => error.code === 'content-mismatch');
        }
      },
    );
  });

  it('detects an endpoint that stores something else than it was given', async () => {
    const other = await store.putBlock(noise(77));
    const swap = (path: string, body: Buffer): Buffer => {
      if (path.includes('block/put')) return Buffer.from(JSON.stringify({ Key: other, Size: 77 }));
      return path.includes('/add') ? Buffer.from(JSON.stringify({ Name: 'x', Hash: other, Size: '77' })) : body;
    };
    await withLiar(endpoint.apiUrl, swap, async (url) => {
      const deceived = createObjectStore({ apiUrl: url });
      for (const put of [
        () => deceived.putBlock(noise(78)),
        () => deceived.putFile(noise(79)),
        () => deceived.putDirectory([{ path: 'x', bytes: noise(80) }]),
      ]) {
        await assert.rejects(
          put,
          (error: RushesError) => error.code === 'broken-invariant' && error.message.includes(other),
        );
      }
    });
  });

  it('gives up at the deadline on an endpoint that hangs, and at once when the caller aborts', async () => {
    await withLiar(
      endpoint.apiUrl,
      () => 'hang',
      async (url) => {
        const waiting = createObjectStore({ apiUrl: url });
        await assert.rejects(
          waiting.getBlock(RAW_HELLO, { deadlineMs: 200 }),
          (error: RushesError) => error.code === 'deadline',
        );
        await assert.rejects(
          waiting.getFile(bigCid, { deadlineMs: 200 }),
          (error: RushesError) => error.code === 'deadline',
        );
        await assert.rejects(
          waiting.putBlock(noise(5), { deadlineMs: 200 }),
          (error: RushesError) => error.code === 'deadline',
        );
        const controller = new AbortController();
        setTimeout(() => controller.abort(new Error('enough')), 50);
        await assert.rejects(waiting.getBlock(RAW_HELLO, { signal: controller.signal }), /enough/);
      },
    );
  });

  it('tries again when connections break, and says so when nothing listens', async () => {
    let broken = 0;
    let dead = '';
    await withLiar(
      endpoint.apiUrl,
      (_path, body) => (broken++ < 2 ? 'break' : body),
      async (url) => {
        dead = url;
        assert.equal((await createObjectStore({ apiUrl: url }).getFile(bigCid)).length, big.length);
      },
    );
    await assert.rejects(
      createObjectStore({ apiUrl: dead }).getFile(bigCid, { deadlineMs: 5000 }),
      (error: RushesError) => error.code === 'ipfs-unreachable' && /ECONNREFUSED/.test(error.message),
    );
  });

  it('unpins twice without complaint and refuses to pin what is not there', async () => {
    const cid = await store.putFile(noise(123));
    await store.pin(cid);
    await store.unpin(cid);
    await store.unpin(cid);
    await assert.rejects(
      store.pin(parseCid('bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4')),
      (error: RushesError) => error.code === 'ipfs-refused',
    );
  });
});
