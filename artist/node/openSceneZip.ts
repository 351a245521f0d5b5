import { resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { BadInputError } from '../../protocol/errors.js';
import { chooseEntry } from './chooseEntry.js';
import type { SceneFolder } from './openSceneFolder.js';
import { shorten } from './readRegularFile.js';

/** More files than any scene has: an archive is listed, and its names are held, before anything is read. */
const MOST_ENTRIES = 20_000;
const LONGEST_NAME = 1_000;
const STORED = 0;
const DEFLATED = 8;
/** The bits of a Unix mode that say what a file is, and the two kinds that are no trouble. */
const MODE_KIND = 0xf000;
const MODE_FILE = 0x8000;
const MODE_FOLDER = 0x4000;
const MADE_ON_UNIX = 3;
/** What macOS adds to an archive beside each file. */
const RESOURCE_FORKS = /^__MACOSX\//;

/**
 * Opens the scene of a zip archive; the folder that it lies in is its world. Nothing is unpacked to the disk, and a file
 * takes memory only when it is read and within what the scene may take: what the archive says of its size is a promise
 * that is held to, so that a bomb is given up at its announced size. Throws BadInputError for an archive that is damaged,
 * encrypted, of another method than deflate, or that holds a link, two files of one name or a name that leads out of it.
 */
export async function openSceneZip(scene: string): Promise<SceneFolder> {
  const path = resolve(scene);
  const entries = await withZip(path, scene, (zip) => listEntries(zip, scene));
  const entry = chooseEntry({ holder: scene, names: [...entries.keys()] });
  const root = entry.slice(0, entry.lastIndexOf('/') + 1);
  return {
    path,
    entry: entry.slice(root.length),
    async read(name, maxBytes) {
      const wanted = entries.get(`${root}${name}`);
      if (wanted === undefined) return undefined;
      if (wanted.uncompressedSize > maxBytes) return { tooLarge: true, byteLength: wanted.uncompressedSize };
      return withZip(path, scene, (zip) => readEntry(zip, wanted, scene));
    },
  };
}

/** Files by name. */
async function listEntries(zip: ZipFile, scene: string): Promise<Map<string, Entry>> {
  if (zip.entryCount > MOST_ENTRIES) throw badArchive(scene, `it holds ${zip.entryCount} files, more than any scene`);
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    const { fileName } = entry;
    if (RESOURCE_FORKS.test(fileName)) continue;
    if (fileName.length > LONGEST_NAME) throw badArchive(scene, `a name in it has ${fileName.length} characters`);
    const isFolder = fileName.endsWith('/');
    refuseIrregular(entry, isFolder, scene);
    if (isFolder) continue;
    if (entries.has(fileName)) throw badArchive(scene, `it holds ${shorten(fileName)} twice`);
    entries.set(fileName, entry);
  }
  return entries;
}

function refuseIrregular(entry: Entry, isFolder: boolean, scene: string): void {
  const name = shorten(entry.fileName);
  const mode = entry.versionMadeBy >>> 8 === MADE_ON_UNIX ? entry.externalFileAttributes >>> 16 : 0;
  const kind = mode & MODE_KIND;
  if (kind !== 0 && kind !== (isFolder ? MODE_FOLDER : MODE_FILE))
    throw badArchive(scene, `${name} in it is a link or a device, not a file`);
  if (entry.isEncrypted()) throw badArchive(scene, `${name} in it is encrypted`);
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED)
    throw badArchive(scene, `${name} in it is packed by method ${entry.compressionMethod}, not by deflate`);
}

/** The bytes of a file, whose announced size the caller has allowed. More or fewer than that are refused. */
async function readEntry(zip: ZipFile, entry: Entry, scene: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(entry.uncompressedSize);
  let at = 0;
  // The stream ends with an error as soon as it has more than announced; the check here relies on nobody.
  for await (const piece of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>) {
    if (at + piece.length > bytes.length)
      throw badArchive(scene, `${shorten(entry.fileName)} is larger than announced`);
    bytes.set(piece, at);
    at += piece.length;
  }
  if (at !== bytes.length) throw badArchive(scene, `${shorten(entry.fileName)} is smaller than announced`);
  if (crc32(bytes) !== entry.crc32) throw badArchive(scene, `${shorten(entry.fileName)} in it is damaged`);
  return bytes;
}

/** Opens the archive for one use; what goes wrong with it is a sentence about it. */
async function withZip<T>(path: string, scene: string, use: (zip: ZipFile) => Promise<T>): Promise<T> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
    return await use(zip);
  } catch (error) {
    throw error instanceof BadInputError ? error : badArchive(scene, (error as Error).message, error);
  } finally {
    zip?.close();
  }
}

function badArchive(scene: string, reason: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'bad-archive',
    message: `${shorten(scene)} cannot be used as a scene: ${reason.split('\n')[0]!.slice(0, 300)}`,
    facts: { scene: shorten(scene) },
    advice: "pack the scene's folder anew as a plain zip, or name the .gltf or .glb file itself.",
    ...(cause === undefined ? {} : { cause }),
  });
}
