import { readFileSync } from 'node:fs';
import type { SourceFile } from '../compiler/SourceText.js';

/** The kernel's files in the order in which they make one module: layout first, the entry last. */
const KERNEL_FILES = [
  'layout.wgsl',
  'math.wgsl',
  'random.wgsl',
  'texture.wgsl',
  'surface.wgsl',
  'traverse.wgsl',
  'bsdf.wgsl',
  'environment.wgsl',
  'lights.wgsl',
  'camera.wgsl',
  'path.wgsl',
  'render.wgsl',
] as const;

/** The path-tracing kernel: files that make one WGSL module with the entry `renderItems`. */
export function kernelSource(): SourceFile[] {
  return KERNEL_FILES.map((name) => ({ name, text: readFileSync(new URL(`./${name}`, import.meta.url), 'utf8') }));
}
