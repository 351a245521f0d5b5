import { renderAcrossMachines } from './renderAcrossMachines.js';

describe('a network across machines', function () {
  this.timeout(400_000);

  it('finishes a job, audited and paid, though the cable of worker and verifiers is out for 15 s', async function () {
    await renderAcrossMachines(this, { cutMs: 15_000 });
  });
});
