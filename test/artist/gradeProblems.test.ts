import assert from 'node:assert/strict';
import { gradeProblems } from '../../artist/gradeProblems.js';

describe('problems of a scene', () => {
  const problem = (name: string, where = 'material "A"') => ({ name, where, consequence: 'something is left out' });

  it('are graded by what they do to the picture, the most severe first', () => {
    const graded = gradeProblems(
      ['KHR_materials_sheen', 'KHR_lights_area', 'VENDOR_unheard_of', 'KHR_materials_ior of 0'].map((name) =>
        problem(name),
      ),
      'unsupported',
    );
    assert.deepEqual(
      graded.map(({ name, severity }) => [name, severity]),
      [
        ['KHR_lights_area', 'major'],
        ['VENDOR_unheard_of', 'major'],
        ['KHR_materials_sheen', 'minor'],
        ['KHR_materials_ior of 0', 'minor'],
      ],
    );
    const missing = gradeProblems([problem('wood.png', 'images[0]'), problem('body.bin', 'buffers[1]')], 'missing');
    assert.deepEqual(
      missing.map(({ name, severity }) => [name, severity]),
      [
        ['body.bin', 'error'],
        ['wood.png', 'major'],
      ],
    );
  });
});
