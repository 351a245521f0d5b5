import type { ReactNode } from 'react';
import type { Ledger, LedgerJob } from '../../protocol/ledger.js';
import { Amount } from '../Amount.js';
import { jobMoney } from '../model/jobMoney.js';

/** Where the escrow of a job is. */
export function Money({ ledger, job }: { ledger: Ledger; job: Readonly<LedgerJob> }): ReactNode {
  const money = jobMoney(ledger, job);
  const isOver = job.closed || job.completed;
  const rows = [
    ['Paid to workers', money.workersWei],
    ['Fees of verifiers', money.feesWei],
    ['Held for open leases', money.heldWei],
    [isOver ? 'Comes back' : 'Not needed so far', money.freeWei],
    ['Came back', money.returnedWei],
  ] as const;
  return (
    <section aria-labelledby="money-heading" className="card">
      <h2 id="money-heading">Money</h2>
      <table className="sums">
        <caption className="hidden">Where the escrow is, in tokens</caption>
        <thead>
          <tr>
            <th scope="col">In tokens</th>
            <th scope="col" className="figure">
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, wei]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td className="figure">
                <Amount wei={wei} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Escrow</th>
            <td className="figure">
              <Amount wei={money.escrowWei} />
            </td>
          </tr>
        </tfoot>
      </table>
      {!isOver && <p className="quiet">What is not needed comes back when the job ends.</p>}
    </section>
  );
}
