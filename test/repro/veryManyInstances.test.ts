import assert from 'node:assert/strict';
import { GltfBuilder } from '../renderer/scene/GltfBuilder.js';
import { poseBuilt } from '../renderer/scene/viewOf.js';

describe('a scene of very many instances', function () {
  this.timeout(120_000);
  // Each placement was an argument of one call, and a call has room for some hundred thousand.
  it('is posed: 200,000 triangles in 200,000 places', async () => {
    const count = 200_000;
    const builder = new GltfBuilder();
    const places = Float32Array.from({ length: 3 * count }, (_, i) => (i % 3 === 0 ? i / 3 : 0));
    builder.node({
      mesh: builder.triangle(),
      extensions: { EXT_mesh_gpu_instancing: { attributes: { TRANSLATION: builder.accessor('VEC3', places) } } },
    });
    const posed = await poseBuilt(builder);
    assert.equal(posed.triangleCount, count);
    assert.deepEqual([...posed.positions.subarray(-9)], [count - 1, 0, 0, count, 0, 0, count - 1, 1, 0]);
  });
});
