import type { JobId } from '../../protocol/ids.js';

/** What the page shows; each has an address of its own, so that a reload loses nothing. */
export type Place =
  | { page: 'jobs' }
  /** `frame` is its number in the animation; undefined: the last finished one, as they finish. */
  | { page: 'job'; jobId: JobId; frame: number | undefined }
  | { page: 'network' };

/** The place of the part of an address behind #, which any server below any path leaves alone. */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?');
  const [, jobId] = /^\/jobs\/(0x[0-9a-f]{64})$/.exec(path.toLowerCase()) ?? [];
  if (jobId !== undefined) {
    const frame = new URLSearchParams(query).get('frame');
    return {
      page: 'job',
      jobId: jobId as JobId,
      frame: frame !== null && /^[0-9]{1,8}$/.test(frame) ? Number(frame) : undefined,
    };
  }
  return { page: path === '/network' ? 'network' : 'jobs' };
}

/** The address of a place, to be put behind that of the page. */
export function hashOf(place: Place): string {
  switch (place.page) {
    case 'jobs':
      return '#/';
    case 'network':
      return '#/network';
    case 'job':
      return `#/jobs/${place.jobId}${place.frame === undefined ? '' : `?frame=${place.frame}`}`;
  }
}
