import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSceneInput } from '../../artist/node/openSceneInput.js';
import { openArtistScene } from '../../artist/openArtistScene.js';
import { BadInputError } from '../../protocol/errors.js';
import { makeZip, type ZipFile } from '../support/makeZip.js';
import { smallSceneGltf } from '../support/smallScene.js';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe('the forms in which a scene is handed in', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-input-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function openZip(files: readonly ZipFile[] | Uint8Array): ReturnType<typeof openSceneInput> {
    const path = join(folder, 'scene.zip');
    await writeFile(path, files instanceof Uint8Array ? files : makeZip(files));
    return openSceneInput(path);
  }
  async function refuses(run: Promise<unknown>, sentence: RegExp, code = 'bad-archive'): Promise<void> {
    await assert.rejects(run, (error: unknown) => {
      assert.ok(error instanceof BadInputError, String(error));
      assert.match(error.message, sentence);
      assert.equal(error.code, code);
      assert.ok(!error.message.includes('\n') && error.message.length < 600, error.message);
      return true;
    });
  }

  it('are a file, a folder and a zip, and each is the same scene', async () => {
    await mkdir(join(folder, 'lamp'));
    await writeFile(join(folder, 'lamp', 'lamp.gltf'), smallSceneGltf());
    await writeFile(join(folder, 'lamp', 'notes.txt'), 'mine');
    const zip = join(folder, 'lamp.ZIP');
    const files = ['lamp/notes.txt', '__MACOSX/lamp/._lamp.gltf', 'lamp/lamp.gltf'];
    const top: ZipFile = { name: 'lamp/', bytes: text(''), mode: 0o40755, method: 0 };
    await writeFile(zip, makeZip([top, ...files.map((name) => ({ name, bytes: smallSceneGltf() }))]));
    for (const input of [join(folder, 'lamp', 'lamp.gltf'), join(folder, 'lamp'), zip]) {
      const opened = await openSceneInput(input);
      assert.equal(opened.entry, 'lamp.gltf', input);
      const scene = await openArtistScene({ ...opened, signal: new AbortController().signal });
      assert.deepEqual([...scene.files[0]!.bytes], [...smallSceneGltf()]);
      assert.deepEqual(
        scene.summary.clips.map(({ name }) => name),
        ['spin'],
      );
      scene.close();
    }
  });

  it('read other files below the scene, stored or deflated, and none beside its folder', async () => {
    const { read } = await openZip([
      { name: 'a/b/scene.glb', bytes: text('glTF') },
      { name: 'a/b/textures/wood.png', bytes: text('wood'), method: 0 },
      { name: 'a/secret.txt', bytes: text('secret') },
    ]);
    assert.deepEqual(await read('textures/wood.png', 100), text('wood'));
    assert.equal(await read('secret.txt', 100), undefined);
    assert.equal(await read('../secret.txt', 100), undefined);
  });

  it('hold one scene: none and several are refused, by name', async () => {
    await refuses(openSceneInput(folder), /holds no \.gltf or \.glb file$/, 'no-scene');
    await writeFile(join(folder, 'a.glb'), '');
    await writeFile(join(folder, 'b.gltf'), '');
    await refuses(openSceneInput(folder), /holds 2 scenes: a\.glb, b\.gltf$/, 'no-scene');
    await refuses(openZip([{ name: 'x.txt', bytes: text('x') }]), /holds no \.gltf/, 'no-scene');
    // One that lies deeper is a part of the other.
    const opened = await openZip(['deep/er/part.glb', 'top.gltf'].map((name) => ({ name, bytes: text('') })));
    assert.equal(opened.entry, 'top.gltf');
  });

  it('refuse names that lead out of an archive, links, devices and two files of one name', async () => {
    const scene = { name: 'scene.glb', bytes: text('glTF') };
    for (const name of ['../evil.png', 'a/../../evil.png', '/etc/evil', 'C:/evil'])
      await refuses(openZip([scene, { name, bytes: text('x') }]), /relative path|absolute path/);
    await refuses(openZip([scene, { name: 'link', bytes: text('/etc/passwd'), mode: 0o120777 }]), /a link or a device/);
    await refuses(openZip([scene, { name: 'zero', bytes: text(''), mode: 0o20666 }]), /a link or a device/);
    await refuses(openZip([scene, scene]), /holds scene\.glb twice/);
    await symlink('/etc/hostname', join(folder, 'hostname.zip'));
    await refuses(openSceneInput(join(folder, 'hostname.zip')), /cannot be used as a scene/);
  });

  it('refuse what is encrypted, of another method, cut short or no archive at all', async () => {
    const scene = { name: 'scene.glb', bytes: text('glTF') };
    await refuses(openZip([{ ...scene, encrypted: true }]), /encrypted/);
    await refuses(openZip([{ ...scene, method: 14 }]), /packed by method 14/);
    await refuses(openZip(makeZip([scene]).subarray(0, 40)), /cannot be used as a scene/);
    await refuses(openZip(text('not a zip')), /cannot be used as a scene/);
    await refuses(
      openZip(Array.from({ length: 20_001 }, (_, i) => ({ name: `${i}`, bytes: text('') }))),
      /20001 files/,
    );
  });

  it('read no bomb: what announces itself is refused by its size, what lies is given up at the size it announced', async () => {
    const bomb = new Uint8Array(64 << 20);
    const before = process.memoryUsage().arrayBuffers;
    const honest = await openZip([{ name: 'scene.glb', bytes: bomb }]);
    assert.deepEqual(await honest.read('scene.glb', 1 << 20), { tooLarge: true, byteLength: bomb.length });
    const liar = await openZip([{ name: 'scene.glb', bytes: bomb, announcedBytes: 1000 }]);
    await refuses(liar.read('scene.glb', 1 << 20), /too many bytes|larger than announced/);
    const boaster = await openZip([{ name: 'scene.glb', bytes: text('glTF'), announcedBytes: 5000 }]);
    await refuses(boaster.read('scene.glb', 1 << 20), /not enough bytes|smaller than announced/);
    assert.ok(process.memoryUsage().arrayBuffers - before < 16 << 20);
  });

  it('notice a byte that changed on the way', async () => {
    const bytes = makeZip([{ name: 'scene.glb', bytes: text('glTF'), method: 0 }]);
    bytes[30 + 'scene.glb'.length] = 'G'.charCodeAt(0);
    await refuses((await openZip(bytes)).read('scene.glb', 100), /scene\.glb in it is damaged/);
  });
});
