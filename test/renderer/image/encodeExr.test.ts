import assert from 'node:assert/strict';
import { FloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import { encodeExr } from '../../../renderer/image/encodeExr.js';
import { floatOfHalf, halfOfFloat } from '../../../renderer/image/halfFloat.js';

const [width, height] = [37, 35];
const beauty = Float32Array.from({ length: width * height * 4 }, (_, i) => Math.fround(i * 0.37 - 100));

/** Rows top-down, as somebody else's reader has them. */
function read(bytes: Uint8Array): Float32Array {
  const { data } = new EXRLoader().setDataType(FloatType).parse(bytes.slice().buffer) as unknown as {
    data: Float32Array;
  };
  const rows = Array.from({ length: height }, (_, row) =>
    data.subarray((height - 1 - row) * width * 4, (height - row) * width * 4),
  );
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

describe('encodeExr', () => {
  it("keeps floats to the bit, by three's EXRLoader", async () => {
    const layers = [{ name: null, channels: ['R', 'G', 'B', 'A'], values: beauty }];
    assert.deepEqual(read(await encodeExr({ width, height, layers })), beauty);
  });

  it('keeps the picture that is shown beside named layers, whose channels follow in the order of their names', async () => {
    const halfs = Uint16Array.from(beauty, halfOfFloat);
    const depth = Float32Array.from({ length: width * height }, (_, i) => i / 7);
    const bytes = await encodeExr({
      width,
      height,
      layers: [
        { name: 'depth', channels: ['Z'], values: depth },
        { name: null, channels: ['R', 'G', 'B', 'A'], values: halfs },
        { name: 'albedo', channels: ['R', 'G', 'B'], values: new Uint16Array(width * height * 3) },
      ],
    });
    const header = Buffer.from(bytes).toString('latin1', 0, 600);
    const names = ['A\0', 'B\0', 'G\0', 'R\0', 'albedo.B\0', 'albedo.G\0', 'albedo.R\0', 'depth.Z\0'];
    let at = header.indexOf('chlist\0') + 11;
    for (const name of names) {
      assert.equal(header.slice(at, at + name.length), name);
      at += name.length;
      assert.equal(header.charCodeAt(at), name.startsWith('depth') ? 2 : 1);
      at += 16;
    }
    assert.deepEqual(read(bytes), Float32Array.from(halfs, floatOfHalf));
  });

  it('refuses layers of another size, two of one name, and numbers that are not finite', async () => {
    const layer = { name: null, channels: ['R'], values: new Float32Array(4) };
    const encode = (...layers: Parameters<typeof encodeExr>[0]['layers']): Promise<Uint8Array> =>
      encodeExr({ width: 2, height: 2, layers });
    await assert.rejects(encode({ ...layer, values: new Float32Array(3) }), /expected 4, found 3/);
    await assert.rejects(encode(layer, layer), /channels of an EXR called R/);
    await assert.rejects(encode({ ...layer, values: Float32Array.of(0, 0, Infinity, 0) }), /finite/);
    await assert.rejects(encode({ ...layer, name: 'depth', values: Float32Array.of(0, 0, 0, NaN) }), /layer depth/);
  });
});
