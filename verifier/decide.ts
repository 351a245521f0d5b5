import type { LeaseState, LedgerAudit } from '../protocol/ledger.js';
import { DELAY_SPREAD_SECONDS, type KnownDraw, type LeaseView, type VerifierAction } from './LeaseView.js';

/** One line of the table: in this state, when this holds, then do that. */
interface Line<State extends LeaseState> {
  when: (view: LeaseView<State>) => boolean;
  do: (view: LeaseView<State>) => VerifierAction;
}

const wait = (): VerifierAction => ({ do: 'wait' });
const expire = (): VerifierAction => ({ do: 'expire' });
const isForfeit = (view: { forfeit: boolean }): boolean => view.forfeit;

/**
 * Whether this is the verifier's second, of every four, to do what anyone may do and what has no deadline to count a
 * delay from.
 */
const isTurn = ({ now, delaySeconds }: Pick<LeaseView, 'now' | 'delaySeconds'>): boolean =>
  now.seconds % DELAY_SPREAD_SECONDS === delaySeconds % DELAY_SPREAD_SECONDS;
/** What anyone may do after a deadline, each verifier a moment after another. */
const isOver = ({ now, delaySeconds }: Pick<LeaseView, 'now' | 'delaySeconds'>, deadlineSeconds: number): boolean =>
  now.seconds > deadlineSeconds + delaySeconds;
const voidConvictedInTurn = (view: Pick<LeaseView, 'now' | 'delaySeconds'>): VerifierAction =>
  isTurn(view) ? { do: 'voidConvicted' } : wait();

/**
 * The verifier's whole behaviour towards anybody's lease: per state the first line that holds, or nothing. The contract
 * moves the lease; each decision is a pure function of the ledger, the draw and the time, so a verifier that starts anew
 * decides as the one before it would have.
 *
 * COMMITTED -> (readDraw, then seal) SEALED -> (worker opens) OPENED -> (reveal) PAYABLE | VOID | CONVICTED
 * COMMITTED -> (settleUndrawn) PAYABLE.
 */
const TABLE: { [State in LeaseState]: readonly Line<State>[] } = {
  TAKEN: [
    { when: isForfeit, do: voidConvictedInTurn },
    // Chunks of a worker that is gone are freed.
    { when: (view) => isOver(view, view.lease.deadlineSeconds), do: expire },
  ],
  COMMITTED: [
    { when: isForfeit, do: voidConvictedInTurn },
    // Seals that did not come in time are redrafted, the second time the lease is voided.
    { when: (view) => isOver(view, view.lease.sealDeadlineSeconds), do: expire },
    { when: ({ lease, now }) => now.seconds > lease.sealDeadlineSeconds, do: wait },
    { when: (view) => ownSeal(view) !== undefined, do: wait },
    { when: isDrawToRead, do: ({ lease }) => ({ do: 'readDraw', lease }) },
    // Anyone may settle what nothing was drawn of: the others are left a moment.
    {
      when: (view) => drawOf(view)?.drawnMask === 0n,
      do: (view) => (hasWaited(view) ? { do: 'settleUndrawn' } : wait()),
    },
    { when: maySeal, do: seal },
  ],
  SEALED: [
    { when: isForfeit, do: voidConvictedInTurn },
    // The worker opens, or is convicted for not opening.
    { when: (view) => isOver(view, view.lease.openDeadlineSeconds), do: expire },
  ],
  OPENED: [
    { when: isForfeit, do: voidConvictedInTurn },
    // A leaf demanded on chain and not shown in time convicts.
    {
      when: (view) => pendingDemands(view).some(({ answerDeadlineSeconds }) => isOver(view, answerDeadlineSeconds)),
      do: expire,
    },
    { when: mayReveal, do: ({ lease }) => ({ do: 'reveal', lease }) },
    // Verifiers that stay silent are reported.
    { when: (view) => isOver(view, view.lease.revealDeadlineSeconds), do: expire },
  ],
  PAYABLE: [],
  VOID: [],
  CONVICTED: [],
  EXPIRED: [],
};

/** What to do next about a lease. */
export function decide(view: LeaseView): VerifierAction {
  return firstOf(view.lease.state, view);
}

function firstOf<State extends LeaseState>(state: State, view: LeaseView<State>): VerifierAction {
  const lines: readonly Line<State>[] = TABLE[state];
  return lines.find((line) => line.when(view))?.do(view) ?? wait();
}

/** The draw, from the chain or as this verifier read it itself. */
function drawOf({ lease, knownDraw }: LeaseView<'COMMITTED'>): Omit<KnownDraw, 'header'> | undefined {
  return lease.commitment.draw ?? knownDraw;
}

function isDrawToRead(view: LeaseView<'COMMITTED'>): boolean {
  return drawOf(view) === undefined && view.now.blockNumber >= view.lease.commitment.drawBlock;
}

/** Whether what anyone may do about a commitment has waited for this verifier's moment. */
function hasWaited({ lease, now, policy, delaySeconds }: LeaseView<'COMMITTED'>): boolean {
  return now.seconds > lease.commitment.committedAtSeconds + policy.drawDelayBlocks + delaySeconds;
}

/** Whether this verifier was drawn, or may fill a place that is open. */
function maySeal(view: LeaseView<'COMMITTED'>): boolean {
  const draw = drawOf(view);
  if (draw === undefined) return false;
  if (!view.lease.commitment.redrafted && draw.verifiers.includes(view.self)) return true;
  return view.eligible && hasWaited(view) && openPlaces(view, draw) > 0;
}

function seal(view: LeaseView<'COMMITTED'>): VerifierAction {
  const draw = drawOf(view);
  return draw === undefined ? wait() : { do: 'seal', lease: view.lease, draw };
}

/**
 * Seals that verifiers who were not drawn may still bring: those that too few could be drawn for, and after a redraft
 * all that are missing.
 */
function openPlaces({ lease, policy }: LeaseView<'COMMITTED'>, draw: Omit<KnownDraw, 'header'>): number {
  const { redrafted, audits } = lease.commitment;
  const sealed = audits.filter((audit) => audit.sealHash !== undefined).map(({ verifier }) => verifier);
  const reserved = redrafted ? [] : draw.verifiers.filter((verifier) => !sealed.includes(verifier));
  return policy.verifierCount - sealed.length - reserved.length;
}

/** This verifier's audit, once it sealed. */
function ownSeal(view: LeaseView<'COMMITTED'> | LeaseView<'OPENED'>): LedgerAudit | undefined {
  const { lease, self } = view;
  return lease.commitment.audits.find((audit) => audit.verifier === self && audit.sealHash !== undefined);
}

function pendingDemands({ lease }: LeaseView<'OPENED'>): { verifier: string; answerDeadlineSeconds: number }[] {
  return lease.commitment.audits.flatMap(({ verifier, demand }) =>
    demand !== undefined && !demand.answered ? [{ verifier, answerDeadlineSeconds: demand.answerDeadlineSeconds }] : [],
  );
}

/** It sealed, has not revealed, and waits for no answer to a demand of its own. */
function mayReveal(view: LeaseView<'OPENED'>): boolean {
  const mine = ownSeal(view);
  return (
    mine !== undefined &&
    mine.reveal === undefined &&
    !pendingDemands(view).some(({ verifier }) => verifier === view.self) &&
    view.now.seconds <= view.lease.revealDeadlineSeconds
  );
}
