import assert from 'node:assert/strict';
import { explainGone } from '../../cli/render/explainGone.js';
import { RushesError } from '../../protocol/errors.js';
import type { LedgerJob } from '../../protocol/ledger.js';
import { jobId } from '../support/leaseFixtures.js';

describe('outputs that nobody has any more', () => {
  const gone = new RushesError({ code: 'not-retrievable', message: 'nobody provides bafy' });
  const job = (completed: boolean) =>
    ({ jobId: jobId('3f'), completed, spentWei: 2_500_000_000_000_000_000n }) as unknown as LedgerJob;

  it('of a job that is done are told with what ordering it again cost', () => {
    const said = explainGone(gone, job(true)) as RushesError;
    assert.equal(said.code, 'not-retrievable');
    assert.match(
      said.message,
      /is done and paid for, and nobody has all of its outputs any more: nobody provides bafy$/,
    );
    assert.match(said.advice!, /`rushes fetch 0x3f3f3f3f` .* --again orders it anew, which cost 2\.5 the last time\.$/);
  });

  it('are told as they are where the job goes on, and so is whatever else failed', () => {
    assert.equal(explainGone(gone, job(false)), gone);
    assert.equal(explainGone(gone, undefined), gone);
    const other = new RushesError({ code: 'deadline', message: 'late' });
    assert.equal(explainGone(other, job(true)), other);
  });
});
