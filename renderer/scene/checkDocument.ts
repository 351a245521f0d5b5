import { checkNodeTree } from './checkNodeTree.js';
import { checkAnimations } from './document/checkAnimations.js';
import { checkBuffers } from './document/checkBuffers.js';
import { checkMaterials } from './document/checkMaterials.js';
import { checkNodes } from './document/checkNodes.js';
import { DocumentReader } from './document/DocumentReader.js';
import type { GltfDocument } from './GltfDocument.js';
import { shown } from './shown.js';

/**
 * Proves that a parsed JSON value is a glTF document that can be walked without surprises: kinds of values, counts,
 * indices in range, accessors inside their views, views inside their buffers, a node tree without cycles. It asks for
 * safety, not for strict validity: scenes that artists ship break the specification in harmless ways. Throws
 * BadSceneError naming the element.
 */
export function checkDocument(file: string, json: unknown): GltfDocument {
  const document = new DocumentReader(file, json);
  const { root } = document;
  const asset = document.object(root['asset'], 'asset');
  const version = asset['version'];
  if (typeof version !== 'string' || !/^2\.\d+$/.test(version))
    throw document.bad('asset.version', `glTF ${shown(version)} instead of 2.x`, 'Export the scene as glTF 2.0.');
  for (const name of ['extensionsUsed', 'extensionsRequired']) {
    for (const [i, used] of document.optionalArray(root[name], name).entries())
      if (typeof used !== 'string') throw document.bad(`${name}[${i}]`, 'not a string');
  }
  checkBuffers(document);
  checkMaterials(document);
  checkNodes(document);
  checkAnimations(document);
  document.each('scenes', (scene, where) => document.indices(scene, 'nodes', 'nodes', where));
  checkNodeTree(root, (where, what) => document.bad(where, what));
  if (document.length('scenes') === 0)
    throw document.bad('scenes', 'the file holds no scene', 'Export a scene with at least one object.');
  document.index(root, 'scene', 'scenes', 'document');
  return json as GltfDocument;
}
