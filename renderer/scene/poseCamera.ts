import type { CameraChoice } from '../../protocol/manifest.js';
import { BadSceneError } from './BadSceneError.js';
import { cosine, radiansOf, sine } from './exactTrigonometry.js';
import type { LoadedScene } from './LoadedScene.js';
import type { Matrix } from './matrices.js';
import type { PosedCamera } from './PosedScene.js';
import type { ScenePose } from './samplePose.js';
import { shown } from './shown.js';

/**
 * Places the chosen camera for a picture of the given size. Throws BadSceneError listing the cameras when the name is
 * unknown.
 */
export function poseCamera(options: {
  loaded: LoadedScene;
  choice: CameraChoice;
  pose: ScenePose;
  size: { width: number; height: number };
}): PosedCamera {
  const { loaded, choice, pose, size } = options;
  const aspect = size.width / size.height;
  if (choice.kind === 'orbit')
    return {
      kind: 'perspective',
      worldFromCamera: orbitMatrix(choice),
      fovYRadians: radiansOf(choice.fovDegrees),
      aspect,
    };

  const camera =
    loaded.cameras.find((one) => one.name === choice.name) ??
    (/^\d+$/.test(choice.name) ? loaded.cameras[Number(choice.name)] : undefined);
  if (camera === undefined) {
    throw new BadSceneError({
      file: loaded.entry,
      what: `it has no camera ${shown(choice.name)}`,
      advice:
        loaded.cameras.length === 0
          ? 'The scene has no cameras: give an orbit camera, or none to have the scene framed.'
          : `Name one of its cameras: ${loaded.cameras.map((one) => shown(one.name)).join(', ')}.`,
    });
  }
  const position = loaded.content.order.findIndex((node) => node.index === camera.node);
  const worldFromCamera = rigidPart(pose.worldFromNode[position] as Matrix);
  const { perspective, orthographic } = camera.lens;
  if (perspective !== undefined && camera.lens.type === 'perspective')
    return { kind: 'perspective', worldFromCamera, fovYRadians: perspective.yfov, aspect };
  // The file's height is kept; its width gives way to the picture's shape, so that nothing is stretched.
  const ymag = Math.abs(orthographic?.ymag ?? 1);
  return { kind: 'orthographic', worldFromCamera, xmag: ymag * aspect, ymag };
}

/** A camera at `radius` from the target: theta turns about +Y from +Z towards +X, phi leans from +Y (90 is level). */
function orbitMatrix(orbit: Extract<CameraChoice, { kind: 'orbit' }>): Matrix {
  const [theta, phi] = [radiansOf(orbit.thetaDegrees), radiansOf(orbit.phiDegrees)];
  const [st, ct, sp, cp] = [sine(theta), cosine(theta), sine(phi), cosine(phi)];
  const [tx, ty, tz] = orbit.target;
  // Columns: right, up, backwards (away from the target). At the poles theta still turns the picture, so they need no
  // special case.
  return Float64Array.of(
    ct,
    0,
    -st,
    0,
    -cp * st,
    sp,
    -cp * ct,
    0,
    sp * st,
    cp,
    sp * ct,
    0,
    tx + orbit.radius * sp * st,
    ty + orbit.radius * cp,
    tz + orbit.radius * sp * ct,
    1,
  );
}

/** The matrix without scale, shear or mirroring: backwards is kept, up is made perpendicular to it, right follows. */
function rigidPart(m: Matrix): Matrix {
  const column = (k: number): [number, number, number] => [
    m[4 * k] as number,
    m[4 * k + 1] as number,
    m[4 * k + 2] as number,
  ];
  const back = unit(column(2), [0, 0, 1]);
  const rawUp = column(1);
  const along = rawUp[0] * back[0] + rawUp[1] * back[1] + rawUp[2] * back[2];
  const up = unit([rawUp[0] - along * back[0], rawUp[1] - along * back[1], rawUp[2] - along * back[2]], [0, 1, 0]);
  const right = [
    up[1] * back[2] - up[2] * back[1],
    up[2] * back[0] - up[0] * back[2],
    up[0] * back[1] - up[1] * back[0],
  ] as const;
  return Float64Array.of(...right, 0, ...up, 0, ...back, 0, m[12] as number, m[13] as number, m[14] as number, 1);
}

function unit(v: [number, number, number], otherwise: [number, number, number]): [number, number, number] {
  const length = Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  return length > 0 ? [v[0] / length, v[1] / length, v[2] / length] : otherwise;
}
