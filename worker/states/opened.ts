import type { LeaseView, WorkerAction } from '../LeaseView.js';

/**
 * OPENED: answer what verifiers demand on chain, and wait for their reveals; verifiers that stay silent are reported
 * after the deadline.
 */
export function decideOpened(view: LeaseView<'OPENED'>): WorkerAction {
  const { lease, now } = view;
  if (view.forfeit) return { do: 'voidConvicted' };
  const asking = lease.commitment.audits.find(
    ({ demand }) => demand !== undefined && !demand.answered && now.seconds <= demand.answerDeadline,
  );
  if (asking?.demand !== undefined)
    return {
      do: 'answer',
      verifier: asking.verifier,
      chunkIndex: asking.demand.chunkIndex,
      leafIndex: asking.demand.leafIndex,
    };
  return now.seconds > lease.revealDeadline ? { do: 'expire' } : { do: 'wait' };
}
