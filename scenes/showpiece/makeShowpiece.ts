// Makes showpiece.glb and studio.hdr beside this file. Run it after a build: node
// dist/scenes/showpiece/makeShowpiece.js
//
// An armillary of brass rings turns about a glass ball on a walnut table, lit by a soft panel, a lamp of frosted glass
// and an evening room. The rings go once around their symmetry in one second, so the 12 frames loop.
// `asset.extras.rushes` names the environment, the camera, the clip and the frame rate.
import { writeFile } from 'node:fs/promises';
import { band, box, joined, lathe, type Mesh, panel, placed, rod, roundBar, sphere, turnAbout } from './meshes.js';
import { paintStudio } from './paintStudio.js';
import { paintBackdrop, paintBrushed, paintLantern, paintScale, paintWood } from './paintTextures.js';
import { GlbWriter } from './writeGlb.js';

const OUT = new URL('../../../scenes/showpiece/', import.meta.url);
const BRASS = [0.86, 0.62, 0.28];
const CENTRE = 1.5;

type Quaternion = [number, number, number, number];

function quaternion(axis: 'x' | 'y' | 'z', degrees: number): Quaternion {
  const [s, c] = [Math.sin((degrees * Math.PI) / 360), Math.cos((degrees * Math.PI) / 360)];
  return [axis === 'x' ? s : 0, axis === 'y' ? s : 0, axis === 'z' ? s : 0, c];
}

/** Quaternion that turns -Z from `eye` towards `target`, level. */
function lookAt(eye: number[], target: number[]): Quaternion {
  const [x, y, z] = [0, 1, 2].map((k) => (target[k] as number) - (eye[k] as number)) as [number, number, number];
  const yaw = Math.atan2(-x, -z);
  const pitch = Math.atan2(y, Math.hypot(x, z));
  const [sy, cy, sp, cp] = [Math.sin(yaw / 2), Math.cos(yaw / 2), Math.sin(pitch / 2), Math.cos(pitch / 2)];
  return [cy * sp, sy * cp, -sy * sp, cy * cp];
}

