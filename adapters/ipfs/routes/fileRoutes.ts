import { once } from 'node:events';
import { exporter } from 'ipfs-unixfs-exporter';
import { BadInputError } from '../../../protocol/errors.js';
import { findEntry } from '../findEntry.js';
import { addFiles } from '../addFiles.js';
import { parseImportSettings } from '../importSettings.js';
import { sendLines } from '../sendAnswer.js';
import { countOf, ipfsPathOf } from './queryArguments.js';
import type { Routes } from './EndpointCall.js';

/** Files are read in windows of this many bytes: the exporter reads ahead as far as it is let. */
const WINDOW_BYTES = 8 << 20;

/** Files and directories: UnixFS over blocks. */
export const fileRoutes: Routes = {
  add: async ({ query, request, response, blocks, pins, limits }) => {
    const hold = blocks.holds.hold();
    try {
      const entries = await addFiles(request, {
        blocks,
        hold,
        settings: parseImportSettings(query),
        maxParts: limits.maxParts,
      });
      // With several roots (files added without a directory around them) each is pinned, as in Kubo.
      if (query.get('pin') !== 'false') await pins.add(rootsOf(entries, query.get('wrap-with-directory') === 'true'));
      sendLines(response, entries);
    } finally {
      hold.release();
    }
  },

  cat: async ({ query, response, blocks }) => {
    const entry = await findEntry(ipfsPathOf(query), blocks);
    if (entry.type !== 'file' && entry.type !== 'raw')
      throw new BadInputError({ message: 'this dag node is a directory' });
    const size = Number(entry.size);
    const begin = Math.min(countOf(query, 'offset') ?? 0, size);
    const end = Math.min(begin + (countOf(query, 'length') ?? size), size);
    response.writeHead(200, {
      'content-type': 'text/plain',
      'x-stream-output': '1',
      'x-content-length': String(end - begin),
    });
    for (let offset = begin; offset < end; offset += WINDOW_BYTES) {
      for await (const piece of entry.content({
        offset,
        length: Math.min(WINDOW_BYTES, end - offset),
        blockReadConcurrency: 4,
      })) {
        if (response.destroyed) return;
        if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
      }
    }
    response.end();
  },

  ls: async ({ query, response, blocks }) => {
    const path = ipfsPathOf(query);
    const entry = await findEntry(path, blocks);
    const links: unknown[] = [];
    if (entry.type === 'directory') {
      for await (const child of entry.entries()) {
        const target = await exporter(child.cid, blocks);
        links.push({
          Name: child.name,
          Hash: child.cid.toString(),
          Size: target.type === 'directory' ? 0 : Number(target.size),
          Type: target.type === 'directory' ? 1 : 2,
          Target: '',
        });
      }
    }
    sendLines(response, [{ Objects: [{ Hash: entry.cid.toString(), Links: links }] }]);
  },
};

/** Entries that lie in no other entry of the same request. */
function rootsOf(entries: { Name: string; Hash: string }[], wrapped: boolean): string[] {
  if (wrapped) return entries.slice(-1).map((entry) => entry.Hash);
  return [...new Set(entries.filter((entry) => !entry.Name.includes('/')).map((entry) => entry.Hash))];
}
