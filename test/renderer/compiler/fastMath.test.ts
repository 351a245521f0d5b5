import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileKernel } from '../../../renderer/compiler/compileKernel.js';
import { instantiateKernel } from '../../../renderer/compiler/instantiateKernel.js';
import { kernelSource } from '../../../renderer/kernels/kernelSource.js';
import { printCpp } from '../../support/printCpp.js';
import { skip } from '../../support/skip.js';
import { smallScene } from './smallScene.js';
import { strictSource } from './strictKernels.js';

/** Every liberty that a compiler takes with floats when it is let. */
const LIBERTIES = ['-O3', '-ffast-math', '-march=native', '-ffp-contract=fast', '-mrecip=all'];

function hasCompiler(): boolean {
  try {
    execFileSync('g++', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('strict text under a compiler that takes every liberty', function () {
  this.timeout(300_000);

  it('gives the bits of WebAssembly, and text laid bare does not', function () {
    if (!hasCompiler()) skip(this, 'no g++ here to be the adversary of strict text');
    const { buffers, zeroed, invocations } = smallScene();
    const instance = instantiateKernel(compileKernel({ source: kernelSource() }), buffers, { zeroed });
    instance.run(0, invocations);
    const expected = new Uint32Array(instance.view('sums').slice().buffer);

    const folder = mkdtempSync(join(tmpdir(), 'rushes-fast-math-'));
    try {
      for (const [name, bytes] of Object.entries(buffers)) writeFileSync(join(folder, name), bytes);
      // The one who runs the program says what zero is: no compiler can know.
      const strict = strictSource(kernelSource()).replace('  strict_zero = strict_zeros.x;\n', '');
      const bare = strict.replace(/(fn strict_hide\d\(.*\{ return ).*(; \})/g, '$1x$2');
      const differing = (text: string, name: string): number[] => {
        const program = join(folder, name);
        writeFileSync(`${program}.cpp`, printCpp(text));
        execFileSync('g++', ['-std=c++17', '-w', '-fwrapv', ...LIBERTIES, '-o', program, `${program}.cpp`]);
        return ['0', '1'].map((flush) => {
          execFileSync(program, [folder, String(invocations), flush, '0']);
          const sums = readFileSync(join(folder, 'sums'));
          const words = new Uint32Array(sums.buffer.slice(sums.byteOffset, sums.byteOffset + sums.byteLength));
          assert.equal(words.length, expected.length);
          return words.filter((word, index) => word !== expected[index]).length;
        });
      };
      assert.deepEqual(differing(strict, 'strict'), [0, 0], 'words that differ, subnormals kept and flushed');
      const laidBare = differing(bare, 'bare');
      console.log(`      laid bare, ${laidBare.join(' and ')} of ${expected.length} words differ`);
      assert.ok(laidBare.every((count) => count > 0));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
