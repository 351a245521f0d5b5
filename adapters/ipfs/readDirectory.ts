import { exporter, type UnixFSDirectory, type UnixFSEntry } from 'ipfs-unixfs-exporter';
import type { CID } from 'multiformats/cid';
import { MalformedError, NotRetrievableError, RushesError } from '../../protocol/errors.js';
import { RAW_CODEC } from '../../protocol/ids.js';
import { inParallel } from '../inParallel.js';

const DIRECTORY_MAX_ENTRIES = 100_000;
const DIRECTORY_MAX_DEPTH = 64;
/** Files whose size is asked for at once. */
const AT_ONCE = 16;

/** Where a directory is read from; what `fetchBlock` gives was checked against its CID. */
interface DirectorySource {
  cid: CID;
  fetchBlock: (cid: CID, signal: AbortSignal) => Promise<Uint8Array>;
  signal: AbortSignal;
}

/**
 * Lists the files of a directory and of those in it, sorted by path. Throws MalformedError for what is no directory, or
 * too deep or large a one.
 */
export async function listDirectory(source: DirectorySource): Promise<{ path: string; size: number }[]> {
  const files: { path: string; size: number }[] = [];
  const open: { cid: CID; path: string; depth: number }[] = [{ cid: source.cid, path: '', depth: 0 }];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (folder.depth > DIRECTORY_MAX_DEPTH)
      throw new MalformedError({
        what: `the directory ${source.cid.toString()}`,
        reason: `it is deeper than ${DIRECTORY_MAX_DEPTH}`,
      });
    const { path, depth } = folder;
    await inParallel(await entriesOf({ ...source, cid: folder.cid }), AT_ONCE, async (child) => {
      const childPath = path === '' ? child.name : `${path}/${child.name}`;
      const size = await sizeOfFile({ ...source, cid: child.cid });
      if (size === undefined) open.push({ cid: child.cid, path: childPath, depth: depth + 1 });
      else files.push({ path: childPath, size });
    });
    if (files.length + open.length > DIRECTORY_MAX_ENTRIES)
      throw new MalformedError({
        what: `the directory ${source.cid.toString()}`,
        reason: `it has more than ${DIRECTORY_MAX_ENTRIES} entries`,
      });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The CID of what a path names in a directory. Throws NotRetrievableError when the directory has no such path. */
export async function findInDirectory(source: DirectorySource & { path: string }): Promise<CID> {
  let at = source.cid;
  for (const step of source.path.split('/')) {
    const next = (await entriesOf({ ...source, cid: at })).find((entry) => entry.name === step);
    if (next === undefined)
      throw new NotRetrievableError({ cid: source.cid.toString(), reason: `the directory has no ${source.path}` });
    at = next.cid;
  }
  return at;
}

async function directoryAt(source: DirectorySource): Promise<UnixFSDirectory> {
  const { cid, signal } = source;
  const entry = await exported(source).catch((error: unknown) => {
    if (error instanceof RushesError || signal.aborted) throw error;
    throw new MalformedError({
      what: `the directory ${cid.toString()}`,
      reason: error instanceof Error ? error.message : String(error),
    });
  });
  if (entry.type !== 'directory')
    throw new MalformedError({ what: `the directory ${cid.toString()}`, reason: 'it is a file' });
  return entry;
}

async function entriesOf(source: DirectorySource): Promise<{ name: string; cid: CID }[]> {
  const { cid, signal } = source;
  const entries: { name: string; cid: CID }[] = [];
  for await (const entry of (await directoryAt(source)).entries({ signal })) {
    if (!isPlainName(entry.name))
      throw new MalformedError({
        what: `the directory ${cid.toString()}`,
        reason: `it names an entry ${JSON.stringify(entry.name.slice(0, 100))}`,
      });
    entries.push({ name: entry.name, cid: entry.cid as CID });
    if (entries.length > DIRECTORY_MAX_ENTRIES)
      throw new MalformedError({
        what: `the directory ${cid.toString()}`,
        reason: `it has more than ${DIRECTORY_MAX_ENTRIES} entries`,
      });
  }
  return entries;
}

/** Bytes of the file behind a CID, or undefined for a directory. */
async function sizeOfFile(source: DirectorySource): Promise<number | undefined> {
  const { cid, fetchBlock, signal } = source;
  if (cid.code === RAW_CODEC) return (await fetchBlock(cid, signal)).length;
  const entry = await exported(source);
  return entry.type === 'directory' ? undefined : Number(entry.size);
}

function exported({ cid, fetchBlock, signal }: DirectorySource): Promise<UnixFSEntry> {
  return exporter(cid, {
    async *get(wanted) {
      yield await fetchBlock(wanted as CID, signal);
    },
  });
}

export function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && name.length <= 1024 && !/[/\\\0]/.test(name);
}
