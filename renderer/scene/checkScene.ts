import type { GltfDocument, GltfMaterial, GltfMaterialExtensions } from './GltfDocument.js';
import type { LoadedScene } from './LoadedScene.js';
import { nameOfMaterial } from './readMaterials.js';
import type { SceneProblem } from './SceneSource.js';
import { ownEntry } from './ownEntry.js';

/**
 * Everything about a loaded scene that would make its picture differ from what its author sees: files that are missing,
 * and features that are not drawn, each by name with where it is used and what follows. Both lists empty means that it
 * is drawn in full. Only what the scene uses is reported, once per place.
 */
export function checkScene(loaded: LoadedScene): { missing: SceneProblem[]; unsupported: SceneProblem[] } {
  const { document } = loaded.content;
  const unsupported = [
    ...loaded.unsupported,
    ...materialProblems(loaded),
    ...meshProblems(loaded),
    ...nodeProblems(loaded),
    ...animationProblems(document),
    ...documentProblems(document),
  ];
  const seen = new Set<string>();
  return {
    missing: loaded.missing,
    unsupported: unsupported.filter((problem) => {
      const key = `${problem.name}\n${problem.where}`;
      return !seen.has(key) && seen.add(key);
    }),
  };
}

/** Material extensions that are drawn. */
const DRAWN_MATERIALS: Record<Exclude<keyof GltfMaterialExtensions, keyof typeof MATERIAL_EXTENSIONS>, true> = {
  KHR_materials_emissive_strength: true,
  KHR_materials_transmission: true,
  KHR_materials_ior: true,
  KHR_materials_specular: true,
  KHR_materials_unlit: true,
};

type Fields = Record<string, unknown>;

interface Loss {
  consequence: string;
  idle?: (fields: Fields) => boolean;
}

/** What is lost with a material extension, and when it would have no effect anyway. */
const MATERIAL_EXTENSIONS = {
  KHR_materials_clearcoat: {
    consequence: 'the clear layer on top is left out',
    idle: (fields) => !(Number(fields['clearcoatFactor'] ?? 0) > 0),
  },
  KHR_materials_sheen: {
    consequence: 'the sheen of the fabric is left out',
    idle: (fields) => isBlack(fields['sheenColorFactor']),
  },
  KHR_materials_volume: {
    consequence: 'light is not absorbed or tinted inside',
    idle: (fields) =>
      !(Number(fields['thicknessFactor'] ?? 0) > 0) ||
      isWhite(fields['attenuationColor']) ||
      fields['attenuationDistance'] === undefined,
  },
  KHR_materials_iridescence: {
    consequence: 'the thin-film colours are left out',
    idle: (fields) => !(Number(fields['iridescenceFactor'] ?? 0) > 0),
  },
  KHR_materials_anisotropy: {
    consequence: 'highlights are round instead of stretched',
    idle: (fields) => !(Number(fields['anisotropyStrength'] ?? 0) > 0),
  },
  KHR_materials_dispersion: {
    consequence: 'light is not split into colours',
    idle: (fields) => !(Number(fields['dispersion'] ?? 0) > 0),
  },
  KHR_materials_diffuse_transmission: {
    consequence: 'no diffuse light comes through from behind',
    idle: (fields) => !(Number(fields['diffuseTransmissionFactor'] ?? 0) > 0),
  },
  KHR_materials_diffuse_roughness: {
    consequence: 'diffuse light is spread evenly',
    idle: (fields) => !(Number(fields['diffuseRoughnessFactor'] ?? 0) > 0),
  },
  KHR_materials_pbrSpecularGlossiness: {
    consequence:
      'it is drawn from its metallic-roughness values, or where it has none by its diffuse colour without tinted reflections',
  },
  KHR_materials_variants: { consequence: 'the default look is drawn' },
  EXT_materials_bump: { consequence: 'the bumps are left out' },
} satisfies Record<string, Loss>;

/** A material extension that is known by name and not drawn. */
export type UndrawnMaterial = keyof typeof MATERIAL_EXTENSIONS;

function isBlack(color: unknown): boolean {
  return !Array.isArray(color) || color.every((value) => value === 0);
}

function isWhite(color: unknown): boolean {
  return !Array.isArray(color) || color.every((value) => value === 1);
}

