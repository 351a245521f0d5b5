import assert from 'node:assert/strict';
import { findAbsence } from '../../artist/findAbsence.js';
import { longestUntilToldMs, PRESENCE_TIMES } from '../../artist/presenceTimes.js';
import type { PartySeen } from '../../artist/readPresence.js';
import { REPLACED_KNOWN_MS } from '../../artist/watchIdentity.js';
import { BEAT_MS } from '../../cli/session/startHeartbeat.js';
import { createLedger, type Ledger } from '../../protocol/ledger.js';
import { address } from '../support/leaseFixtures.js';

describe('who is away', () => {
  const party = (role: 'worker' | 'verifier', heardAgoMs: number | undefined, actedAgoMs: number): PartySeen => ({
    account: address('0a'),
    role,
    heardAgoMs,
    actedAgoMs,
  });
  const idle = createLedger();
  const waiting: Ledger = {
    ...idle,
    jobs: new Map([
      ['0x1', { closed: false, completed: false, chunkStates: new Uint8Array([0]) }],
    ]) as unknown as Ledger['jobs'],
  };
  const rolesOf = (options: Parameters<typeof findAbsence>[0]): string[] =>
    findAbsence(options)?.roles.map(({ role }) => role) ?? [];
  const verifier = party('verifier', 1_000, 900_000);

  it('is a kind of which nobody is registered', () => {
    assert.deepEqual(rolesOf({ ledger: idle, presence: [verifier], quietMs: undefined }), ['worker']);
  });

  it('is a kind of which the coordinator has heard of nobody for 15 s, whatever waits', () => {
    const presence = [verifier, party('worker', 16_000, 1_000), party('worker', undefined, 1_000)];
    assert.deepEqual(rolesOf({ ledger: idle, presence, quietMs: 0 }), ['worker']);
    assert.deepEqual(
      rolesOf({ ledger: idle, presence: [...presence, party('worker', 14_000, 9e9)], quietMs: 9e9 }),
      [],
    );
  });

  it('without a coordinator is a kind that work waits for and that does nothing for 15 s', () => {
    const presence = [verifier, party('worker', undefined, 16_000)];
    assert.deepEqual(rolesOf({ ledger: waiting, presence, quietMs: 15_000 }), ['worker']);
    assert.deepEqual(rolesOf({ ledger: waiting, presence, quietMs: 14_000 }), []);
    assert.deepEqual(rolesOf({ ledger: idle, presence, quietMs: 20_000 }), []);
    assert.deepEqual(
      rolesOf({ ledger: waiting, presence: [verifier, party('worker', undefined, 14_000)], quietMs: 9e9 }),
      [],
    );
  });

  it('is told by a job that waits within half a minute, and so is another chain in the place of its own', () => {
    // A public chain's block may take longer than one of this machine, where one is made every second.
    for (const ms of Object.values(longestUntilToldMs({ blockMs: 2_000 }))) assert.ok(ms < 30_000, String(ms));
    assert.ok(REPLACED_KNOWN_MS < 30_000, String(REPLACED_KNOWN_MS));
    assert.ok(3 * BEAT_MS <= PRESENCE_TIMES.heardWithinMs);
  });

  it('names the one seen last first', () => {
    const presence = [verifier, party('worker', 90_000, 80_000), party('worker', 20_000, 70_000)];
    assert.equal(findAbsence({ ledger: idle, presence, quietMs: 0 })!.roles[0]!.parties[0]!.heardAgoMs, 20_000);
  });
});
