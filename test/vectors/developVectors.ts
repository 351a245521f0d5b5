import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { develop } from '../../renderer/image/develop.js';
import type { Look } from '../../renderer/image/develop.js';
import { halfOfFloat } from '../../renderer/image/halfFloat.js';
import { everyHalfFrame } from '../support/everyHalfFrame.js';

// Writes the golden vectors of developing: `npm run build && node dist/test/vectors/developVectors.js
// test/vectors/develop.json`. Only for a change of the colour rules that is meant: the vectors are what keeps them from
// changing otherwise.
const LOOKS = (['aces', 'agx', 'neutral', 'linear'] as const).flatMap((toneMap): Look[] => [
  { toneMap, exposureEv: 0, alpha: 'opaque', bits: 8 },
  { toneMap, exposureEv: -1.5, alpha: 'opaque', bits: 16 },
  { toneMap, exposureEv: 0.75, alpha: 'straight', bits: 16 },
]);
const COLOURS = [
  [0, 0, 0, 1],
  [0.18, 0.18, 0.18, 1],
  [1, 1, 1, 1],
  [0.8, 0.1, 0.05, 1],
  [0.02, 0.3, 0.9, 0.5],
  [12, 6, 0.5, 1],
  [0, 4, 0, 0.25],
  [65504, 65504, 65504, 1],
  [0.003, 0.0031, 0.0032, 1],
  [0.5, 0.5, 0.5, 0],
];

/**
 * Single pixels as numbers, and by hash a frame of every half float, each in every look. Bytes of 16 bits are
 * little-endian.
 */
export function developVectors(): string {
  const pixels = LOOKS.flatMap((look) =>
    COLOURS.map((rgba) => ({
      look,
      rgba,
      developed: [
        ...develop({ frame: { width: 1, height: 1, halfs: Uint16Array.from(rgba, halfOfFloat) }, look }).data,
      ],
    })),
  );
  const frames = LOOKS.map((look) => {
    const { data } = develop({ frame: everyHalfFrame(), look });
    const bytes =
      data instanceof Uint8Array ? data : Uint8Array.from([...data].flatMap((value) => [value & 0xff, value >> 8]));
    return { look, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
  const lines = (rows: object[]): string => rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  return `{\n  "pixels": [\n${lines(pixels)}\n  ],\n  "frames": [\n${lines(frames)}\n  ]\n}\n`;
}

const [, script, path] = process.argv;
if (script?.endsWith('developVectors.js') && path !== undefined) await writeFile(path, developVectors());
