// Random adds, pins, unpins, collections and kills against a model of what was acknowledged. Whatever a pin reaches is
// there, always; and once nothing is written any more, one collection leaves nothing else.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'ipfs-http-client';
import { importer, type WritableStorage } from 'ipfs-unixfs-importer';
import type { CID } from 'multiformats/cid';
import fc from 'fast-check';
import type { IpfsClient } from '../../../adapters/ipfs/EndpointAccess.js';
import { importerOptions, RUSHES_IMPORT } from '../../../adapters/ipfs/importSettings.js';
import { type IpfsEndpoint, startIpfsEndpoint } from '../../../adapters/ipfs/startIpfsEndpoint.js';
import { propertyParameters } from '../../support/propertySeed.js';

/** Small leaves and few different contents: many files share blocks, and inner nodes. */
const CHUNK_BYTES = 256;
const CONTENTS = 8;
const ADD = { cidVersion: 1, rawLeaves: true, chunker: `size-${CHUNK_BYTES}`, hashAlg: 'sha2-256' } as const;

type Step =
  | { kind: 'add'; content: number; pin: boolean }
  | { kind: 'addFolder'; contents: number[] }
  | { kind: 'pin' | 'unpin'; content: number }
  | { kind: 'collect' }
  | { kind: 'kill' };

/** What a content is stored as: its root and the names of its blocks. */
interface Stored {
  cid: string;
  blocks: Set<string>;
}

/** Contents of 1 to 8 leaves out of five, so that the leaves of one are found in others. */
function bytesOf(content: number): Uint8Array {
  const leaves = Array.from({ length: content + 1 }, (_, leaf) => Buffer.alloc(CHUNK_BYTES, (leaf * content) % 5));
  return Buffer.concat([...leaves, Buffer.from(content % 2 === 0 ? '' : 'tail')]);
}

async function storedAs(files: { path: string; content: Uint8Array }[], wrap: boolean): Promise<Stored> {
  const blocks = new Set<string>();
  const recorder = {
    put: async (cid: CID) => {
      blocks.add(Buffer.from(cid.multihash.bytes).toString('hex'));
      return cid;
    },
  };
  const settings = { ...RUSHES_IMPORT, chunkBytes: CHUNK_BYTES, wrapWithDirectory: wrap };
  let cid = '';
  const source = wrap ? files : files.map(({ content }) => ({ content }));
  for await (const entry of importer(source, recorder as unknown as WritableStorage, importerOptions(settings)))
    cid = entry.cid.toString();
  return { cid, blocks };
}

const fileOf = (content: number): Promise<Stored> => storedAs([{ path: '', content: bytesOf(content) }], false);
const namedFiles = (contents: number[]): { path: string; content: Uint8Array }[] =>
  [...new Set(contents)].sort().map((content) => ({ path: `${content}.bin`, content: bytesOf(content) }));

/** An endpoint that is killed and started again on its folder, and what it acknowledged. */
class Model {
  readonly pinned = new Map<string, Stored>();
  /** Was asked for when the endpoint was killed: done or not. */
  readonly doubtful = new Map<string, Stored>();
  endpoint!: IpfsEndpoint;
  client!: IpfsClient;

  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async start(): Promise<void> {
    this.endpoint = await startIpfsEndpoint({ folder: this.folder, keptUnpinnedMs: 0 });
    this.client = create({ url: this.endpoint.apiUrl }) as unknown as IpfsClient;
  }

  async kill(): Promise<void> {
    process.kill(this.endpoint.pid, 'SIGKILL');
    await this.endpoint.closed;
    await this.start();
    for (const [cid, stored] of this.doubtful) {
      if (await this.isPinned(cid)) this.pinned.set(cid, stored);
      else this.pinned.delete(cid);
    }
    this.doubtful.clear();
  }

  async post(path: string): Promise<{ ok: boolean; text: string }> {
    const answer = await fetch(`${this.endpoint.apiUrl}/api/v0/${path}`, { method: 'POST' });
    return { ok: answer.ok, text: await answer.text() };
  }

  async isPinned(cid: string): Promise<boolean> {
    return (await this.post(`pin/ls?arg=${cid}`)).ok;
  }

  /** A change of a pin: until it is acknowledged, nobody knows. */
  async change(stored: Stored, after: 'pinned' | 'gone', ask: () => Promise<boolean>): Promise<void> {
    this.doubtful.set(stored.cid, stored);
    if (!(await ask())) return;
    if (after === 'pinned') this.pinned.set(stored.cid, stored);
    else this.pinned.delete(stored.cid);
    this.doubtful.delete(stored.cid);
  }

  async run(step: Step): Promise<void> {
    const signal = AbortSignal.timeout(20_000);
    if (step.kind === 'collect') {
      await this.post('repo/gc');
    } else if (step.kind === 'add') {
      const { content, pin } = step;
      const stored = await fileOf(content);
      const add = async (): Promise<boolean> => {
        const { cid } = await this.client.add(bytesOf(content), { ...ADD, pin, signal });
        assert.equal(cid.toString(), stored.cid);
        return true;
      };
      await (pin ? this.change(stored, 'pinned', add) : add());
    } else if (step.kind === 'addFolder') {
      const files = namedFiles(step.contents);
      await this.change(await storedAs(files, true), 'pinned', async () => {
        const added = this.client.addAll(files, { ...ADD, pin: true, wrapWithDirectory: true, signal });
        for await (const { cid } of added) void cid;
        return true;
      });
    } else if (step.kind === 'pin' || step.kind === 'unpin') {
      const stored = await fileOf(step.content);
      const call = step.kind === 'pin' ? 'add' : 'rm';
      const { ok, text } = await this.post(`pin/${call}?arg=${stored.cid}`);
      // What is not there, or not pinned, changes nothing.
      if (!ok) assert.match(text, /was not found locally|not pinned/);
      else if (step.kind === 'pin') this.pinned.set(stored.cid, stored);
      else this.pinned.delete(stored.cid);
    }
  }

