import assert from 'node:assert/strict';
import { parseFinding } from '../../protocol/audit/finding.js';
import type { Verdict } from '../../protocol/events.js';
import { sealHash, valuesHash } from '../../protocol/hashes.js';
import type { Bytes32 } from '../../protocol/ids.js';
import { revealLease } from '../../verifier/effects/revealLease.js';
import { sealSecret } from '../../verifier/sealSecret.js';
import type { VerifierContext } from '../../verifier/VerifierContext.js';
import { DRAWN, VERIFIERS, address, audit, bytes32, commitment, lease, leaseId } from '../support/leaseFixtures.js';
import { createMemoryStore } from '../support/memoryStore.js';
import { testLog } from '../support/smallNetwork.js';

const key = bytes32('0f');
const network = { chainId: 31337, contract: address('c0') };
const measurement = {
  seed: DRAWN.seed,
  prepared: [],
  values: Float32Array.of(1, 2, 3, 4),
  blockLeaves: new Float32Array(0),
};

/** A verifier that sealed lease 7 and has its measurement; what it reveals is collected. */
function verifierWith(revealed: { verdict: Verdict; findingDigest: Bytes32 }[]) {
  const store = createMemoryStore();
  const context = {
    chain: {
      network,
      account: VERIFIERS[0],
      async reveal(reveal: { verdict: Verdict; findingDigest: Bytes32 }) {
        revealed.push(reveal);
        return { blockNumber: 5 };
      },
    },
    store,
    key,
    log: testLog,
    engine: { kind: 'wasm' },
    measurements: { read: async () => measurement },
    jobs: { open: async () => ({}) },
  } as unknown as VerifierContext;
  return { context, store };
}

const seal = (verifierKey: Bytes32) =>
  sealHash({
    verifier: VERIFIERS[0],
    leaseId: leaseId(7),
    valuesHash: valuesHash(measurement.values),
    secret: sealSecret({ key: verifierKey, ...network, leaseId: leaseId(7) }),
  });

describe('a reveal', () => {
  it('about work of a device class that nobody measured is void: neither paid nor convicted, and the verifier is not silent', async () => {
    const revealed: { verdict: Verdict; findingDigest: Bytes32 }[] = [];
    const { context, store } = verifierWith(revealed);
    const opened = lease('OPENED', commitment({ draw: DRAWN, audits: [audit(VERIFIERS[0], { sealHash: seal(key) })] }));
    await revealLease(context, {
      lease: opened,
      workerClass: 'abacus',
      secondsLeft: 20,
      hasPatience: true,
      signal: new AbortController().signal,
    });
    assert.deepEqual(
      revealed.map((one) => one.verdict),
      ['void'],
    );
    const finding = parseFinding(await store.getBlock(revealed[0]!.findingDigest));
    assert.equal(finding.verdict, 'void');
    assert.match(finding.tests[0]!.detail, /abacus/);
  });

  it('that cannot be measured is tried again while there is time, and void at the end of it', async () => {
    const revealed: { verdict: Verdict; findingDigest: Bytes32 }[] = [];
    const { context } = verifierWith(revealed);
    const opened = lease('OPENED', commitment({ draw: DRAWN, audits: [audit(VERIFIERS[0], { sealHash: seal(key) })] }));
    const of = { lease: opened, workerClass: 'wasm', signal: new AbortController().signal };
    await assert.rejects(revealLease(context, { ...of, secondsLeft: 19, hasPatience: true }));
    assert.equal(revealed.length, 0);
    await revealLease(context, { ...of, secondsLeft: 3, hasPatience: false });
    assert.deepEqual(
      revealed.map((one) => one.verdict),
      ['void'],
    );
  });

  it('is refused when the measurement is not what was sealed', async () => {
    const { context } = verifierWith([]);
    const opened = lease(
      'OPENED',
      commitment({ draw: DRAWN, audits: [audit(VERIFIERS[0], { sealHash: seal(bytes32('0e')) })] }),
    );
    await assert.rejects(
      revealLease(context, {
        lease: opened,
        workerClass: 'wasm',
        secondsLeft: 20,
        hasPatience: true,
        signal: new AbortController().signal,
      }),
      /seal of lease 7/,
    );
  });
});
