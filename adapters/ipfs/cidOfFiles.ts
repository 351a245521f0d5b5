import { importer, type FileCandidate } from 'ipfs-unixfs-importer';
import type { CID } from 'multiformats/cid';
import { InvariantError } from '../../protocol/errors.js';
import { type Cid, parseCid } from '../../protocol/ids.js';
import { importerOptions, RUSHES_IMPORT } from './importSettings.js';

/** The CID that a file has under the settings of Rushes, computed without storing anything. */
export function cidOfFile(bytes: Uint8Array): Promise<Cid> {
  return rootCidOf([{ content: [bytes] }], false);
}

/** The CID that a directory of files has under the settings of Rushes, computed without storing anything. */
export function cidOfDirectory(files: readonly { path: string; bytes: Uint8Array }[]): Promise<Cid> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return rootCidOf(
    sorted.map(({ path, bytes }) => ({ path, content: [bytes] })),
    true,
  );
}

async function rootCidOf(files: FileCandidate[], wrapWithDirectory: boolean): Promise<Cid> {
  let root: Cid | undefined;
  const nowhere = { put: async (cid: CID): Promise<CID> => cid };
  for await (const entry of importer(files, nowhere as never, importerOptions({ ...RUSHES_IMPORT, wrapWithDirectory })))
    root = parseCid(entry.cid.toString());
  if (root === undefined)
    throw new InvariantError({ what: 'root of the added files', expected: 'a CID', actual: root });
  return root;
}
