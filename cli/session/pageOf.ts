import type { NetworkDescription } from '../../protocol/network.js';

/** The address of the page on which a network is watched; undefined where no coordinator is named. */
export function pageOf({ coordinatorUrl }: Pick<NetworkDescription, 'coordinatorUrl'>): string | undefined {
  return coordinatorUrl === undefined ? undefined : `${coordinatorUrl.replace(/\/+$/, '')}/`;
}
