import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSceneFolder } from '../../artist/node/openSceneFolder.js';
import { readEnvironmentFile } from '../../artist/node/readEnvironmentFile.js';
import { openArtistScene } from '../../artist/openArtistScene.js';
import { BadInputError } from '../../protocol/errors.js';
import { SceneBudget } from '../../renderer/scene/SceneBudget.js';

/** Whatever stands where a scene, a buffer or an environment should be gets one sentence, and is never read. */
describe('files that are none', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-odd-'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await mkdir(join(folder, 'folder'));
    await symlink('/dev/zero', join(folder, 'zero'));
    await symlink('circle', join(folder, 'circle'));
    await writeFile(join(folder, 'sparse'), '');
    // Takes no room on the disk and would take all of the memory.
    await truncate(join(folder, 'sparse'), 1.9e9);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function says(run: Promise<unknown>, sentence: RegExp): Promise<void> {
    await assert.rejects(run, (error: unknown) => {
      assert.ok(error instanceof BadInputError, String(error));
      assert.match(error.message, sentence);
      assert.ok(error.message.length < 500);
      return true;
    });
  }
  const check = async (scene: string) =>
    openArtistScene({
      ...(await openSceneFolder(join(folder, scene))),
      sceneBytes: undefined,
      signal: new AbortController().signal,
    });
  async function checkBuffer(uri: string): Promise<unknown> {
    const document = { asset: { version: '2.0' }, scenes: [{}], buffers: [{ uri, byteLength: 4 }] };
    await writeFile(join(folder, 'a.gltf'), JSON.stringify(document));
    return check('a.gltf');
  }
  const environment = async (file: string) => readEnvironmentFile({ file, budget: new SceneBudget() });

  it('as the scene', async () => {
    await says(openSceneFolder(join(folder, 'pipe')), /pipe is no regular file/);
    await says(openSceneFolder('/dev/zero'), /\/dev\/zero is no regular file/);
    await says(openSceneFolder(folder), /is a folder/);
    await says(openSceneFolder('x'.repeat(100_000)), /there is no scene x+\.\.\./);
    await says(check('sparse'), /^sparse: 1900000000 bytes exceed the limit of 1073741824/);
  });

  it('as a buffer', async () => {
    await says(checkBuffer('pipe'), /pipe is a pipe, not a file/);
    await says(checkBuffer('folder'), /folder is a folder, not a file/);
    await says(checkBuffer('zero'), /zero leads out of the scene's folder/);
    await says(checkBuffer('circle'), /circle cannot be read: its links go round in a circle/);
    await says(checkBuffer('sparse'), /a\.gltf, sparse: 1900000000 bytes exceed/);
    await says(checkBuffer('b'.repeat(300)), /b+\.\.\. cannot be read: its name is longer than a file name may be/);
    await says(checkBuffer('AAAA'.repeat(25_000)), /is taken for a file name and has 100000 characters/);
  });

  it('as the environment', async () => {
    await says(environment(join(folder, 'pipe')), /pipe is a pipe/);
    await says(environment('/dev/zero'), /\/dev\/zero is a device/);
    await says(environment(folder), /is a folder/);
    await says(environment(join(folder, 'sparse')), /sparse: 1900000000 bytes exceed/);
    await says(environment(join(folder, 'nothing')), /nothing: there is no such file/);
  });

  it('but a link inside the folder to a file inside it is one', async () => {
    await writeFile(join(folder, 'real.bin'), new Uint8Array(4));
    await symlink('real.bin', join(folder, 'link.bin'));
    await checkBuffer('link.bin');
  });
});
