import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { watchProcesses } from '../../bench/watchProcesses.js';
import { encodeHdr } from '../../renderer/scene/encodeHdr.js';
import { GltfBuilder } from '../renderer/scene/GltfBuilder.js';
import { skip } from '../support/skip.js';
import { openWorkshop, type Workshop } from '../support/runRushes.js';

const MIB = 2 ** 20;

// The budget of a scene, 1 GiB above a run without it, for the command and the process that loads its scene together.

describe('a sky of 8192 x 4096 with 200,000 triangles', function () {
  this.timeout(300_000);
  let workshop: Workshop;
  before(async function () {
    const canRead = await readFile('/proc/self/smaps_rollup', 'utf8').then(
      (text) => /^Pss:/m.test(text),
      () => false,
    );
    if (!canRead) skip(this, 'this system does not say how much memory processes share');
    workshop = await openWorkshop();
    await writeFile(workshop.path('sky.hdr'), skyOf(8192, 4096));
    await writeFile(workshop.path('large.glb'), gridOf(316));
    await writeFile(workshop.path('small.glb'), gridOf(4));
  });
  after(() => workshop?.clear());

  /** The most that the command and its processes took at once, bytes. */
  async function peakOf(scene: string, flags: string[]): Promise<number> {
    const command = workshop.start([
      ...['render', workshop.path(scene), '--local', '--threads', '4', '--size', '32x32', '--samples', '2'],
      ...['--frames', '0', '--out', workshop.path('out'), ...flags],
    ]);
    const watch = watchProcesses({ rootPid: command.pid, intervalMs: 40 });
    const { exitCode, stderr } = await command.ended;
    const { peak } = await watch.stop();
    assert.equal(exitCode, 0, stderr);
    return peak.pssMiB * MIB;
  }

  it('is rendered on four threads within 1 GiB above a run without', async () => {
    const usual = await peakOf('small.glb', []);
    const heavy = await peakOf('large.glb', ['--env', workshop.path('sky.hdr')]);
    const took = (heavy - usual) / MIB;
    // Far less would mean that nobody looked while it was there.
    assert.ok(took > 400 && took < 1024, `${took} MiB`);
  });
});

/** Rows of one colour, which take little room in the file. */
function skyOf(width: number, height: number): Uint8Array {
  const two = encodeHdr({ width, height: 2, rgb: new Float32Array(3 * width * 2).fill(0.5) });
  const header = Buffer.from(two).indexOf(`+X ${width}\n`) + `+X ${width}\n`.length;
  const row = two.subarray(header, header + (two.length - header) / 2);
  return Buffer.concat([
    Buffer.from(`#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`),
    ...Array.from({ length: height }, () => row),
  ]);
}

/** A rolling field of side x side x 2 triangles. */
function gridOf(side: number): Uint8Array {
  const positions: number[] = [];
  const indices: number[] = [];
  for (let z = 0; z <= side; z++)
    for (let x = 0; x <= side; x++) positions.push(x / side - 0.5, 0.05 * ((x * z) % 7), z / side - 0.5);
  for (let z = 0; z < side; z++)
    for (let x = 0; x < side; x++) {
      const at = z * (side + 1) + x;
      indices.push(at, at + side + 1, at + 1, at + 1, at + side + 1, at + side + 2);
    }
  const builder = new GltfBuilder();
  const view = (values: Float32Array | Uint32Array): number => builder.view(new Uint8Array(values.buffer));
  const position = builder.push('accessors', {
    bufferView: view(Float32Array.from(positions)),
    componentType: 5126,
    count: positions.length / 3,
    type: 'VEC3',
    min: [-0.5, 0, -0.5],
    max: [0.5, 0.3, 0.5],
  });
  const index = builder.push('accessors', {
    bufferView: view(Uint32Array.from(indices)),
    componentType: 5125,
    count: indices.length,
    type: 'SCALAR',
  });
  const primitives = [{ attributes: { POSITION: position }, indices: index }];
  builder.node({ mesh: builder.push('meshes', { primitives }) });
  return builder.glb();
}
