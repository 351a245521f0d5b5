import assert from 'node:assert/strict';
import type { LedgerLease } from '../../protocol/ledger.js';
import { decide } from '../../verifier/decide.js';
import type { KnownDraw, LeaseView } from '../../verifier/LeaseView.js';
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

const [first, second, third] = VERIFIERS;
const SEAL = bytes32('99');
const KNOWN: KnownDraw = { ...DRAWN, header: new Uint8Array(500) };
const DELAY_SECONDS = 3;
const demanded = {
  chunkIndex: 1,
  leafIndex: 5,
  answerDeadlineSeconds: DEADLINE_SECONDS - 20,
  answered: false,
  present: false,
  answerTransaction: undefined,
};
const reveal = {
  verdict: 'pass',
  findingDigest: bytes32('03'),
  valuesHash: bytes32('04'),
  transactionHash: bytes32('05'),
} as const;

function view(of: LedgerLease, more: Partial<LeaseView> = {}): LeaseView {
  return {
    lease: of,
    policy: POLICY,
    self: first,
    now: { blockNumber: 60, seconds: DEADLINE_SECONDS - 50 },
    forfeit: false,
    eligible: true,
    knownDraw: undefined,
    delaySeconds: DELAY_SECONDS,
    ...more,
  };
}
const at = (seconds: number, blockNumber = 60): Partial<LeaseView> => ({ now: { blockNumber, seconds } });
const overdue = at(DEADLINE_SECONDS + 1);
const delayed = at(DEADLINE_SECONDS + DELAY_SECONDS + 1);
const onChain = (audits = DRAWN.verifiers.map((verifier) => audit(verifier)), more = {}): LedgerLease =>
  lease('COMMITTED', commitment({ draw: DRAWN, audits, ...more }));
const sealedBy = (...verifiers: (typeof VERIFIERS)[number][]): ReturnType<typeof audit>[] =>
  verifiers.map((verifier) => audit(verifier, { sealHash: SEAL }));

