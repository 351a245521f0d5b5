import type { ArtistSession } from '../../artist/ArtistSession.js';
import type { LocalNetwork } from '../network/bringUpNetwork.js';

/** An artist at a network, as a command holds it. */
export interface Session extends ArtistSession {
  /** The network, where it was brought up for this job and goes down with it. */
  local: LocalNetwork | undefined;
}
