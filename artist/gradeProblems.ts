import type { UndrawnMaterial } from '../renderer/scene/checkScene.js';
import type { SceneProblem } from '../renderer/scene/SceneSource.js';

/**
 * How much a problem changes what is seen. `error`: there is no picture without it (geometry is missing). `major`: the
 * picture as a whole is another (a light, a texture, a shape, a movement is left out). `minor`: a surface looks a little
 * different.
 */
export type Severity = 'error' | 'major' | 'minor';

/** A problem of a scene, and how severe it is. */
export interface GradedProblem extends SceneProblem {
  severity: Severity;
}

const ORDER: readonly Severity[] = ['error', 'major', 'minor'];

/** Features whose loss a look at the picture hardly shows. What is not among them is major: it could be anything. */
const MINOR_MATERIALS: readonly UndrawnMaterial[] = [
  'KHR_materials_clearcoat',
  'KHR_materials_sheen',
  'KHR_materials_iridescence',
  'KHR_materials_anisotropy',
  'KHR_materials_dispersion',
  'KHR_materials_diffuse_roughness',
  'KHR_materials_variants',
  'EXT_materials_bump',
];
const MINOR: ReadonlySet<string> = new Set([
  ...MINOR_MATERIALS,
  'EXT_lights_ies',
  'MSFT_lod',
  'morph target tangents',
  'more than eight joints per vertex',
]);

/** Grades the problems of a scene and puts the most severe first; those of one severity stay in their order. */
export function gradeProblems(problems: readonly SceneProblem[], kind: 'missing' | 'unsupported'): GradedProblem[] {
  return problems
    .map((problem) => ({ severity: severityOf(problem, kind), ...problem }))
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

function severityOf({ name, where }: SceneProblem, kind: 'missing' | 'unsupported'): Severity {
  if (kind === 'missing') return where.startsWith('buffers[') ? 'error' : 'major';
  return MINOR.has(name) || name.startsWith('KHR_materials_ior of') ? 'minor' : 'major';
}
