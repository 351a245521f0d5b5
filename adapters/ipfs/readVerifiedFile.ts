import { exporter } from 'ipfs-unixfs-exporter';
import type { CID } from 'multiformats/cid';
import { MalformedError, RushesError } from '../../protocol/errors.js';
import { RAW_CODEC } from '../../protocol/ids.js';
import { onAbort } from '../onAbort.js';

const MAX_DEPTH = 64;
/** Blocks fetched at once. */
const PARALLEL_FETCHES = 16;

/** Gives verified blocks; see fetchVerified. */
export type FetchBlock = (cid: CID, signal: AbortSignal) => Promise<Uint8Array>;

/** A file is larger than the caller takes. */
export class FileTooLargeError extends RushesError {
  constructor(options: { cid: string; byteLength: number; maxBytes: number }) {
    super({
      code: 'file-too-large',
      message: `the file ${options.cid} has ${options.byteLength} bytes, more than the ${options.maxBytes} taken here`,
      facts: options,
    });
  }
}

/** A part of the file whose subtree is still to be read. */
interface Span {
  cid: CID;
  offset: number;
  /** Bytes below this node, as its parent states; undefined for the root, whose size is its own statement. */
  size: number | undefined;
  depth: number;
}

/**
 * Reads a whole UnixFS file from verified blocks, sixteen at a time, in whatever order they come. Sizes stated in inner
 * nodes are held to: a tree that contradicts itself, is deeper than 64, or is larger than `maxBytes` fails before it
 * costs anything.
 */
export async function readVerifiedFile(options: {
  cid: CID;
  maxBytes: number;
  fetchBlock: FetchBlock;
  signal: AbortSignal;
}): Promise<Uint8Array> {
  const root = await readNode(options.cid, options.fetchBlock, options.signal);
  if (root.size > options.maxBytes)
    throw new FileTooLargeError({ cid: options.cid.toString(), byteLength: root.size, maxBytes: options.maxBytes });
  if (root.children.length === 0) return root.data;
  const file = new Uint8Array(root.size);
  file.set(root.data, 0);
  const open: Span[] = spansOf(options.cid, root, 0, 0);

  const stop = new AbortController();
  const stopWaiting = onAbort(options.signal, () => stop.abort(options.signal.reason));
  let running = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const pump = (): void => {
        if (open.length === 0 && running === 0) return resolve();
        while (running < PARALLEL_FETCHES && open.length > 0) {
          const span = open.pop() as Span;
          running++;
          readSpan(span, file, open, options.fetchBlock, stop.signal).then(() => {
            running--;
            pump();
          }, reject);
        }
      };
      pump();
    });
  } finally {
    stop.abort();
    stopWaiting();
  }
  return file;
}

async function readSpan(
  span: Span,
  file: Uint8Array,
  open: Span[],
  fetchBlock: FetchBlock,
  signal: AbortSignal,
): Promise<void> {
  if (span.depth > MAX_DEPTH) throw malformed(span.cid, `its tree is deeper than ${MAX_DEPTH}`);
  const node = await readNode(span.cid, fetchBlock, signal);
  if (node.size !== span.size)
    throw malformed(span.cid, `it has ${node.size} bytes where its parent says ${span.size ?? 'nothing'}`);
  file.set(node.data, span.offset);
  open.push(...spansOf(span.cid, node, span.offset, span.depth));
}

interface FileNode {
  /** Bytes of the whole subtree. */
  size: number;
  /** Bytes that stand in this node itself, before those of its children. */
  data: Uint8Array;
  children: { cid: CID; size: number }[];
}

async function readNode(cid: CID, fetchBlock: FetchBlock, signal: AbortSignal): Promise<FileNode> {
  if (cid.code === RAW_CODEC) {
    const data = await fetchBlock(cid, signal);
    return { size: data.length, data, children: [] };
  }
  const entry = await exporter(cid, {
    async *get(wanted) {
      yield await fetchBlock(wanted as CID, signal);
    },
  }).catch((error: unknown) => {
    if (error instanceof RushesError || signal.aborted) throw error;
    throw malformed(cid, error instanceof Error ? error.message : String(error));
  });
  if (entry.type === 'directory') throw malformed(cid, 'it is a directory, not a file');
  if (entry.type !== 'file') throw malformed(cid, `it is an ${entry.type} node, not a file`);
  const { unixfs, node } = entry;
  if (node.Links.length !== unixfs.blockSizes.length)
    throw malformed(cid, 'it states sizes for another number of children than it has');
  const data = unixfs.data ?? new Uint8Array(0);
  const children = node.Links.map((link, index) => ({ cid: link.Hash as CID, size: Number(unixfs.blockSizes[index]) }));
  return { size: data.length + children.reduce((sum, child) => sum + child.size, 0), data, children };
}

/** Children that hold something; empty ones would let a small tree cost many fetches. */
function spansOf(cid: CID, node: FileNode, offset: number, depth: number): Span[] {
  const spans: Span[] = [];
  let position = offset + node.data.length;
  for (const child of node.children) {
    if (!Number.isSafeInteger(child.size)) throw malformed(cid, 'a stated size is no integer');
    if (child.size > 0) spans.push({ cid: child.cid, offset: position, size: child.size, depth: depth + 1 });
    position += child.size;
  }
  return spans.reverse();
}

function malformed(cid: CID, reason: string): MalformedError {
  return new MalformedError({ what: `the file ${cid.toString()}`, reason });
}
