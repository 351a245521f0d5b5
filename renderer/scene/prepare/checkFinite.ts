import { RushesError } from '../../../protocol/errors.js';
import type { PosedScene, TextureSlot } from '../PosedScene.js';

/**
 * Refuses a scene that holds NaN or an infinity anywhere: a NaN has many bit patterns, which one an operation gives
 * differs between processors, and every float here is hashed. An artist could otherwise make honest workers disagree.
 */
export function checkFinite(posed: PosedScene): void {
  const { camera, background, environment } = posed;
  checkAll('normals', posed.normals);
  checkAll('uv0', posed.uv0);
  checkAll('uv1', posed.uv1 ?? []);
  checkAll('tangents', posed.tangents);
  checkAll('colors', posed.colors ?? []);
  checkAll('camera', [
    ...camera.worldFromCamera,
    ...(camera.kind === 'perspective' ? [camera.fovYRadians, camera.aspect] : [camera.xmag, camera.ymag]),
  ]);
  checkAll('background', background.kind === 'color' ? background.rgb : []);
  if (environment !== null) {
    checkAll('environment', environment.rgb);
    checkAll('environment intensity', [environment.intensity]);
  }
  posed.lights.forEach((light, i) =>
    checkAll(`light ${i}`, [
      ...light.color,
      ...light.position,
      ...light.direction,
      light.range,
      light.innerConeCos,
      light.outerConeCos,
    ]),
  );
  posed.materials.forEach((material, i) => {
    checkAll(`material ${i}`, [
      ...material.baseColor,
      ...material.emissive,
      material.metallic,
      material.roughness,
      material.normalScale,
      material.alphaCutoff,
      material.transmission,
      material.ior,
    ]);
    const slots: (TextureSlot | null)[] = [
      material.baseColorTexture,
      material.metallicRoughnessTexture,
      material.normalTexture,
      material.emissiveTexture,
      material.transmissionTexture,
    ];
    for (const slot of slots) checkAll(`texture transform of material ${i}`, slot?.transform ?? []);
  });
}

function checkAll(name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]))
      throw new RushesError({
        code: 'bad-posed-scene',
        message: `Number ${i} of the ${name} of the posed scene is ${values[i] as number}.`,
        facts: { name, index: i, value: String(values[i]) },
        advice: 'Check the scene for extreme numbers in transforms, weights, colours and intensities.',
      });
  }
}
