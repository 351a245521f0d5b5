import { COMPONENT_BYTES, TYPE_COMPONENTS } from '../GltfDocument.js';
import { SCENE_LIMITS } from '../SCENE_LIMITS.js';
import type { DocumentReader, Json } from './DocumentReader.js';
import { shown } from '../shown.js';
import { ownEntry } from '../ownEntry.js';

/** Views lie inside their buffers, accessors inside their views, and nothing unpacks to more than is taken. */
export function checkBuffers(document: DocumentReader): void {
  let unpackedBytes = 0;
  document.each('buffers', (buffer, where) => {
    document.text(buffer['uri'], `${where}.uri`);
    document.integer(buffer, 'byteLength', where, 0, SCENE_LIMITS.fileBytes);
  });
  document.each('bufferViews', (view, where) => {
    unpackedBytes = checkBufferView(document, view, where, unpackedBytes);
  });
  document.each('accessors', (accessor, where) => checkAccessor(document, accessor, where));
}

/** Takes the bytes that the compressed views before this one unpack to, and returns them with this one's. */
function checkBufferView(document: DocumentReader, view: Json, where: string, unpackedBefore: number): number {
  let unpackedBytes = unpackedBefore;
  const buffer = document.index(view, 'buffer', 'buffers', where, true);
  const offset = document.integer(view, 'byteOffset', where, 0, SCENE_LIMITS.fileBytes, 0);
  const length = document.integer(view, 'byteLength', where, 0, SCENE_LIMITS.fileBytes);
  if (view['byteStride'] !== undefined) document.integer(view, 'byteStride', where, 1, 65_536);
  const holder = (document.root['buffers'] as Json[])[buffer] as { byteLength: number };
  if (offset + length > holder.byteLength)
    throw document.bad(
      where,
      `bytes ${offset} to ${offset + length} lie outside buffers[${buffer}] of ${holder.byteLength} bytes`,
    );
  for (const [name, extension] of Object.entries(document.optionalObject(view['extensions'], `${where}.extensions`))) {
    if (!/_meshopt_compression$/.test(name)) continue;
    const place = `${where}.${name}`;
    const meshopt = document.object(extension, place);
    const source = document.index(meshopt, 'buffer', 'buffers', place, true);
    const start = document.integer(meshopt, 'byteOffset', place, 0, SCENE_LIMITS.fileBytes, 0);
    const bytes = document.integer(meshopt, 'byteLength', place, 0, SCENE_LIMITS.fileBytes);
    const stride = document.integer(meshopt, 'byteStride', place, 1, 256);
    const count = document.integer(meshopt, 'count', place, 0, SCENE_LIMITS.accessorCount);
    const available = ((document.root['buffers'] as Json[])[source] as { byteLength: number }).byteLength;
    if (start + bytes > available)
      throw document.bad(
        place,
        `bytes ${start} to ${start + bytes} lie outside buffers[${source}] of ${available} bytes`,
      );
    unpackedBytes += stride * count;
    if (unpackedBytes > SCENE_LIMITS.unpackedBytes)
      throw document.bad(
        place,
        `with it the compressed geometry unpacks to more than ${SCENE_LIMITS.unpackedBytes} bytes`,
        'Simplify or split the scene.',
      );
    if (stride * count > length)
      throw document.bad(place, `${count} elements of ${stride} bytes do not fit the view of ${length} bytes`);
  }
  return unpackedBytes;
}

function checkAccessor(document: DocumentReader, accessor: Json, where: string): void {
  const bytes = ownEntry(COMPONENT_BYTES, accessor['componentType']);
  if (bytes === undefined)
    throw document.bad(`${where}.componentType`, `${shown(accessor['componentType'])} is no component type`);
  const components = ownEntry(TYPE_COMPONENTS, accessor['type']);
  if (components === undefined) throw document.bad(`${where}.type`, `${shown(accessor['type'])} is no accessor type`);
  const count = document.integer(accessor, 'count', where, 0, SCENE_LIMITS.accessorCount);
  const itemBytes = bytes * components;
  if (count * itemBytes > SCENE_LIMITS.fileBytes)
    throw document.bad(
      where,
      `${count} elements of ${itemBytes} bytes exceed the limit of ${SCENE_LIMITS.fileBytes} bytes`,
      'Split the mesh.',
    );
  checkSpan(document, { holder: accessor, where, count, itemBytes, componentBytes: bytes, optional: true });
  if (accessor['sparse'] === undefined) return;
  const sparse = document.object(accessor['sparse'], `${where}.sparse`);
  const sparseCount = document.integer(sparse, 'count', `${where}.sparse`, 0, count);
  const indices = document.object(sparse['indices'], `${where}.sparse.indices`);
  const indexBytes = ownEntry(COMPONENT_BYTES, indices['componentType']);
  if (indexBytes === undefined) throw document.bad(`${where}.sparse.indices.componentType`, 'no component type');
  checkSpan(document, {
    holder: indices,
    where: `${where}.sparse.indices`,
    count: sparseCount,
    itemBytes: indexBytes,
    componentBytes: indexBytes,
    optional: false,
  });
  checkSpan(document, {
    holder: document.object(sparse['values'], `${where}.sparse.values`),
    where: `${where}.sparse.values`,
    count: sparseCount,
    itemBytes,
    componentBytes: bytes,
    optional: false,
  });
}

/** Whether `count` elements from the holder's byteOffset on lie inside its view and on component boundaries. */
function checkSpan(
  document: DocumentReader,
  span: { holder: Json; where: string; count: number; itemBytes: number; componentBytes: number; optional: boolean },
): void {
  const { holder, where, count, itemBytes, componentBytes } = span;
  if (holder['bufferView'] === undefined && span.optional) return;
  const index = document.index(holder, 'bufferView', 'bufferViews', where, true);
  const view = (document.root['bufferViews'] as Json[])[index] as { byteLength: number; byteStride?: number };
  const offset = document.integer(holder, 'byteOffset', where, 0, SCENE_LIMITS.fileBytes, 0);
  const stride = view.byteStride ?? itemBytes;
  if (stride < itemBytes) throw document.bad(where, `elements of ${itemBytes} bytes do not fit a stride of ${stride}`);
  if (offset % componentBytes !== 0 || stride % componentBytes !== 0)
    throw document.bad(
      where,
      `offset ${offset} or stride ${stride} is no multiple of the component's ${componentBytes} bytes`,
    );
  const end = count === 0 ? offset : offset + stride * (count - 1) + itemBytes;
  if (end > view.byteLength)
    throw document.bad(where, `${count} elements end at byte ${end} of a view of ${view.byteLength} bytes`);
}
