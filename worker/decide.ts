import type { LeaseState } from '../protocol/ledger.js';
import type { LeaseView, WorkerAction } from './LeaseView.js';

/** One line of the table: in this state, when this holds, then do that. */
interface Line<State extends LeaseState> {
  when: (view: LeaseView<State>) => boolean;
  do: (view: LeaseView<State>) => WorkerAction;
}

const wait = (): WorkerAction => ({ do: 'wait' });
const expire = (): WorkerAction => ({ do: 'expire' });
const voidConvicted = (): WorkerAction => ({ do: 'voidConvicted' });
const always = (): boolean => true;
const isForfeit = (view: { forfeit: boolean }): boolean => view.forfeit;

/**
 * The worker's whole behaviour towards its own leases: per state the first line that holds, or nothing. The contract
 * moves the lease; each decision is a pure function of the ledger and the time, so a worker that starts anew decides as
 * the one before it would have.
 *
 * TAKEN -> (renderAndCommit) COMMITTED -> (verifiers seal) SEALED -> (open) OPENED -> (verifiers reveal) PAYABLE | VOID
 * | CONVICTED; COMMITTED -> (settleUndrawn) PAYABLE.
 */
const TABLE: { [State in LeaseState]: readonly Line<State>[] } = {
  TAKEN: [
    { when: isForfeit, do: voidConvicted },
    // Given back by the worker as well as by anyone.
    { when: ({ lease, now }) => now.seconds > lease.deadlineSeconds, do: expire },
    { when: always, do: ({ lease }) => ({ do: 'renderAndCommit', lease }) },
  ],
  COMMITTED: [
    { when: isForfeit, do: voidConvicted },
    // Seals that did not come are redrafted.
    { when: ({ lease, now }) => now.seconds > lease.sealDeadlineSeconds, do: expire },
    // The worker itself brings the header where nothing may be drawn, and is paid at once.
    { when: mayBeUndrawn, do: ({ lease }) => ({ do: 'settleUndrawn', lease }) },
  ],
  SEALED: [
    { when: isForfeit, do: voidConvicted },
    // Too late is lost: anyone may convict, and the worker does not help.
    { when: ({ lease, now }) => now.seconds > lease.openDeadlineSeconds, do: wait },
    // Every verifier is bound to its values.
    { when: always, do: ({ lease }) => ({ do: 'open', lease }) },
  ],
  OPENED: [
    { when: isForfeit, do: voidConvicted },
    { when: (view) => demandOf(view) !== undefined, do: (view) => demandOf(view) ?? wait() },
    // Verifiers that stay silent are reported.
    { when: ({ lease, now }) => now.seconds > lease.revealDeadlineSeconds, do: expire },
  ],
  PAYABLE: [],
  VOID: [],
  CONVICTED: [],
  EXPIRED: [],
};

/** What to do next about a lease. */
export function decide(view: LeaseView): WorkerAction {
  return firstOf(view.lease.state, view);
}

function firstOf<State extends LeaseState>(state: State, view: LeaseView<State>): WorkerAction {
  const lines: readonly Line<State>[] = TABLE[state];
  return lines.find((line) => line.when(view))?.do(view) ?? wait();
}

/** Once its block is there, the draw may show that nothing was drawn; or it is on chain and shows it. */
function mayBeUndrawn({ lease, now, policy, knownDrawn }: LeaseView<'COMMITTED'>): boolean {
  const { draw, drawBlock } = lease.commitment;
  return draw === undefined ? policy.shift > 0 && !knownDrawn && now.blockNumber >= drawBlock : draw.drawnMask === 0n;
}

/** The first leaf that a verifier demanded on chain and that can still be shown in time. */
function demandOf({ lease, now }: LeaseView<'OPENED'>): WorkerAction | undefined {
  for (const { verifier, demand } of lease.commitment.audits)
    if (demand !== undefined && !demand.answered && now.seconds <= demand.answerDeadlineSeconds)
      return { do: 'answer', lease, verifier, chunkIndex: demand.chunkIndex, leafIndex: demand.leafIndex };
  return undefined;
}
