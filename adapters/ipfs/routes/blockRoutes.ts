import { CID } from 'multiformats/cid';
import { create as createDigest } from 'multiformats/hashes/digest';
import { BadInputError, RushesError } from '../../../protocol/errors.js';
import { RAW_CODEC } from '../../../protocol/ids.js';
import { sha256 } from '../../../protocol/sha256.js';
import { readOnePart } from '../addFiles.js';
import { MAX_BLOCK_BYTES } from '../importSettings.js';
import { requireWholeDag } from '../walkDag.js';
import { cidOf } from './queryArguments.js';
import type { Routes } from './EndpointCall.js';

const DAG_PB_CODEC = 0x70;
const SHA2_256 = 0x12;

/** Single blocks, whatever is in them. */
export const blockRoutes: Routes = {
  'block/put': async ({ query, request, blocks, pins }) => {
    const bytes = await readOnePart(request, MAX_BLOCK_BYTES);
    const cid = blockCidOf(query, bytes);
    const hold = blocks.holds.hold();
    try {
      await hold.take(cid);
      await blocks.put(cid, bytes);
      if (query.get('pin') === 'true') {
        await requireWholeDag(cid, blocks, hold);
        await pins.add([cid.toString()]);
      }
    } finally {
      hold.release();
    }
    return { Key: cid.toString(), Size: bytes.length };
  },

  'block/get': async ({ query, response, blocks }) => {
    const cid = cidOf(query);
    const bytes = await blocks.read(cid);
    if (bytes === undefined) throw notFound(cid);
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': bytes.length });
    response.end(bytes);
  },

  'block/stat': async ({ query, blocks }) => {
    const cid = cidOf(query);
    const size = await blocks.sizeOf(cid);
    if (size === undefined) throw notFound(cid);
    return { Key: cid.toString(), Size: size };
  },
};

function blockCidOf(query: URLSearchParams, bytes: Uint8Array): CID {
  const hash = query.get('mhtype');
  if (hash !== null && hash !== 'sha2-256')
    throw new BadInputError({ message: `block/put supports only mhtype=sha2-256, not ${hash}` });
  const codec = query.get('cid-codec') ?? query.get('format') ?? 'raw';
  if (codec !== 'raw' && codec !== 'dag-pb')
    throw new BadInputError({ message: `block/put supports the codecs raw and dag-pb, not ${codec}` });
  return CID.createV1(codec === 'raw' ? RAW_CODEC : DAG_PB_CODEC, createDigest(SHA2_256, sha256(bytes)));
}

function notFound(cid: CID): RushesError {
  return new RushesError({
    code: 'block-not-found',
    message: `block was not found locally (offline): ipld: could not find ${cid.toString()}`,
    facts: { cid: cid.toString() },
  });
}
