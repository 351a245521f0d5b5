import assert from 'node:assert/strict';
import { statisticsSeed } from '../../support/chiSquared.js';
import { randomNumbers } from '../../support/randomNumbers.js';
import { kernelUnderTest } from '../../support/kernelUnderTest.js';

describe('elementary functions of the kernel', () => {
  const random = randomNumbers(statisticsSeed);
  const between = (low: number, high: number): number => Math.fround(low + (high - low) * random());
  const kernel = kernelUnderTest();

  /** Asserts a bound on the error of many results; prints the worst argument. */
  function assertBound(
    name: string,
    count: number,
    argument: () => number[],
    error: (argument: number[]) => number,
  ): void {
    let worst = 0;
    let where: number[] = [];
    for (let i = 0; i < count; i++) {
      const at = argument();
      const e = error(at);
      if (!(e <= worst)) [worst, where] = [e, at];
    }
    assert.ok(worst <= 1, `${name}: ${worst} times the stated bound at ${where.join(', ')} (seed ${statisticsSeed})`);
  }

  it('sinCosTurns stays within 2e-7', () => {
    assertBound(
      'sinCosTurns',
      20_000,
      () => [between(-16, 16)],
      ([x]) => {
        const { sine, cosine } = kernel.call('sinCosTurns', x!) as { sine: number; cosine: number };
        return (
          Math.max(Math.abs(sine - Math.sin(2 * Math.PI * x!)), Math.abs(cosine - Math.cos(2 * Math.PI * x!))) / 2e-7
        );
      },
    );
  });

  it('sinCos stays within 4e-7', () => {
    assertBound(
      'sinCos',
      20_000,
      () => [between(-100, 100)],
      ([x]) => {
        const { sine, cosine } = kernel.call('sinCos', x!) as { sine: number; cosine: number };
        return Math.max(Math.abs(sine - Math.sin(x!)), Math.abs(cosine - Math.cos(x!))) / 4e-7;
      },
    );
  });

  it('exponential stays within a relative 3e-7 and finite', () => {
    assertBound(
      'exponential',
      20_000,
      () => [between(-80, 80)],
      ([x]) => Math.abs((kernel.call('exponential', x!) as number) / Math.exp(x!) - 1) / 3e-7,
    );
    for (const x of [-1e30, -200, 200, 1e30]) assert.ok(Number.isFinite(kernel.call('exponential', x)));
  });

  it('logarithm stays within 2e-7 + 1e-7 |ln x|', () => {
    assertBound(
      'logarithm',
      20_000,
      () => [Math.fround(2 ** between(-120, 120))],
      ([x]) =>
        Math.abs((kernel.call('logarithm', x!) as number) - Math.log(x!)) / (2e-7 + 1e-7 * Math.abs(Math.log(x!))),
    );
  });

  it('power stays within a relative 3e-7 (1 + |y ln x|)', () => {
    assertBound(
      'power',
      20_000,
      () => [between(1e-3, 50), between(-6, 6)],
      ([x, y]) =>
        Math.abs((kernel.call('power', x!, y!) as number) / x! ** y! - 1) / (3e-7 * (1 + Math.abs(y! * Math.log(x!)))),
    );
  });

  it('arcTangent2 stays within 4e-7', () => {
    assertBound(
      'arcTangent2',
      20_000,
      () => [between(-3, 3), between(-3, 3)],
      ([y, x]) => Math.abs((kernel.call('arcTangent2', y!, x!) as number) - Math.atan2(y!, x!)) / 4e-7,
    );
    for (const [y, x] of [
      [0, 1],
      [1, 0],
      [0, -1],
      [-1, 0],
      [1, 1],
      [-1, -1],
    ])
      assert.ok(Math.abs((kernel.call('arcTangent2', y!, x!) as number) - Math.atan2(y!, x!)) < 4e-7);
    assert.equal(kernel.call('arcTangent2', 0, 0), 0);
  });

  it('arcCosine stays within 5e-7', () => {
    assertBound(
      'arcCosine',
      20_000,
      () => [between(-1, 1)],
      ([x]) => Math.abs((kernel.call('arcCosine', x!) as number) - Math.acos(x!)) / 5e-7,
    );
  });

  it('basisAround gives an orthonormal right-handed frame', () => {
    assertBound(
      'basisAround',
      5000,
      () => {
        const z = 2 * random() - 1;
        const r = Math.sqrt(1 - z * z);
        const a = 2 * Math.PI * random();
        return [r * Math.cos(a), r * Math.sin(a), z].map(Math.fround);
      },
      (normal) => {
        const { tangent, bitangent } = kernel.call('basisAround', normal) as { tangent: number[]; bitangent: number[] };
        const dot = (a: number[], b: number[]): number => a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
        const crossed = [
          tangent[1]! * bitangent[2]! - tangent[2]! * bitangent[1]!,
          tangent[2]! * bitangent[0]! - tangent[0]! * bitangent[2]!,
          tangent[0]! * bitangent[1]! - tangent[1]! * bitangent[0]!,
        ];
        return (
          Math.max(
            Math.abs(dot(tangent, tangent) - 1),
            Math.abs(dot(tangent, bitangent)),
            Math.abs(dot(tangent, normal)),
            1 - dot(crossed, normal),
          ) / 2e-6
        );
      },
    );
  });
});
