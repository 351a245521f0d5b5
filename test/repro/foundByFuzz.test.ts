import assert from 'node:assert/strict';
import { BadSceneError } from '../../renderer/scene/BadSceneError.js';
import { checkScene } from '../../renderer/scene/checkScene.js';
import { loadScene } from '../../renderer/scene/loadScene.js';
import { encode, folderOf, GltfBuilder } from '../renderer/scene/GltfBuilder.js';

// What `npm run fuzz:scenes` found, each as the smallest scene that showed it.

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Tests write broken documents on purpose.
async function refusal(change: (json: any) => void): Promise<string> {
  const builder = new GltfBuilder();
  builder.push('materials', {});
  builder.node({ mesh: builder.triangle({ material: 0 }) });
  const files = builder.files();
  const json = JSON.parse(new TextDecoder().decode(files['scene.gltf']));
  change(json);
  const { read } = folderOf({ ...files, 'scene.gltf': encode(json) });
  const error: unknown = await loadScene({ entry: 'scene.gltf', read }).then(
    () => undefined,
    (refused: unknown) => refused,
  );
  assert.ok(error instanceof BadSceneError, String(error instanceof Error ? error.stack : error));
  return error.message;
}

describe('scenes that the fuzz found', () => {
  it('missing values are called nothing, not by what JavaScript calls them', async () => {
    for (const [change, message] of [
      [(json) => delete json.accessors[0].componentType, 'accessors[0].componentType: nothing is no component type'],
      [(json) => delete json.accessors[0].type, 'accessors[0].type: nothing is no accessor type'],
      [(json) => delete json.accessors[0].count, 'accessors[0].count: nothing is no whole number'],
      [(json) => delete json.bufferViews[0].buffer, 'bufferViews[0].buffer: nothing is no whole number'],
      [(json) => delete json.buffers[0].byteLength, 'buffers[0].byteLength: nothing is no whole number'],
      [(json) => (json.scene = null), 'document.scene: null is no whole number'],
      [(json) => delete json.asset.version, 'asset.version: glTF nothing instead of 2.x'],
      // eslint-disable-next-line @typescript-eslint/no-explicit-any -- As above.
    ] as [(json: any) => void, string][]) {
      const said = await refusal(change);
      assert.ok(said.startsWith(`scene.gltf, ${message}`), said);
    }
  });

  it('a list of one word is not the word', async () => {
    assert.match(await refusal((json) => (json.accessors[0].componentType = [5126])), /\[5126\] is no component type/);
    assert.match(await refusal((json) => (json.accessors[0].type = ['VEC3'])), /\["VEC3"\] is no accessor type/);
  });

  it('names that every object has are not in our tables', async () => {
    assert.match(
      await refusal((json) => (json.accessors[0].componentType = 'constructor')),
      /"constructor" is no component type/,
    );
    const builder = new GltfBuilder();
    builder.push('materials', { alphaMode: 'constructor', extensions: { toString: {} } });
    builder.node({ mesh: builder.triangle({ material: 0 }), extensions: { constructor: {} } });
    const { read } = folderOf({ 'a.glb': builder.glb() });
    const loaded = await loadScene({ entry: 'a.glb', read });
    assert.equal(loaded.content.materials[0]?.alphaMode, 'opaque');
    for (const { consequence } of checkScene(loaded).unsupported) assert.equal(consequence, 'its effect is left out');
  });

  it('names and addresses are text', async () => {
    assert.match(await refusal((json) => (json.buffers[0].uri = [{}])), /buffers\[0\]\.uri: \[\{\}\] is not a string/);
    assert.match(await refusal((json) => (json.nodes[0].name = {})), /nodes\[0\]\.name: \{\} is not a string/);
  });

  it('a long value is cut in the sentence about it', async () => {
    const said = await refusal((json) => (json.accessors[0].type = 'y'.repeat(5000)));
    assert.ok(said.length < 200, said);
  });
});
