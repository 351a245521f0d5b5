import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { bundleForPage, REPOSITORY } from '../support/artistBundle.js';

/** Names that Node has and browsers do not, and what stands for them where one is used without being declared. */
const NODE_GLOBALS = ['Buffer', 'process', 'setImmediate', 'clearImmediate', 'global', 'require', '__dirname'];
const MARK = 'NODE_GLOBAL_';

/** Which of Node's globals a module uses. */
async function nodeGlobalsIn(code: string): Promise<string[]> {
  const define = Object.fromEntries(NODE_GLOBALS.map((name) => [name, `${MARK}${name}`]));
  const marked = await transform(code, { define, format: 'esm' });
  return NODE_GLOBALS.filter((name) => new RegExp(`\\b${MARK}${name}\\b`).test(marked.code));
}

describe("the artist's library", function () {
  this.timeout(60_000);

  it('is bundled for a page without anything of Node', async () => {
    const { metafile } = await bundleForPage("export * from 'rushes';");
    const own = Object.keys(metafile.inputs).filter((path) => path.startsWith('dist/'));
    for (const needed of ['dist/artist/orderJob.js', 'dist/adapters/chain/followEvents.js', 'dist/adapters/retry.js'])
      assert.ok(own.includes(needed), `${needed} is not among the ${own.length} modules reached`);
    const used = await Promise.all(
      own.map(async (path) => [path, await nodeGlobalsIn(await readFile(join(REPOSITORY, path), 'utf8'))] as const),
    );
    assert.deepEqual(
      used.filter(([, names]) => names.length > 0),
      [],
    );
  });

  it('would not be with a module of Node in it, nor pass with one of its globals', async () => {
    await assert.rejects(bundleForPage("export * from 'rushes'; import 'node:zlib';"), /Could not resolve "node:zlib"/);
    assert.deepEqual(await nodeGlobalsIn('export const a = Buffer.alloc(1); typeof process;'), ['Buffer', 'process']);
    assert.deepEqual(await nodeGlobalsIn('const Buffer = 1; export const a = { process: Buffer };'), []);
  });
});
