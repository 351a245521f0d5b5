import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { hashPreparation } from '../../renderer/hashPreparation.js';

// The kernel's hash said nothing about the code that prepares scenes. After a release that packs them differently, an
// honest worker of the old build would have been convicted by verifiers of the new one.

describe('the hash of the preparation', () => {
  let copy: string;
  before(async () => {
    copy = await mkdtemp(join(tmpdir(), 'rushes-preparation-'));
    const root = fileURLToPath(new URL('../../../', import.meta.url));
    for (const path of [
      'package.json',
      'dist/protocol',
      'dist/renderer/hashPreparation.js',
      'dist/renderer/kernels',
      'dist/renderer/scene',
      'node_modules/multiformats',
    ])
      await cp(join(root, path), join(copy, path), { recursive: true });
  });
  after(async () => {
    await rm(copy, { recursive: true, force: true });
  });

  let imports = 0;
  async function hashOfCopy(): Promise<string> {
    const module = (await import(
      `${pathToFileURL(join(copy, 'dist/renderer/hashPreparation.js')).href}?${imports++}`
    )) as { hashPreparation: typeof hashPreparation };
    return module.hashPreparation();
  }

  it('is the same wherever the same build lies', async () => {
    assert.equal(await hashOfCopy(), hashPreparation());
  });

  it('changes with the code and with the versions of what decodes', async () => {
    const before = await hashOfCopy();
    await writeFile(join(copy, 'dist/renderer/scene/prepare/packAnew.js'), 'export {};\n');
    const withCode = await hashOfCopy();
    await writeFile(join(copy, 'dist/renderer/kernels/generated/layout.js'), 'export const FRAME_WORDS = 41;\n');
    const withLayout = await hashOfCopy();
    await writeFile(
      join(copy, 'package.json'),
      JSON.stringify({ dependencies: { three: '0.188.0', fastify: '1.0.0' } }),
    );
    const withVersion = await hashOfCopy();
    await writeFile(
      join(copy, 'package.json'),
      JSON.stringify({ dependencies: { three: '0.188.0', fastify: '2.0.0' } }),
    );
    assert.equal(new Set([before, withCode, withLayout, withVersion]).size, 4);
    assert.equal(await hashOfCopy(), withVersion);
  });
});
