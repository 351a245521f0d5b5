import assert from 'node:assert/strict';
import type { Bytes32 } from '../../protocol/ids.js';
import type { LedgerLease } from '../../protocol/ledger.js';
import { lossesOf } from '../../protocol/lossesOf.js';
import { VERIFIERS, WORKER, audit, bytes32, commitment, lease } from '../support/leaseFixtures.js';

const SEAL = bytes32('07');
const reveal = {
  verdict: 'convict',
  findingDigest: bytes32('08'),
  valuesHash: bytes32('09'),
  transactionHash: SEAL,
} as const;
const demand = {
  chunkIndex: 1,
  leafIndex: 2,
  answerDeadlineSeconds: 900,
  answered: false,
  present: false,
  answerTransaction: undefined,
};
const causes = (of: LedgerLease): string[] => lossesOf(of).map(({ account, cause }) => `${account} ${cause}`);

describe('who lost stake by the end of a lease, and why', () => {
  const convicted = (openingDigest: Bytes32 | undefined, audits: Parameters<typeof audit>[1][]): LedgerLease => ({
    ...lease('CONVICTED', commitment({ audits: audits.map((more, i) => audit(VERIFIERS[i]!, more)) })),
    openingDigest,
  });

  it('a worker that was late is told so, and one whose values were wrong is told that', () => {
    assert.deepEqual(causes(lease('EXPIRED')), [`${WORKER} commitMissed`]);
    assert.deepEqual(causes(convicted(undefined, [{ sealHash: SEAL }])), [`${WORKER} openingMissed`]);
    assert.deepEqual(causes(convicted(bytes32('06'), [{ sealHash: SEAL, demand }])), [`${WORKER} leafWithheld`]);
    assert.deepEqual(
      causes(convicted(bytes32('06'), [{ sealHash: SEAL, reveal, demand: { ...demand, answered: true } }])),
      [`${WORKER} valuesWrong`],
    );
  });

  it('a verifier that sealed and stayed silent, and no other', () => {
    const made = commitment({
      audits: [
        audit(VERIFIERS[0], { sealHash: SEAL, reveal }),
        audit(VERIFIERS[1], { sealHash: SEAL }),
        audit(VERIFIERS[2]),
      ],
    });
    const ended = lease('VOID', made);
    assert.deepEqual(causes({ ...ended, reason: 'silent' }), [`${VERIFIERS[1]} revealMissed`]);
    assert.deepEqual(causes({ ...ended, reason: 'workerConvicted' }), []);
    assert.deepEqual(causes({ ...ended, reason: 'noShow' }), []);
    assert.deepEqual(causes({ ...ended, reason: 'verdicts' }), []);
  });

  it('nobody by a lease that is open or paid', () => {
    for (const state of ['TAKEN', 'COMMITTED', 'SEALED', 'OPENED', 'PAYABLE'] as const)
      assert.deepEqual(causes(lease(state)), []);
  });
});
