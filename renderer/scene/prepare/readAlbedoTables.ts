import { readFileSync } from 'node:fs';
import { ALBEDO_SIZE, GLASS_CONTRASTS, GLASS_COSINES, GLASS_ROUGHNESSES } from '../../kernels/generated/layout.js';

/**
 * The committed tables of albedos as the kernel reads them: of the GGX lobe, each vector (all, rise) of its column and
 * of the next; behind it of rough glass, each vector a column and the next, of its row and of the next. They are data
 * and not computed here, because Math.cos may differ between machines. test/renderer/kernels/albedo.test.ts recomputes
 * them, and writes them with RUSHES_WRITE_TABLES=1.
 */
export function readAlbedoTables(): { lobe: Float32Array; glass: Float32Array } {
  return { lobe: lobeTable(readNumbers('albedoTable.json')), glass: glassTable(readNumbers('glassAlbedoTable.json')) };
}

function readNumbers(name: string): number[] {
  return JSON.parse(readFileSync(new URL(`./${name}`, import.meta.url), 'utf8')) as number[];
}

function lobeTable(numbers: number[]): Float32Array {
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

function glassTable(numbers: number[]): Float32Array {
  const table = new Float32Array(GLASS_COSINES * GLASS_ROUGHNESSES * GLASS_CONTRASTS * 4);
  const at = (i: number, j: number, k: number): number => {
    const row = k * GLASS_ROUGHNESSES + Math.min(j, GLASS_ROUGHNESSES - 1);
    return numbers[row * GLASS_COSINES + Math.min(i, GLASS_COSINES - 1)]!;
  };
  let next = 0;
  for (let k = 0; k < GLASS_CONTRASTS; k++) {
    for (let j = 0; j < GLASS_ROUGHNESSES; j++) {
      for (let i = 0; i < GLASS_COSINES; i++, next += 4)
        table.set([at(i, j, k), at(i + 1, j, k), at(i, j + 1, k), at(i + 1, j + 1, k)], next);
    }
  }
  return table;
}
