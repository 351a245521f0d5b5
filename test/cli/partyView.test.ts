import assert from 'node:assert/strict';
import { createPace, describeStatus } from '../../cli/party/describeStatus.js';
import { nextTimeOfDay } from '../../cli/party/nextTimeOfDay.js';
import { startStatusLine } from '../../cli/terminal/startStatusLine.js';
import { openTerminal } from '../../cli/terminal/Terminal.js';
import type { PartyStatus } from '../../party/partyStatus.js';
import { parseAddress } from '../../protocol/ids.js';
import { leaseId } from '../support/leaseFixtures.js';

const TOKEN = 10n ** 18n;
const STATUS: PartyStatus = {
  account: parseAddress(`0x12${'34'.repeat(19)}`),
  blockNumber: 7,
  role: 'worker',
  open: [],
  done: 1,
  earnedWei: TOKEN / 2n,
  stakeWei: 400n * TOKEN,
  slashedWei: 0n,
  convictions: 0,
  withdrawableAtSeconds: undefined,
  isFinishing: false,
};

describe('what a party shows of itself', () => {
  const said = (more: Partial<PartyStatus>, role: 'worker' | 'verifier' = 'worker', weiPerHour?: bigint) =>
    describeStatus({ role, status: { ...STATUS, ...more }, weiPerHour });
  const taken = { leaseId: leaseId(3), state: 'TAKEN' as const };
  const sealed = { leaseId: leaseId(4), state: 'SEALED' as const };

  it('is one line: state, leases, earned, staked, pace', () => {
    assert.equal(said({}), 'worker 0x1234…3434  waiting for work  1 lease paid  earned 0.5  staked 400');
    assert.equal(
      said({ open: [taken, sealed], done: 2, slashedWei: TOKEN }, 'worker', TOKEN / 4n),
      'worker 0x1234…3434  rendering, 2 leases open  2 leases paid  earned 0.5  staked 400  lost 1  0.25 an hour',
    );
    assert.equal(
      said({ role: 'verifier', open: [sealed] }, 'verifier'),
      'verifier 0x1234…3434  lease 4 in audit  1 audit done  earned 0.5  staked 400',
    );
  });

  for (const [more, state] of [
    [{ blockNumber: 0, role: undefined }, 'reading the chain'],
    [{ role: undefined }, 'registering'],
    [{ role: undefined, isFinishing: true }, 'ending'],
    [{ isFinishing: true }, 'ending'],
    [{ isFinishing: true, open: [taken] }, 'ending after lease 3'],
    [{ isFinishing: true, open: [taken, sealed] }, 'ending after 2 leases'],
    [{ convictions: 1 }, 'convicted: takes no more leases'],
  ] as [Partial<PartyStatus>, string][])
    it(`says: ${state}`, () => assert.equal(said(more).split('  ')[1], state));

  it('measures what is earned an hour over the last ten minutes, from a minute on', () => {
    const pace = createPace();
    assert.equal(pace(0n, 1_000), undefined);
    assert.equal(pace(TOKEN, 60_999), undefined);
    assert.equal(pace(TOKEN, 61_000), 60n * TOKEN);
    assert.equal(pace(TOKEN, 601_000), 6n * TOKEN);
    assert.equal(pace(TOKEN, 661_000), 0n, 'the token came more than ten minutes ago');
  });
});

describe('a time of day', () => {
  it('is the next one: today or tomorrow, never now', () => {
    const at = (hours: number, minutes: number, day = 24) => new Date(2026, 10, day, hours, minutes).getTime();
    assert.equal(nextTimeOfDay({ hours: 7, minutes: 30 }, at(7, 29)), at(7, 30));
    assert.equal(nextTimeOfDay({ hours: 7, minutes: 30 }, at(7, 30)), at(7, 30, 25));
    assert.equal(nextTimeOfDay({ hours: 0, minutes: 0 }, at(23, 59)), at(0, 0, 25));
  });
});

describe('a line of status', () => {
  function streamOf(more: { isTTY?: boolean; columns?: number }) {
    let text = '';
    const stream = { write: (piece: string) => ((text += piece), true), ...more } as unknown as NodeJS.WriteStream;
    return { stream, text: () => text };
  }

  it('lives at the bottom of a terminal, below everything that is said, and is never wider', () => {
    const { stream, text } = streamOf({ isTTY: true, columns: 8 });
    const terminal = openTerminal({ json: false, noColor: true, dumb: false, stdout: stream });
    const line = startStatusLine(terminal);
    line.update('0123456789');
    terminal.line('said');
    line.stop();
    terminal.line('after');
    const clear = '\r\x1b[2K';
    assert.equal(text(), `${clear}0123456${clear}said\n${clear}0123456${clear}0123456789\nafter\n`);
  });

  it('elsewhere is a plain line when it has changed, every half minute at most, and at the end', () => {
    const { stream, text } = streamOf({});
    const terminal = openTerminal({ json: false, noColor: true, dumb: false, stdout: stream });
    let nowMs = 0;
    const line = startStatusLine(terminal, () => nowMs);
    line.update('a');
    line.update('b');
    nowMs = 29_999;
    line.update('c');
    nowMs = 30_000;
    line.update('c');
    nowMs = 90_000;
    line.update('c');
    line.update('d');
    line.update('e');
    line.stop();
    line.stop();
    assert.equal(text(), 'a\nc\nd\ne\n');
  });
});