function linear(hex: string): number[] {
  return [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

const eye = [0.5, 2.1, 6.9];
const glb = new GlbWriter({
  asset: {
    version: '2.0',
    generator: 'scenes/showpiece/makeShowpiece.ts',
    copyright: 'Rushes, Apache-2.0',
    extras: { rushes: { environment: 'studio.hdr', camera: 'Camera', clip: 'Turn', fps: 12 } },
  },
  extensionsUsed: [
    'KHR_materials_unlit',
    'KHR_materials_transmission',
    'KHR_materials_volume',
    'KHR_materials_ior',
    'KHR_materials_emissive_strength',
  ],
  scene: 0,
});

// Materials.
glb.add('samplers', { magFilter: 9729, minFilter: 9987, wrapS: 10497, wrapT: 10497 });
const texture = (png: Uint8Array, name: string): number =>
  glb.add('textures', { sampler: 0, source: glb.image(png, name) });
const wood = texture(await paintWood(), 'Walnut');
const brushed = texture(await paintBrushed(), 'Brushed');
const scale = texture(await paintScale([238, 206, 142]), 'Scale');
const backdrop = texture(await paintBackdrop(), 'Backdrop');
const lantern = texture(await paintLantern(), 'Lantern');
const plain = (name: string, colour: number[], metallic: number, roughness: number, more: object = {}): number =>
  glb.add('materials', {
    name,
    pbrMetallicRoughness: { baseColorFactor: [...colour, 1], metallicFactor: metallic, roughnessFactor: roughness },
    ...more,
  });
const glass = (name: string, colour: number[], ior: number): number =>
  plain(name, colour, 0, 0, {
    extensions: {
      KHR_materials_transmission: { transmissionFactor: 1 },
      KHR_materials_volume: { thicknessFactor: 1 },
      KHR_materials_ior: { ior },
    },
  });
const materials = {
  walnut: glb.add('materials', {
    name: 'Walnut',
    pbrMetallicRoughness: { baseColorTexture: { index: wood }, metallicFactor: 0, roughnessFactor: 0.36 },
  }),
  brass: glb.add('materials', {
    name: 'Brass',
    pbrMetallicRoughness: {
      baseColorFactor: [...BRASS, 1],
      metallicFactor: 1,
      roughnessFactor: 0.3,
      metallicRoughnessTexture: { index: brushed },
    },
  }),
  scale: glb.add('materials', {
    name: 'Graduated brass',
    pbrMetallicRoughness: { baseColorTexture: { index: scale }, metallicFactor: 1, roughnessFactor: 0.24 },
  }),
  steel: plain('Steel', [0.78, 0.79, 0.8], 1, 0.06),
  glass: glass('Glass', [0.985, 0.995, 0.99], 1.5),
  amber: glass('Amber glass', [0.98, 0.62, 0.22], 1.5),
  teal: glass('Teal glass', [0.3, 0.82, 0.8], 1.5),
  leather: plain('Leather', linear('#5a2018'), 0, 0.55),
  cloth: plain('Cloth', linear('#1d3a3a'), 0, 0.8),
  paper: plain('Paper', linear('#d9cba8'), 0, 0.9),
  panel: plain('Panel', [0, 0, 0], 0, 1, {
    emissiveFactor: [1, 0.93, 0.82],
    extensions: { KHR_materials_emissive_strength: { emissiveStrength: 8 } },
  }),
  lantern: plain('Lantern', [0.35, 0.3, 0.25], 0, 0.8, {
    emissiveFactor: [1, 1, 1],
    emissiveTexture: { index: lantern },
    extensions: { KHR_materials_emissive_strength: { emissiveStrength: 1.35 } },
  }),
  backdrop: glb.add('materials', {
    name: 'Backdrop',
    pbrMetallicRoughness: { baseColorTexture: { index: backdrop } },
    extensions: { KHR_materials_unlit: {} },
  }),
};

const roots: number[] = [];
const node = (name: string, mesh: Mesh | undefined, material: number, more: object = {}): number =>
  glb.add('nodes', { name, ...(mesh === undefined ? {} : { mesh: glb.mesh(name, [{ mesh, material }]) }), ...more });
const root = (...parameters: Parameters<typeof node>): void => void roots.push(node(...parameters));

// The table: planks with gaps, each from another part of the wood.
const planks = Array.from({ length: 10 }, (_, i) =>
  placed(box([15, 0.3, 0.94], 0.012, 3.6, [0.37 * i * i, 0.27 * i]), [0, -0.15, (i - 5) * 0.95]),
);
root('Table', placed(joined(...planks), [0, 0, 0.2], turnAbout('y', 0)), materials.walnut, {
  rotation: quaternion('y', 14),
});

// The stand: a turned foot, a stem, four arms that carry the horizon.
const foot = lathe(
  [
    [0, 0],
    [0.66, 0],
    [0.68, 0.02],
    [0.68, 0.06],
    [0.65, 0.09],
    [0.56, 0.1],
    [0.5, 0.115],
    [0.42, 0.15],
    [0.33, 0.17],
    [0.2, 0.19],
    [0.13, 0.22],
    [0.1, 0.26],
    [0.12, 0.285],
    [0.14, 0.31],
    [0.12, 0.335],
    [0.09, 0.36],
    [0.1, 0.4],
    [0.13, 0.43],
    [0.1, 0.46],
    [0.05, 0.47],
    [0, 0.47],
  ],
  72,
  32,
);
const arm = placed(roundBar(1.1, 0.034, 40, 12, 180, 90), [0, CENTRE, 0], turnAbout('x', 90));
const arms = [35, 125].map((degrees) => placed(arm, [0, 0, 0], turnAbout('y', degrees)));
root('Stand', joined(foot, ...arms), materials.brass);
root('Horizon', placed(band(1.13, 0.16, 0.045, 144), [0, CENTRE, 0]), materials.scale);

// The rings, one inside the other; each turns about pins in the one around it.
const pins = (outer: number, inner: number): Mesh =>
  joined(rod(0.026, inner, outer, 16), rod(0.026, -outer, -inner, 16));
const upright = turnAbout('x', 90);
const ball = node('Ball', sphere(0.505, 96, 48), materials.glass);
const axle = node(
  'Axle',
  placed(joined(rod(0.03, 0.5, 0.62, 16), rod(0.03, -0.62, -0.5, 16)), [0, 0, 0], turnAbout('z', 90)),
  materials.brass,
);
const inner = node(
  'Inner ring',
  joined(
    placed(band(0.63, 0.035, 0.13, 128), [0, 0, 0], upright),
    placed(pins(0.74, 0.62), [0, 0, 0], turnAbout('z', 90)),
  ),
  materials.brass,
  { children: [ball, axle] },
);
const middle = node(
  'Middle ring',
  joined(placed(band(0.77, 0.035, 0.12, 128), [0, 0, 0], upright), pins(0.88, 0.76)),
  materials.brass,
  { children: [inner] },
);
roots.push(
  glb.add('nodes', {
    name: 'Meridian',
    mesh: glb.mesh('Meridian', [
      { mesh: placed(band(0.94, 0.11, 0.04, 128), [0, 0, 0], upright), material: materials.scale },
    ]),
    translation: [0, CENTRE, 0],
    rotation: quaternion('y', 24),
    children: [middle],
  }),
);
root(
  'Finial',
  placed(
    lathe(
      [
        [0, 0.97],
        [0.05, 0.98],
        [0.06, 1.01],
        [0.035, 1.04],
        [0.06, 1.08],
        [0.075, 1.12],
        [0.06, 1.16],
        [0.02, 1.19],
        [0, 1.195],
      ],
      32,
      50,
    ),
    [0, CENTRE, 0],
  ),
  materials.brass,
);

// Around it.
const books = [
  { y: 0, turn: 12, size: [1.5, 0.26, 1.05] as const, cover: materials.leather },
  { y: 0.26, turn: -4, size: [1.3, 0.2, 0.95] as const, cover: materials.cloth },
];
for (const [i, { y, turn, size, cover }] of books.entries()) {
  const [w, h, d] = size;
  const boards = joined(
    placed(box([w, 0.035, d], 0.012), [0, h - 0.0175, 0]),
    placed(box([w, 0.035, d], 0.012), [0, 0.0175, 0]),
    placed(box([0.04, h, d], 0.014), [-w / 2, h / 2, 0]),
  );
  root(`Book ${i} cover`, boards, cover, { translation: [-2.35, y, -0.65], rotation: quaternion('y', turn + 20) });
  root(`Book ${i} pages`, placed(box([w - 0.06, h - 0.07, d - 0.08], 0.004), [-0.01, h / 2, 0]), materials.paper, {
    translation: [-2.35, y, -0.65],
    rotation: quaternion('y', turn + 20),
  });
}
root('Steel ball', placed(sphere(0.2, 64, 32), [-2.3, 0.66, -0.55]), materials.steel);
root('Amber marble', placed(sphere(0.2, 64, 32), [1.3, 0.2, 0.75]), materials.amber);
root('Teal marble', placed(sphere(0.14, 56, 28), [0.92, 0.14, 1.12]), materials.teal);
root('Small steel ball', placed(sphere(0.11, 48, 24), [1.62, 0.11, 1.08]), materials.steel);
root(
  'Lantern foot',
  lathe(
    [
      [0, 0],
      [0.2, 0],
      [0.21, 0.02],
      [0.18, 0.05],
      [0.16, 0.06],
      [0, 0.06],
    ],
    48,
    40,
  ),
  materials.brass,
  { translation: [2.3, 0, -0.8] },
);
const lanternShape = Array.from(
  { length: 17 },
  (_, i) => [0.13 + 0.245 * Math.sin((Math.PI * (i + 0.6)) / 17.2) ** 0.8, (0.66 * i) / 16] as const,
);
root('Lantern', lathe(lanternShape, 48, 181), materials.lantern, { translation: [2.3, 0.05, -0.8] });
root(
  'Lantern cap',
  lathe(
    [
      [0.15, 0],
      [0.15, 0.03],
      [0.06, 0.05],
      [0, 0.05],
    ],
    32,
    40,
  ),
  materials.brass,
  { translation: [2.3, 0.71, -0.8] },
);
root('Backdrop', panel(33, 15), materials.backdrop, { translation: [0, 3, -11] });
const panelAt = [-4.2, 4.3, 2.4];
root('Panel', panel(3.4, 2.6), materials.panel, { translation: panelAt, rotation: lookAt([0, 1.0, 0], panelAt) });

// The camera.
glb.add('cameras', {
  name: 'Camera',
  type: 'perspective',
  perspective: { yfov: (27.5 * Math.PI) / 180, aspectRatio: 16 / 9, znear: 0.1, zfar: 100 },
});
roots.push(glb.add('nodes', { name: 'Camera', camera: 0, translation: eye, rotation: lookAt(eye, [0.06, 1.24, 0]) }));
glb.add('scenes', { name: 'Showpiece', nodes: roots });

// One second: half a turn of each ring, after which it looks as before.
const times = [0, 0.25, 0.5, 0.75, 1];
const spin = (target: number, axis: 'x' | 'y', start: number) =>
  glb.rotation(
    target,
    times,
    times.map((time) => quaternion(axis, start + 180 * time)),
  );
const tracks = [spin(middle, 'y', -38), spin(inner, 'x', 24)];
glb.add('animations', {
  name: 'Turn',
  samplers: tracks.map((track) => track.sampler),
  channels: tracks.map((track, sampler) => ({ ...track.channel, sampler })),
});

await writeFile(new URL('showpiece.glb', OUT), glb.write());
await writeFile(new URL('studio.hdr', OUT), paintStudio());