function materialProblems(loaded: LoadedScene): SceneProblem[] {
  const { document, materialIndexOf } = loaded.content;
  return [...materialIndexOf.keys()].flatMap((index) => {
    const material: GltfMaterial = index === -1 ? {} : (document.materials?.[index] ?? {});
    const where = nameOfMaterial(document, index);
    const problems: SceneProblem[] = [];
    for (const [name, fields] of Object.entries(material.extensions ?? {})) {
      if (Object.hasOwn(DRAWN_MATERIALS, name)) continue;
      const known = ownEntry<Loss>(MATERIAL_EXTENSIONS, name);
      if (known?.idle?.(fields as Fields) !== true)
        problems.push({ name, where, consequence: known?.consequence ?? 'its effect is left out' });
    }
    // Without a volume the surface is a thin pane by the extension's text; the kernel knows glass bodies only.
    const volume = material.extensions?.['KHR_materials_volume'] as Fields | undefined;
    if (
      Number(material.extensions?.KHR_materials_transmission?.transmissionFactor ?? 0) > 0 &&
      !(Number(volume?.['thicknessFactor'] ?? 0) > 0)
    ) {
      problems.push({
        name: 'KHR_materials_transmission without KHR_materials_volume',
        where,
        consequence: 'it is drawn as the surface of solid glass: light bends in it',
      });
    }
    const ior = material.extensions?.KHR_materials_ior?.ior;
    if (ior !== undefined && ior < 1 && ior !== 0)
      problems.push({ name: `KHR_materials_ior of ${ior}`, where, consequence: 'the usual 1.5 is taken' });
    return problems;
  });
}

function meshProblems(loaded: LoadedScene): SceneProblem[] {
  const { document, order } = loaded.content;
  const used = new Set(order.flatMap((node) => (node.mesh === null ? [] : [node.mesh])));
  return [...used].flatMap((index) => {
    const mesh = document.meshes?.[index];
    return (mesh?.primitives ?? []).flatMap((primitive, k) => {
      const where = `${mesh?.name ? `mesh "${mesh.name}"` : `meshes[${index}]`}, primitive ${k}`;
      const problems: SceneProblem[] = [];
      if (primitive.mode !== undefined && primitive.mode < 4)
        problems.push({ name: primitive.mode === 0 ? 'points' : 'lines', where, consequence: 'they are left out' });
      else if (primitive.attributes['POSITION'] === undefined)
        problems.push({ name: 'a primitive without positions', where, consequence: 'it is left out' });
      if (primitive.attributes['JOINTS_2'] !== undefined)
        problems.push({
          name: 'more than eight joints per vertex',
          where,
          consequence: 'the further joints are left out',
        });
      if (
        primitive.targets?.some((target) => target['TANGENT'] !== undefined) &&
        primitive.attributes['TANGENT'] !== undefined
      )
        problems.push({
          name: 'morph target tangents',
          where,
          consequence: 'the normal map keeps the directions it has at rest',
        });
      for (const name of Object.keys(primitive.extensions ?? {})) {
        if (name === 'KHR_draco_mesh_compression') continue; // optional here, with plain data beside it
        problems.push({
          name,
          where,
          consequence: ownEntry<Loss>(MATERIAL_EXTENSIONS, name)?.consequence ?? 'its effect is left out',
        });
      }
      return problems;
    });
  });
}

const READ_NODES = new Set(['KHR_lights_punctual', 'KHR_node_visibility', 'EXT_mesh_gpu_instancing']);

function nodeProblems(loaded: LoadedScene): SceneProblem[] {
  const { document, order } = loaded.content;
  return order.flatMap(({ index }) => {
    const node = document.nodes?.[index];
    const where = node?.name ? `node "${node.name}"` : `nodes[${index}]`;
    const problems = Object.keys(node?.extensions ?? {}).flatMap((name) =>
      READ_NODES.has(name)
        ? []
        : [{ name, where, consequence: ownEntry(NODE_EXTENSIONS, name) ?? 'its effect is left out' }],
    );
    const instanced = Object.keys(node?.extensions?.EXT_mesh_gpu_instancing?.attributes ?? {}).filter(
      (name) => !['TRANSLATION', 'ROTATION', 'SCALE'].includes(name) && name === '_COLOR_0',
    );
    for (const name of instanced)
      problems.push({
        name: `EXT_mesh_gpu_instancing ${name}`,
        where,
        consequence: 'every instance has the colour of the mesh',
      });
    return problems;
  });
}

const NODE_EXTENSIONS: Readonly<Record<string, string>> = {
  KHR_lights_area: 'the area light is left out',
  EXT_lights_ies: 'the light profile is left out',
  MSFT_lod: 'the most detailed level is drawn',
};

function animationProblems(document: GltfDocument): SceneProblem[] {
  return (document.animations ?? []).flatMap((animation, i) => {
    const where = animation.name ? `animation "${animation.name}"` : `animations[${i}]`;
    const pointers = animation.channels.filter(
      (channel) => !['translation', 'rotation', 'scale', 'weights'].includes(channel.target.path),
    );
    const first = pointers[0];
    return first === undefined
      ? []
      : [
          {
            name: first.target.path === 'pointer' ? 'KHR_animation_pointer' : `animated ${first.target.path}`,
            where,
            consequence: `${pointers.length} animated ${pointers.length === 1 ? 'property stays' : 'properties stay'} as at rest`,
          },
        ];
  });
}

/** Extensions of the document as a whole. */
function documentProblems(document: GltfDocument): SceneProblem[] {
  const known = new Set(['KHR_lights_punctual', 'KHR_materials_variants', 'KHR_xmp_json_ld']);
  return Object.keys(document.extensions ?? {}).flatMap((name) =>
    known.has(name) ? [] : [{ name, where: 'the scene', consequence: 'its effect is left out' }],
  );
}
