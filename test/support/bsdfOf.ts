import type { HostValue } from '../../renderer/compiler/hostValues.js';
import type { PosedMaterial } from '../../renderer/scene/PosedScene.js';
import type { kernelUnderTest } from './kernelUnderTest.js';

/** The kernel's BSDF of a material without textures, seen from `cosine`; `front`: from outside of a glass body. */
export function bsdfOf(
  kernel: ReturnType<typeof kernelUnderTest>,
  { baseColor, metallic, roughness, transmission, ior, specular, specularColor }: PosedMaterial,
  { cosine, front = true }: { cosine: number; front?: boolean },
): HostValue {
  const values = { base: baseColor.slice(0, 3), metallic, roughness, transmission, ior, specular, specularColor };
  return kernel.call('makeBsdf', values, cosine, front)!;
}
