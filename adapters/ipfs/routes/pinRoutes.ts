import { BadInputError } from '../../../protocol/errors.js';
import { sendLines } from '../sendAnswer.js';
import { requireWholeDag } from '../walkDag.js';
import { cidsOf } from './queryArguments.js';
import type { Routes } from './EndpointCall.js';

/** What is kept for good. */
export const pinRoutes: Routes = {
  'pin/add': async ({ query, blocks, pins }) => {
    const cids = cidsOf(query);
    if (query.get('recursive') === 'false') throw new BadInputError({ message: 'only recursive pins are supported' });
    const hold = blocks.holds.hold();
    try {
      for (const cid of cids) await requireWholeDag(cid, blocks, hold);
      await pins.add(cids.map(String));
    } finally {
      hold.release();
    }
    return { Pins: cids.map(String) };
  },

  'pin/rm': async ({ query, pins }) => {
    const cids = cidsOf(query);
    for (const cid of cids)
      if (!(await pins.remove(cid.toString())))
        throw new BadInputError({ message: 'not pinned or pinned indirectly', facts: { cid: cid.toString() } });
    return { Pins: cids.map(String) };
  },

  'pin/ls': async ({ query, response, pins }) => {
    const wanted = query.has('arg') ? cidsOf(query).map(String) : undefined;
    for (const cid of wanted ?? [])
      if (!pins.has(cid)) throw new BadInputError({ message: `path '${cid}' is not pinned`, facts: { cid } });
    const type = query.get('type') ?? 'all';
    const found = type === 'all' || type === 'recursive' ? (wanted ?? pins.all()) : [];
    if (query.get('stream') === 'true')
      sendLines(
        response,
        found.map((cid) => ({ Cid: cid, Type: 'recursive' })),
      );
    else return { Keys: Object.fromEntries(found.map((cid) => [cid, { Type: 'recursive' }])) };
    return undefined;
  },
};
