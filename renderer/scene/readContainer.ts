import { BadSceneError } from './BadSceneError.js';
import { SCENE_LIMITS } from './SCENE_LIMITS.js';
import type { SceneBudget } from './SceneBudget.js';

const GLB_MAGIC = 0x46546c67;
const CHUNK_JSON = 0x4e4f534a;
const CHUNK_BIN = 0x004e4942;

/** What a .gltf or .glb file holds: its JSON value, not yet checked, and the binary chunk of a .glb. */
export interface SceneContainer {
  json: unknown;
  body: Uint8Array | undefined;
}

/**
 * Takes a .gltf or .glb apart, told apart by its first bytes. Throws BadSceneError for anything cut short or otherwise
 * corrupt.
 */
export function readContainer(file: string, bytes: Uint8Array, budget: SceneBudget): SceneContainer {
  if (bytes.length === 0) throw new BadSceneError({ file, what: 'the file is empty' });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint32(0, true) !== GLB_MAGIC)
    return { json: parseJson(file, bytes, budget), body: undefined };

  if (bytes.length < 20)
    throw new BadSceneError({
      file,
      where: 'GLB header',
      what: `the file ends after ${bytes.length} of at least 20 bytes`,
      advice: CUT_SHORT,
    });
  const version = view.getUint32(4, true);
  if (version !== 2)
    throw new BadSceneError({
      file,
      where: 'GLB header',
      what: `container version ${version} instead of 2`,
      advice: 'Export the scene as glTF 2.0.',
    });
  const length = view.getUint32(8, true);
  if (length > bytes.length)
    throw new BadSceneError({
      file,
      where: 'GLB header',
      what: `${length} bytes are announced and ${bytes.length} are there`,
      advice: CUT_SHORT,
    });

  let json: unknown;
  let body: Uint8Array | undefined;
  let offset = 12;
  for (let chunk = 0; offset + 8 <= length; chunk++) {
    const chunkLength = view.getUint32(offset, true);
    const chunkType = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (start + chunkLength > length)
      throw new BadSceneError({
        file,
        where: `GLB chunk ${chunk}`,
        what: `${chunkLength} bytes are announced and ${length - start} are left`,
        advice: CUT_SHORT,
      });
    const content = bytes.subarray(start, start + chunkLength);
    if (chunk === 0) {
      if (chunkType !== CHUNK_JSON)
        throw new BadSceneError({ file, where: 'GLB chunk 0', what: 'the first chunk is not JSON' });
      json = parseJson(file, content, budget);
    } else if (chunkType === CHUNK_BIN && body === undefined) body = content;
    offset = start + chunkLength;
  }
  return { json, body };
}

const [COMMA, OPEN_BRACE, OPEN_BRACKET] = [0x2c, 0x7b, 0x5b];

const CUT_SHORT = 'The file was cut short: copy or download it again.';

/**
 * Bytes that V8 takes per value of parsed JSON with its place in a list or object, the copy for the loader included.
 */
const BYTES_PER_VALUE = 80;

function parseJson(file: string, bytes: Uint8Array, budget: SceneBudget): unknown {
  if (bytes.length > SCENE_LIMITS.jsonBytes)
    throw new BadSceneError({
      file,
      where: 'JSON',
      what: `${bytes.length} bytes exceed the limit of ${SCENE_LIMITS.jsonBytes}`,
      advice: 'Split the scene.',
    });
  let values = 1;
  for (const byte of bytes) if (byte === COMMA || byte === OPEN_BRACE || byte === OPEN_BRACKET) values++;
  budget.hold({
    file,
    where: 'JSON',
    what: `the document of ${values} values`,
    bytes: 2 * bytes.length + BYTES_PER_VALUE * values,
  });
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new BadSceneError({
      file,
      where: 'JSON',
      what: `not readable as glTF (${(cause as Error).message})`,
      advice: 'The file is neither glTF JSON nor GLB, or it is damaged: export it again.',
      cause,
    });
  }
}