  /** Names of the blocks on the disk. */
  async blocks(): Promise<Set<string>> {
    const { base32upper } = await import('multiformats/bases/base32');
    const names = await readdir(join(this.folder, 'blocks'), { recursive: true });
    return new Set(
      names
        .filter((name) => name.endsWith('.data'))
        .map((name) => Buffer.from(base32upper.decode(name.slice(name.lastIndexOf('/') + 1, -5))).toString('hex')),
    );
  }

  async requirePinned(): Promise<void> {
    const there = await this.blocks();
    for (const [cid, { blocks }] of this.pinned) {
      assert.ok(await this.isPinned(cid), `${cid} was acknowledged as pinned`);
      for (const block of blocks) assert.ok(there.has(block), `block ${block} of the pinned ${cid} is gone`);
    }
  }
}

const content = fc.integer({ min: 0, max: CONTENTS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('add' as const), content, pin: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('addFolder' as const),
      contents: fc.array(content, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('pin' as const, 'unpin' as const), content }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('collect' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const) }) },
);
/** Steps that run at once: none of the changes of one round are of the same content. */
const round = fc.uniqueArray(step, {
  minLength: 1,
  maxLength: 7,
  selector: (one) => ('content' in one ? `${one.content}` : 'contents' in one ? 'folder' : one.kind),
});

describe('Garbage of the IPFS endpoint', () => {
  it('loses nothing that a pin reaches, and keeps nothing else, whatever runs at once and wherever it is killed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 8, maxLength: 14 }), async (rounds) => {
        const model = new Model(await mkdtemp(join(tmpdir(), 'rushes-garbage-')));
        await model.start();
        try {
          for (const steps of rounds) {
            const isKilled = steps.some(({ kind }) => kind === 'kill');
            const running = steps.map(async (one) => {
              await model.run(one).catch((error: unknown) => {
                if (!isKilled) throw error;
              });
            });
            if (isKilled) {
              // A pin or its end by name is in doubt as well.
              for (const one of steps)
                if (one.kind === 'pin' || one.kind === 'unpin') {
                  const stored = await fileOf(one.content);
                  model.doubtful.set(stored.cid, stored);
                }
              await model.kill();
            }
            await Promise.all(running);
            if (isKilled) await model.kill();
            await model.requirePinned();
          }
          const { ok, text } = await model.post('repo/gc');
          assert.ok(ok, text);
          await model.requirePinned();
          const reached = new Set([...model.pinned.values()].flatMap(({ blocks }) => [...blocks]));
          assert.deepEqual([...(await model.blocks())].sort(), [...reached].sort());
        } finally {
          await model.endpoint.close();
          await rm(model.folder, { recursive: true, force: true });
        }
      }),
      { ...propertyParameters(5), endOnFailure: true },
    );
  });

  it('keeps what was added without a pin for its hour, and again when it was added again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rushes-garbage-'));
    const endpoint = await startIpfsEndpoint({ folder });
    try {
      const client = create({ url: endpoint.apiUrl }) as unknown as IpfsClient;
      const { cid } = await client.add(bytesOf(3), { ...ADD, pin: false, signal: AbortSignal.timeout(20_000) });
      const gone = await fetch(`${endpoint.apiUrl}/api/v0/repo/gc`, { method: 'POST' });
      assert.deepEqual([gone.status, await gone.text()], [200, '']);
      const pinned = await fetch(`${endpoint.apiUrl}/api/v0/pin/add?arg=${cid.toString()}`, { method: 'POST' });
      assert.equal(pinned.status, 200);
    } finally {
      await endpoint.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('removes nothing where something below a pin is missing, and says what', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rushes-garbage-'));
    const endpoint = await startIpfsEndpoint({ folder, keptUnpinnedMs: 0 });
    try {
      const client = create({ url: endpoint.apiUrl }) as unknown as IpfsClient;
      const options = { ...ADD, signal: AbortSignal.timeout(20_000) };
      await client.add(bytesOf(2), { ...options, pin: false });
      const { cid } = await client.add(bytesOf(7), { ...options, pin: true });
      const before = (await readdir(join(folder, 'blocks'), { recursive: true })).length;
      const { CID } = await import('multiformats/cid');
      const { NextToLast } = await import('blockstore-fs/sharding');
      const { dir, file } = new NextToLast().encode(CID.parse(cid.toString()));
      await rm(join(folder, 'blocks', dir, file));
      const answer = await fetch(`${endpoint.apiUrl}/api/v0/repo/gc`, { method: 'POST' });
      assert.equal(answer.status, 500);
      assert.match(await answer.text(), new RegExp(`block ${cid.toString()} was not found locally`));
      assert.equal((await readdir(join(folder, 'blocks'), { recursive: true })).length, before - 1);
    } finally {
      await endpoint.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
