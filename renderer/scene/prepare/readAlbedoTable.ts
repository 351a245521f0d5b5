import { readFileSync } from 'node:fs';
import { ALBEDO_SIZE } from './directionalAlbedo.js';

/**
 * The committed table of directional albedos as the kernel reads it: each vector has (all, rise) of its column and of the next.
 * It is data and not computed here, because Math.cos may differ between machines. test/renderer/kernels/albedo.test.ts
 * recomputes it, and writes it with RUSHES_WRITE_TABLES=1.
 */
export function readAlbedoTable(): Float32Array {
  const numbers = JSON.parse(readFileSync(new URL('./albedoTable.json', import.meta.url), 'utf8')) as number[];
  const table = new Float32Array(ALBEDO_SIZE * ALBEDO_SIZE * 4);
  for (let row = 0; row < ALBEDO_SIZE; row++) {
    for (let column = 0; column < ALBEDO_SIZE; column++) {
      const at = row * ALBEDO_SIZE + column;
      const next = row * ALBEDO_SIZE + Math.min(column + 1, ALBEDO_SIZE - 1);
      table.set([numbers[2 * at]!, numbers[2 * at + 1]!, numbers[2 * next]!, numbers[2 * next + 1]!], at * 4);
    }
  }
  return table;
}
