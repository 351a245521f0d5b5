import { parseCid } from '../../../protocol/ids.js';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createObjectStore } from '../../../adapters/ipfs/createObjectStore.js';
import { startIpfsEndpoint, type IpfsEndpoint } from '../../../adapters/ipfs/startIpfsEndpoint.js';
import type { RushesError } from '../../../protocol/errors.js';
import { mountSmallDisk } from '../../support/mountSmallDisk.js';
import { skip } from '../../support/skip.js';

/** One bare request to an endpoint, so that headers are exactly those given. */
async function bare(
  endpoint: IpfsEndpoint,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; text: string }> {
  const url = new URL(path, endpoint.apiUrl);
  return await new Promise((resolve, reject) => {
    const call = request(url, { method: options.method ?? 'POST', headers: options.headers ?? {} }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => {
        text += piece.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on('error', reject);
    call.end(options.body);
  });
}

/** Adds one file by hand-written multipart with the given query, as `ipfs add` would, and returns its CID. */
async function add(endpoint: IpfsEndpoint, query: string, content: string): Promise<string> {
  const body = `--edge\r\nContent-Disposition: form-data; name="file"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n${content}\r\n--edge--\r\n`;
  const { status, text } = await bare(endpoint, `/api/v0/add?${query}`, {
    headers: { 'content-type': 'multipart/form-data; boundary=edge' },
    body,
  });
  assert.equal(status, 200, text);
  return (JSON.parse(text) as { Hash: string }).Hash;
}

describe('IPFS endpoint', () => {
  let folder: string;
  let endpoint: IpfsEndpoint;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-ipfs-'));
    endpoint = await startIpfsEndpoint({ folder });
  });
  after(async () => {
    await endpoint.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('finds nothing below a file, as Kubo does, however the file is stored', async () => {
    for (const [query, content] of [
      ['', 'small, in a node of its own'],
      ['raw-leaves=true&cid-version=1', 'small, as it is'],
      ['chunker=size-1024', 'in many blocks '.repeat(200)],
    ] as const) {
      const file = await add(endpoint, query, content);
      assert.equal((await bare(endpoint, `/api/v0/cat?arg=${file}/`)).text, content);
      for (const call of [`cat?arg=${file}/none`, `cat?arg=/ipfs/${file}/none/deeper`, `ls?arg=${file}/none`]) {
        const { status, text } = await bare(endpoint, `/api/v0/${call}`);
        assert.equal(status, 500, call);
        assert.match(
          (JSON.parse(text) as { Message: string }).Message,
          new RegExp(`no link named "none" under ${file}`),
        );
      }
    }
  });

  it("gives the CIDs that Kubo gives, for Kubo's defaults and for stated settings", async () => {
    assert.equal(await add(endpoint, '', 'hello world'), 'Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD');
    assert.equal(await add(endpoint, '', 'hello world\n'), 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o');
    assert.equal(
      await add(endpoint, 'cid-version=1', 'hello world'),
      'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
    );
    assert.equal(await add(endpoint, '', ''), 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH');
    assert.equal(
      await add(endpoint, 'cid-version=1', ''),
      'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
    );
  });

  it('refuses by name what would change a CID and is not built', async () => {
    for (const query of [
      'trickle=true',
      'hash=blake3',
      'chunker=rabin',
      'inline=true',
      'nocopy=true',
      'cid-version=2',
      'chunker=size-9999999',
    ]) {
      const { status, text } = await bare(endpoint, `/api/v0/add?${query}`, {
        headers: { 'content-type': 'multipart/form-data; boundary=edge' },
        body: '--edge--\r\n',
      });
      assert.equal(status, 500, query);
      assert.match(text, new RegExp((query.split('=')[0] as string).replace('cid-version', 'cid-version')), text);
    }
  });

  it('keeps web pages out: Origin, Referer, browsers, foreign hosts, GET', async () => {
    const path = '/api/v0/version';
    assert.equal((await bare(endpoint, path)).status, 200);
    assert.equal((await bare(endpoint, path, { headers: { origin: 'http://evil.example' } })).status, 403);
    assert.equal((await bare(endpoint, path, { headers: { referer: 'http://evil.example/page' } })).status, 403);
    assert.equal((await bare(endpoint, path, { headers: { 'user-agent': 'Mozilla/5.0' } })).status, 403);
    assert.equal((await bare(endpoint, path, { headers: { host: 'rebound.example:5001' } })).status, 403);
    assert.equal((await bare(endpoint, path, { method: 'GET' })).status, 405);
    for (const route of ['shutdown', 'toString', '__proto__'])
      assert.equal((await bare(endpoint, `/api/v0/${route}`)).status, 404, route);
  });

  it('answers bad requests with a sentence and goes on', async () => {
    for (const [path, expected] of [
      ['/api/v0/block/get?arg=nonsense', /not a CID/],
      ['/api/v0/block/get', /required/],
      ['/api/v0/block/get?arg=bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4', /not found/],
      ['/api/v0/add', /multipart/],
      ['/api/v0/block/put?mhtype=md5', /multipart|mhtype/],
      ['/api/v0/pin/rm?arg=bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4', /not pinned/],
      ['/api/v0/pin/add?arg=bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4', /not found/],
    ] as const) {
      const { status, text } = await bare(endpoint, path);
      assert.equal(status, 500, path);
      assert.match((JSON.parse(text) as { Message: string }).Message, expected, path);
    }
    const climbing =
      '--edge\r\nContent-Disposition: form-data; name="file"; filename="..%2F..%2Fetc"\r\nContent-Type: application/octet-stream\r\n\r\nx\r\n--edge--\r\n';
    const { text } = await bare(endpoint, '/api/v0/add', {
      headers: { 'content-type': 'multipart/form-data; boundary=edge' },
      body: climbing,
    });
    assert.match(text, /cannot be used as a path/);
    assert.equal((await bare(endpoint, '/api/v0/version')).status, 200);
  });

  it('refuses a second process on the same folder, and a port in use', async () => {
    await assert.rejects(
      startIpfsEndpoint({ folder }),
      (error: RushesError) => error.code === 'folder-in-use' && error.message.includes(String(endpoint.pid)),
    );
    const elsewhere = await mkdtemp(join(tmpdir(), 'rushes-ipfs-'));
    await assert.rejects(
      startIpfsEndpoint({ folder: elsewhere, port: Number(new URL(endpoint.apiUrl).port) }),
      (error: RushesError) => error.code === 'port-in-use',
    );
    await rm(elsewhere, { recursive: true, force: true });
  });

  it('stores the same block from many requests at once, and no half of it', async () => {
    const stores = Array.from({ length: 4 }, () => createObjectStore({ apiUrl: endpoint.apiUrl }));
    const blocks = Array.from({ length: 5 }, () => randomBytes(900_000));
    const cids = await Promise.all(stores.flatMap((store) => blocks.map((block) => store.putBlock(block))));
    assert.equal(new Set(cids).size, blocks.length);
    for (const [index, block] of blocks.entries())
      assert.deepEqual(Buffer.from(await (stores[0] as (typeof stores)[0]).getBlock(parseCid(cids[index]))), block);
    assert.deepEqual(await readdir(join(folder, 'incoming')), []);
  });

  it('keeps blocks and pins through kill -9, also with a torn last line', async () => {
    const own = await mkdtemp(join(tmpdir(), 'rushes-ipfs-'));
    try {
      let child = await startIpfsEndpoint({ folder: own });
      let store = createObjectStore({ apiUrl: child.apiUrl });
      const bytes = randomBytes(3_000_000);
      const [file, block, gone] = await Promise.all([
        store.putFile(bytes),
        store.putBlock(bytes.subarray(0, 1000)),
        store.putBlock(bytes.subarray(0, 999)),
      ]);
      await store.unpin(gone);
      process.kill(child.pid, 'SIGKILL');
      await child.closed;
      await appendFile(join(own, 'pins.journal'), '+bafkreifzjut3te2nhyekkl');
      child = await startIpfsEndpoint({ folder: own });
      store = createObjectStore({ apiUrl: child.apiUrl });
      const { text } = await bare(child, '/api/v0/pin/ls');
      assert.deepEqual(Object.keys((JSON.parse(text) as { Keys: object }).Keys).sort(), [file, block].sort());
      assert.deepEqual(Buffer.from(await store.getFile(file)), bytes);
      await child.close();
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  });

  it('says plainly that the disk is full, and works again when there is space', async function () {
    const disk = await mountSmallDisk(4);
    if (disk === undefined) skip(this, 'a full disk needs root and the right to mount a tmpfs');
    const child = await startIpfsEndpoint({ folder: disk.folder });
    try {
      const store = createObjectStore({ apiUrl: child.apiUrl });
      const small = await store.putFile(randomBytes(500_000));
      for (const put of [
        () => store.putFile(randomBytes(20_000_000)),
        async () => {
          for (let i = 0; i < 8; i++) await store.putBlock(randomBytes(1 << 20));
        },
      ]) {
        await assert.rejects(
          put,
          (error: RushesError) =>
            error.code === 'disk-full' &&
            /no space left/.test(error.message) &&
            /Free some space/.test(error.advice ?? ''),
        );
      }
      assert.equal((await store.getFile(small)).length, 500_000);
      assert.deepEqual(await readdir(join(disk.folder, 'incoming')), []);
      for (const shard of await readdir(join(disk.folder, 'blocks')))
        await rm(join(disk.folder, 'blocks', shard), { recursive: true });
      await store.putFile(randomBytes(1_000_000));
    } finally {
      await child.close();
      await disk.close();
    }
  });

  it('ends when its parent is gone', async () => {
    const own = await mkdtemp(join(tmpdir(), 'rushes-ipfs-'));
    const parent = `import { startIpfsEndpoint } from ${JSON.stringify(new URL('../../../adapters/ipfs/startIpfsEndpoint.js', import.meta.url).href)};
      const e = await startIpfsEndpoint({ folder: ${JSON.stringify(own)} }); console.log(e.pid); process.kill(process.pid, 'SIGKILL');`;
    let output = '';
    try {
      output = execFileSync(process.execPath, ['--input-type=module', '-e', parent], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch (error) {
      output = (error as { stdout: string }).stdout;
    }
    const pid = Number(output.trim());
    assert.ok(pid > 0, output);
    for (let i = 0; i < 100; i++) {
      try {
        process.kill(pid, 0);
      } catch {
        await rm(own, { recursive: true, force: true });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    process.kill(pid, 'SIGKILL');
    assert.fail('the endpoint outlived its parent by five seconds');
  });
});
