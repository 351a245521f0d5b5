import { RushesError } from '../../../protocol/errors.js';
import type { PosedScene } from '../PosedScene.js';

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
    // A shared exponent can state neither.
    if ('rgb' in environment) checkAll('environment', environment.rgb);
    checkAll('environment intensity', [environment.intensity]);
  }
  posed.lights.forEach((light, i) => checkAll(`light ${i}`, numbersIn(light)));
  posed.materials.forEach((material, i) => checkAll(`material ${i}`, numbersIn(material)));
}

/** Every number in a value, however deep: whatever field a material gets, it is looked at. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
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
