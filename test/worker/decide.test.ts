import assert from 'node:assert/strict';
import type { LedgerLease } from '../../protocol/ledger.js';
import { decide } from '../../worker/decide.js';
import type { LeaseView } from '../../worker/LeaseView.js';
import {
  DEADLINE_SECONDS,
  DRAWN,
  POLICY,
  LEASE_STATES,
  VERIFIERS,
  audit,
  bytes32,
  commitment,
  lease,
} from '../support/leaseFixtures.js';

const SEAL = bytes32('99');
const demanded = {
  chunkIndex: 1,
  leafIndex: 5,
  answerDeadlineSeconds: DEADLINE_SECONDS - 10,
  answered: false,
  present: false,
  answerTransaction: undefined,
};

function view(of: LedgerLease, more: Partial<LeaseView> = {}): LeaseView {
  return {
    lease: of,
    policy: POLICY,
    now: { blockNumber: 60, seconds: DEADLINE_SECONDS - 50 },
    forfeit: false,
    knownDrawn: false,
    ...more,
  };
}
const late = { now: { blockNumber: 90, seconds: DEADLINE_SECONDS + 1 } };
const shifted = { policy: { ...POLICY, shift: 2 } };

const cases: [string, LeaseView, string][] = [
  ['TAKEN renders and commits', view(lease('TAKEN')), 'renderAndCommit'],
  [
    'TAKEN at its deadline still commits',
    view(lease('TAKEN'), { now: { blockNumber: 1, seconds: DEADLINE_SECONDS } }),
    'renderAndCommit',
  ],
  ['TAKEN after its deadline gives the chunks back', view(lease('TAKEN'), late), 'expire'],
  ['TAKEN of a convicted worker is voided', view(lease('TAKEN'), { forfeit: true }), 'voidConvicted'],
  ['COMMITTED waits for the seals', view(lease('COMMITTED')), 'wait'],
  ['COMMITTED is not settled where everything is drawn', view(lease('COMMITTED')), 'wait'],
  [
    'COMMITTED with a shift waits for the block of the draw',
    view(lease('COMMITTED'), { ...shifted, now: { blockNumber: 51, seconds: 950 } }),
    'wait',
  ],
  ['COMMITTED with a shift is settled once the block is there', view(lease('COMMITTED'), shifted), 'settleUndrawn'],
  [
    'COMMITTED with a shift and known to be drawn waits',
    view(lease('COMMITTED'), { ...shifted, knownDrawn: true }),
    'wait',
  ],
  ['COMMITTED and drawn on chain waits', view(lease('COMMITTED', commitment({ draw: DRAWN })), shifted), 'wait'],
  [
    'COMMITTED and drawn empty on chain is settled',
    view(lease('COMMITTED', commitment({ draw: { ...DRAWN, drawnMask: 0n, verifiers: [] } })), shifted),
    'settleUndrawn',
  ],
  ['COMMITTED after its deadline is redrafted', view(lease('COMMITTED'), late), 'expire'],
  ['COMMITTED of a convicted worker is voided', view(lease('COMMITTED'), { forfeit: true }), 'voidConvicted'],
  ['SEALED opens', view(lease('SEALED')), 'open'],
  ['SEALED after its deadline is lost', view(lease('SEALED'), late), 'wait'],
  ['SEALED of a convicted worker is voided', view(lease('SEALED'), { forfeit: true }), 'voidConvicted'],
  ['OPENED waits for the reveals', view(lease('OPENED')), 'wait'],
  [
    'OPENED answers a demanded leaf',
    view(lease('OPENED', commitment({ audits: [audit(VERIFIERS[0], { sealHash: SEAL, demand: demanded })] }))),
    'answer',
  ],
  [
    'OPENED does not answer twice',
    view(lease('OPENED', commitment({ audits: [audit(VERIFIERS[0], { demand: { ...demanded, answered: true } })] }))),
    'wait',
  ],
  [
    'OPENED does not answer too late',
    view(lease('OPENED', commitment({ audits: [audit(VERIFIERS[0], { demand: demanded })] })), {
      now: { blockNumber: 60, seconds: DEADLINE_SECONDS - 9 },
    }),
    'wait',
  ],
  ['OPENED after its deadline reports the silent', view(lease('OPENED'), late), 'expire'],
  ['OPENED of a convicted worker is voided', view(lease('OPENED'), { forfeit: true }), 'voidConvicted'],
  ['PAYABLE waits', view(lease('PAYABLE')), 'wait'],
  ['VOID waits', view(lease('VOID')), 'wait'],
  ['CONVICTED waits', view(lease('CONVICTED')), 'wait'],
  ['EXPIRED waits', view(lease('EXPIRED')), 'wait'],
];

describe('what a worker does about a lease', () => {
  it('has a case for every state', () => {
    assert.deepEqual(new Set(cases.map(([, of]) => of.lease.state)), new Set(LEASE_STATES));
  });

  for (const [what, of, expected] of cases) it(what, () => assert.equal(decide(of).do, expected));

  it('answers with the verifier, chunk and leaf that were asked for', () => {
    const asked = lease('OPENED', commitment({ audits: [audit(VERIFIERS[1], { sealHash: SEAL, demand: demanded })] }));
    const action = decide(view(asked));
    assert.deepEqual(action, { do: 'answer', lease: asked, verifier: VERIFIERS[1], chunkIndex: 1, leafIndex: 5 });
  });
});
