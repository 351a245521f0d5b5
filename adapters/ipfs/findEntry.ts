import { exporter, type ReadableStorage, type UnixFSEntry } from 'ipfs-unixfs-exporter';
import { BadInputError } from '../../protocol/errors.js';

/**
 * What a path names, step by step from the CID at its head. Throws BadInputError for a step below what is no directory:
 * the exporter alone takes FILE/anything for FILE.
 */
export async function findEntry(path: string, blocks: ReadableStorage): Promise<UnixFSEntry> {
  const [root = '', ...steps] = path.split('/').filter((step) => step !== '');
  let entry = await exporter(root, blocks);
  for (const step of steps) {
    if (entry.type !== 'directory')
      throw new BadInputError({ message: `no link named ${JSON.stringify(step)} under ${entry.cid.toString()}` });
    entry = await exporter(`${entry.cid.toString()}/${step}`, blocks);
  }
  return entry;
}
