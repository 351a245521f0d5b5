import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCAL_POLICY } from '../../adapters/chain/localPolicy.js';
import { chooseEnvironment } from '../../artist/chooseEnvironment.js';
import { findJob } from '../../artist/findJob.js';
import { openArtistScene } from '../../artist/openArtistScene.js';
import { planTerms } from '../../artist/planTerms.js';
import { resolveView, type ViewRequest } from '../../artist/resolveView.js';
import { buildProgram } from '../../cli/buildProgram.js';
import { explainError } from '../../cli/errors/explainError.js';
import type { CommandContext } from '../../cli/options/CommandContext.js';
import { createLedgerLog } from '../../protocol/ledgerLog.js';
import { SceneBudget } from '../../renderer/scene/SceneBudget.js';
import { GltfBuilder } from '../renderer/scene/GltfBuilder.js';
import { REPOSITORY } from '../support/artistBundle.js';
import { address, bytes32 } from '../support/leaseFixtures.js';
import { createMemoryStore } from '../support/memoryStore.js';
import { smallManifest } from '../support/smallJob.js';

const REQUEST: ViewRequest = {
  camera: undefined,
  orbit: undefined,
  target: undefined,
  fov: undefined,
  background: undefined,
  clip: undefined,
  frames: undefined,
  fps: undefined,
  size: { width: 32, height: 32 },
  samples: 4,
  batches: undefined,
  bounces: 2,
  seed: 1,
  tile: undefined,
};

/** What the command says about what the library throws, and what the library itself advises. */
async function said(run: () => unknown): Promise<{ code: string; advice: string; own: string }> {
  try {
    await run();
  } catch (error) {
    const { code, advice } = explainError(error);
    return { code, advice: advice ?? '', own: String((error as { advice?: string }).advice) };
  }
  throw new Error('nothing was thrown');
}

/** A scene that names an environment and holds nothing but a triangle. */
async function triangleScene(more: Record<string, unknown> = {}) {
  const builder = new GltfBuilder();
  builder.node({ mesh: builder.triangle() });
  const bytes = Object.assign(builder, { json: { ...builder.json, ...more } }).glb();
  const read = async (path: string): Promise<Uint8Array | undefined> => (path === 'a.glb' ? bytes : undefined);
  return openArtistScene({ entry: 'a.glb', read, signal: new AbortController().signal });
}

describe('what the command advises about errors of the library', () => {
  const view = async (more: Partial<ViewRequest>) =>
    resolveView({ scene: await triangleScene(), environment: null, options: { ...REQUEST, ...more } });
  const terms = async (given: { budgetWei?: bigint; deadlineMinutes?: number }) =>
    planTerms({
      manifest: await smallManifest({ store: createMemoryStore(), kernelHash: bytes32('00') }),
      policy: address('0a'),
      numbers: LOCAL_POLICY,
      nowSeconds: 1_000_000,
      budgetWei: given.budgetWei,
      deadlineMinutes: given.deadlineMinutes ?? 1000,
    });
  const cases: [code: string, run: () => unknown, advice: RegExp][] = [
    ['too-many-batches', () => view({ batches: 5 }), /^leave --batches out\.$/],
    ['no-clip', () => view({ clip: 'walk' }), /leave --clip out/],
    ['no-camera', () => view({ camera: 'hero' }), /leave --camera out to have it framed, or use --orbit/],
    ['no-environment', () => view({ background: 'environment' }), /^give one with --env, or another --background\.$/],
    [
      'no-environment',
      async () => {
        const { summary, read, budget } = await triangleScene();
        const settings = { ...summary.settings, environment: 'sky.hdr' };
        await chooseEnvironment({
          given: undefined,
          intensity: 1,
          summary: { ...summary, settings },
          read,
          budget,
        });
      },
      /^put it into the scene's folder, or give another with --env\.$/,
    ],
    ['budget', () => terms({ budgetWei: 1n }), /raise --budget/],
    ['deadline-too-near', () => terms({ deadlineMinutes: 1 }), /^give --deadline 27 or more/],
    ['bad-job', () => findJob(createLedgerLog().ledger, 'nonsense'), /`rushes status` lists them/],
    ['bad-job', () => findJob(createLedgerLog().ledger, '0xab'), /`rushes status` lists them/],
    [
      'scene-memory',
      () => new SceneBudget(2 ** 20).hold({ file: 'a.glb', what: 'a mesh', bytes: 3 * 2 ** 30 }),
      /allow more memory with --scene-memory [34]GiB\.$/,
    ],
  ];
  for (const [code, run, advice] of cases)
    it(`names an option or a command about ${code}, which the library does not: ${advice}`, async () => {
      const explained = await said(run);
      assert.equal(explained.code, code);
      assert.match(explained.advice, advice);
      assert.ok(explained.own.length > 10, explained.own);
      assert.doesNotMatch(explained.own, /--|rushes/);
    });

  it('leaves the own advice where a scene lists what it has', async () => {
    const named = await triangleScene({ cameras: [{ type: 'perspective', perspective: { yfov: 1, znear: 0.1 } }] });
    named.summary.cameras.push({ ...named.summary.cameras[0]!, name: 'front' });
    const run = () => resolveView({ scene: named, environment: null, options: { ...REQUEST, camera: 'hero' } });
    const { advice, own } = await said(run);
    assert.equal(advice, own);
    assert.match(advice, /"front"/);
  });

  it('names only what the command line has', async () => {
    const { commands } = buildProgram({} as CommandContext);
    const options = new Set(commands.flatMap((command) => command.options.map(({ long }) => long)));
    const names = new Set(commands.map((command) => command.name()));
    const table = await readFile(join(REPOSITORY, 'cli', 'errors', 'commandAdvice.ts'), 'utf8');
    const named = [...table.matchAll(/--[a-z]+(?:-[a-z]+)*/g)].map(([option]) => option);
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter((option) => !options.has(option)),
      [],
    );
    for (const [, name] of table.matchAll(/`rushes ([a-z]+)`/g)) assert.ok(names.has(name!), name);
  });
});
