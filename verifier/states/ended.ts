import type { VerifierAction } from '../LeaseView.js';

/** PAYABLE, VOID, CONVICTED, EXPIRED: nothing is left to do. */
export function decideEnded(): VerifierAction {
  return { do: 'wait' };
}