const cases: [string, LeaseView, string][] = [
  ['TAKEN waits', view(lease('TAKEN')), 'wait'],
  ['TAKEN just over its deadline leaves the others a moment', view(lease('TAKEN'), overdue), 'wait'],
  ['TAKEN over its deadline is expired', view(lease('TAKEN'), delayed), 'expire'],
  [
    'TAKEN of a convicted worker is voided in its turn',
    view(lease('TAKEN'), { forfeit: true, ...at(400 + DELAY_SECONDS) }),
    'voidConvicted',
  ],
  [
    'TAKEN of a convicted worker waits for its turn',
    view(lease('TAKEN'), { forfeit: true, ...at(401 + DELAY_SECONDS) }),
    'wait',
  ],

  ['COMMITTED waits for the block of the draw', view(lease('COMMITTED'), at(903, 51)), 'wait'],
  ['COMMITTED reads the draw once its block is there', view(lease('COMMITTED'), at(903, 52)), 'readDraw'],
  ['COMMITTED and drawn by its own reading seals', view(lease('COMMITTED'), { knownDraw: KNOWN }), 'seal'],
  ['COMMITTED and drawn on chain seals', view(onChain()), 'seal'],
  ['COMMITTED and not drawn waits', view(onChain(), { self: third }), 'wait'],
  [
    'COMMITTED and not drawn by its own reading waits',
    view(lease('COMMITTED'), { self: third, knownDraw: KNOWN }),
    'wait',
  ],
  ['COMMITTED and sealed waits for the others', view(onChain([...sealedBy(first), audit(second)])), 'wait'],
  [
    'COMMITTED with too few drawn leaves the place to others for a moment',
    view(lease('COMMITTED', commitment({ draw: { ...DRAWN, verifiers: [second] }, audits: [audit(second)] })), at(903)),
    'wait',
  ],
  [
    'COMMITTED with too few drawn takes an open place',
    view(lease('COMMITTED', commitment({ draw: { ...DRAWN, verifiers: [second] }, audits: [audit(second)] }))),
    'seal',
  ],
  [
    'COMMITTED with too few drawn is not for those who are not eligible',
    view(lease('COMMITTED', commitment({ draw: { ...DRAWN, verifiers: [second] }, audits: [audit(second)] })), {
      eligible: false,
    }),
    'wait',
  ],
  [
    'COMMITTED whose open place was filled waits',
    view(
      lease(
        'COMMITTED',
        commitment({ draw: { ...DRAWN, verifiers: [second] }, audits: [audit(second), ...sealedBy(third)] }),
      ),
    ),
    'wait',
  ],
  ['COMMITTED and redrafted is open to all', view(onChain([], { redrafted: true }), { self: third }), 'seal'],
  [
    'COMMITTED and redrafted with one seal has one place left',
    view(onChain(sealedBy(second), { redrafted: true }), { self: third }),
    'seal',
  ],
  [
    'COMMITTED and redrafted before anybody read the draw reads it',
    view(lease('COMMITTED', commitment({ redrafted: true }))),
    'readDraw',
  ],
  [
    'COMMITTED with nothing drawn leaves the worker a moment',
    view(lease('COMMITTED'), { knownDraw: { ...KNOWN, drawnMask: 0n, verifiers: [] }, ...at(903) }),
    'wait',
  ],
  [
    'COMMITTED with nothing drawn is settled',
    view(lease('COMMITTED'), { knownDraw: { ...KNOWN, drawnMask: 0n, verifiers: [] } }),
    'settleUndrawn',
  ],
  ['COMMITTED just over its deadline waits', view(onChain(), overdue), 'wait'],
  ['COMMITTED over its deadline is expired', view(onChain(), delayed), 'expire'],

  ['SEALED waits for the worker', view(lease('SEALED', commitment({ audits: sealedBy(first, second) }))), 'wait'],
  ['SEALED and not opened convicts, after a moment', view(lease('SEALED'), delayed), 'expire'],
  [
    'SEALED of a convicted worker is voided in its turn',
    view(lease('SEALED'), { forfeit: true, ...at(400 + DELAY_SECONDS) }),
    'voidConvicted',
  ],

  [
    'OPENED and sealed by itself reveals',
    view(lease('OPENED', commitment({ draw: DRAWN, audits: sealedBy(first, second) }))),
    'reveal',
  ],
  [
    'OPENED and sealed by others waits',
    view(lease('OPENED', commitment({ draw: DRAWN, audits: sealedBy(second, third) }))),
    'wait',
  ],
  [
    'OPENED and revealed waits for the others',
    view(lease('OPENED', commitment({ audits: [audit(first, { sealHash: SEAL, reveal }), ...sealedBy(second)] }))),
    'wait',
  ],
  [
    'OPENED with its own demand pending waits for the answer',
    view(lease('OPENED', commitment({ audits: [audit(first, { sealHash: SEAL, demand: demanded })] }))),
    'wait',
  ],
  [
    'OPENED with its own demand answered reveals',
    view(
      lease(
        'OPENED',
        commitment({
          audits: [audit(first, { sealHash: SEAL, demand: { ...demanded, answered: true, present: true } })],
        }),
      ),
    ),
    'reveal',
  ],
  [
    "OPENED with another's demand pending reveals",
    view(
      lease(
        'OPENED',
        commitment({ audits: [audit(first, { sealHash: SEAL }), audit(second, { sealHash: SEAL, demand: demanded })] }),
      ),
    ),
    'reveal',
  ],
  [
    'OPENED with a demand overdue convicts',
    view(
      lease('OPENED', commitment({ audits: [audit(second, { sealHash: SEAL, demand: demanded })] })),
      at(DEADLINE_SECONDS - 20 + DELAY_SECONDS + 1),
    ),
    'expire',
  ],
  [
    'OPENED over its deadline does not reveal',
    view(lease('OPENED', commitment({ audits: sealedBy(first, second) })), overdue),
    'wait',
  ],
  [
    'OPENED over its deadline reports the silent',
    view(lease('OPENED', commitment({ audits: sealedBy(second, third) })), delayed),
    'expire',
  ],

  ['PAYABLE waits', view(lease('PAYABLE')), 'wait'],
  ['VOID waits', view(lease('VOID')), 'wait'],
  ['CONVICTED waits', view(lease('CONVICTED')), 'wait'],
  ['EXPIRED waits', view(lease('EXPIRED')), 'wait'],
];

describe('what a verifier does about a lease', () => {
  it('has a case for every state', () => {
    assert.deepEqual(new Set(cases.map(([, of]) => of.lease.state)), new Set(LEASE_STATES));
  });

  for (const [what, of, expected] of cases) it(what, () => assert.equal(decide(of).do, expected));
});
