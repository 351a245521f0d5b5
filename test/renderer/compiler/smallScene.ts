import { frameWithSettings } from '../../../renderer/scene/prepare/frameWithSettings.js';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import { ball, material, posedOf, quad } from '../../support/posedFixtures.js';

/** A scene with a bit of what a kernel does, and what one call of the kernel renders of it. */
export function smallScene(side = 16): {
  buffers: Record<string, Uint8Array>;
  zeroed: { sums: number; counters: number };
  invocations: number;
} {
  const scene = prepareScene(
    posedOf({
      pieces: [
        { corners: quad([-3, -1, 3], [6, 0, 0], [0, 0, -6]), material: 0 },
        { corners: quad([-3, -1, -2], [6, 0, 0], [0, 5, 0]), material: 1 },
        { corners: quad([-0.5, 2.5, -1], [1, 0, 0], [0, 0, 1]), material: 2 },
        { corners: ball(0.8, 2), material: 3 },
      ],
      materials: [
        material({ baseColor: [0.8, 0.7, 0.6, 1] }),
        material({ baseColor: [0.3, 0.6, 0.9, 1], roughness: 0.4, metallic: 1 }),
        material({ emissive: [9, 8, 7] }),
        material({ baseColor: [0.9, 1, 0.9, 1], roughness: 0.1, transmission: 0.8 }),
      ],
      background: { kind: 'color', rgb: [0.1, 0.2, 0.3] },
    }),
  );
  const pixels = side * side;
  const items = new Uint32Array(pixels * 4);
  for (let pixel = 0; pixel < pixels; pixel++) items.set([pixel % side, Math.floor(pixel / side), 0, 2], 4 * pixel);
  const frame = frameWithSettings(scene.buffers['frame']!, {
    seed: 1,
    frame: 0,
    bounces: 4,
    width: side,
    height: side,
  });
  return {
    buffers: { ...scene.buffers, frame, items: new Uint8Array(items.buffer) },
    zeroed: { sums: pixels * 16, counters: pixels * 4 },
    invocations: pixels,
  };
}
