import { admitFile, mostBytesOfFile } from './admitFile.js';
import { BadSceneError } from './BadSceneError.js';
import { checkDocument } from './checkDocument.js';
import type { GltfDocument } from './GltfDocument.js';
import { readContainer } from './readContainer.js';
import { bytesOfDataUri, isDataUri, resolveScenePath } from './resolveScenePath.js';
import type { ReadSceneFile, SceneSource } from './SceneSource.js';
import { SCENE_LIMITS } from './SCENE_LIMITS.js';
import { SceneBudget } from './SceneBudget.js';

/**
 * Reads the entry file and every file it names. A file that is not there is recorded in `missing` and reading goes on,
 * so that all of them are named at once. Throws BadSceneError when the entry is missing or anything is corrupt or too
 * large.
 * @param budget what the files and the parsed document count against.
 */
export async function readSceneSource(options: {
  entry: string;
  read: ReadSceneFile;
  budget?: SceneBudget | undefined;
  signal?: AbortSignal | undefined;
}): Promise<SceneSource> {
  const { entry, signal, budget = new SceneBudget() } = options;
  const reader = new FileReader({ readFile: options.read, entry, signal, budget });
  const bytes = await reader.read(entry);
  if (bytes === undefined)
    throw new BadSceneError({
      file: entry,
      what: 'there is no such file',
      advice: 'Name a .glb or .gltf file that exists.',
    });
  const { json, body } = readContainer(entry, bytes, budget);
  const document = checkDocument(entry, json);

  const source: SceneSource = { entry, document, files: reader.files, buffers: [], images: [], missing: [] };
  for (const [i, buffer] of (document.buffers ?? []).entries()) {
    const where = `buffers[${i}]`;
    const content =
      buffer.uri === undefined
        ? i === 0
          ? body
          : undefined
        : await readUri({
            reader,
            source,
            uri: buffer.uri,
            where,
            consequence: 'the geometry and animation in it cannot be read',
          });
    // Only a .glb keeps a buffer inside itself; with a compressed mesh the buffer may be a placeholder that nobody
    // reads.
    if (content === undefined && buffer.uri === undefined && !isMeshoptPlaceholder(document, i))
      throw new BadSceneError({ file: entry, where, what: 'it has no uri and the file has no binary chunk for it' });
    if (content !== undefined && content.length < buffer.byteLength) {
      throw new BadSceneError({
        file: entry,
        where,
        what: `${buffer.byteLength} bytes are announced and ${content.length} are there${buffer.uri === undefined || isDataUri(buffer.uri) ? '' : ` in ${buffer.uri}`}`,
        advice: 'The file was cut short: copy or export it again.',
      });
    }
    source.buffers.push(content);
  }
  const needed = imagesInTextures(document);
  for (const [i, image] of (document.images ?? []).entries()) {
    const wanted = image.uri !== undefined && needed.has(i);
    source.images.push(
      wanted
        ? await readUri({
            reader,
            source,
            uri: image.uri as string,
            where: `images[${i}]`,
            consequence: 'the texture is left out',
          })
        : undefined,
    );
  }
  return source;
}

/** Reads files once each and keeps within the limits. */
class FileReader {
  readonly files: { path: string; bytes: Uint8Array }[] = [];
  private readonly byPath = new Map<string, Uint8Array | undefined>();
  private readonly options: {
    readFile: ReadSceneFile;
    entry: string;
    signal: AbortSignal | undefined;
    budget: SceneBudget;
  };

  constructor(options: FileReader['options']) {
    this.options = options;
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    if (this.byPath.has(path)) return this.byPath.get(path);
    const { readFile, entry, signal, budget } = this.options;
    signal?.throwIfAborted();
    const given = await readFile(path, mostBytesOfFile(budget));
    const bytes = admitFile({ file: entry, ...(path === entry ? {} : { where: path }), given, budget });
    this.byPath.set(path, bytes);
    if (bytes === undefined) return undefined;
    this.files.push({ path, bytes });
    if (this.files.length > SCENE_LIMITS.files)
      throw new BadSceneError({
        file: entry,
        where: path,
        what: `the scene names more than ${SCENE_LIMITS.files} files`,
        advice: 'Split the scene or reduce its textures.',
      });
    return bytes;
  }

  /** A data URI's text and its bytes, before it is decoded. */
  lendForDataUri(where: string, length: number): void {
    this.options.budget.lend({ file: this.options.entry, where, what: 'its data URI', bytes: 3 * length });
  }
}

async function readUri(options: {
  reader: FileReader;
  source: SceneSource;
  uri: string;
  where: string;
  consequence: string;
}): Promise<Uint8Array | undefined> {
  const { reader, source, uri, where, consequence } = options;
  if (isDataUri(uri)) {
    reader.lendForDataUri(where, uri.length);
    const bytes = bytesOfDataUri(uri);
    if (bytes === undefined)
      throw new BadSceneError({ file: source.entry, where, what: 'its data URI is not readable' });
    return bytes;
  }
  const path = resolveScenePath({ entry: source.entry, uri, where });
  const bytes = await reader.read(path);
  if (bytes === undefined && !source.missing.some((problem) => problem.name === path))
    source.missing.push({ name: path, where, consequence });
  return bytes;
}

/**
 * Images that some texture may read, whatever the extension that names them: an image in no texture is not part of the
 * picture.
 */
function imagesInTextures(document: GltfDocument): Set<number> {
  const images = new Set<number>();
  for (const texture of document.textures ?? []) {
    if (texture.source !== undefined) images.add(texture.source);
    for (const extension of Object.values(texture.extensions ?? {}))
      if (extension?.source !== undefined) images.add(extension.source);
  }
  return images;
}

/** Whether every view of a buffer is one that EXT_meshopt_compression or its KHR successor replaces. */
function isMeshoptPlaceholder(document: GltfDocument, buffer: number): boolean {
  return (document.bufferViews ?? []).every(
    (view) =>
      view.buffer !== buffer || Object.keys(view.extensions ?? {}).some((name) => /_meshopt_compression$/.test(name)),
  );
}
