import { renderAcrossMachines } from './renderAcrossMachines.js';

describe('a network across machines, for longer', function () {
  this.timeout(600_000);

  it('finishes a job, audited and paid, though the cable of worker and verifiers is out for a minute', async function () {
    await renderAcrossMachines(this, { cutMs: 60_000 });
  });
});
