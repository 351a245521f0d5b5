import type { ReactNode } from 'react';
import type { Ledger, LedgerJob } from '../../protocol/ledger.js';
import { Amount, ShortId } from '../Amount.js';
import { machinesOf, type JobMachine } from '../model/machines.js';
import { counted } from '../model/words.js';

/** Who works on a job, and what each did. */
export function Machines({ ledger, job }: { ledger: Ledger; job: Readonly<LedgerJob> }): ReactNode {
  const machines = machinesOf(ledger, job);
  return (
    <section aria-labelledby="machines-heading" className="card">
      <h2 id="machines-heading">Machines</h2>
      {machines.length === 0 ? (
        <p className="quiet">No machine has taken a part of it yet.</p>
      ) : (
        <ul className="machines">
          {machines.map((machine) => (
            <li key={`${machine.role}-${machine.account}`} className={machine.isConvicted ? 'bad' : undefined}>
              <div>
                <ShortId id={machine.account} /> <span className="role">{machine.role}</span>
              </div>
              <div className="quiet">{describe(machine)}</div>
              <div className="figure">
                <Amount wei={machine.earnedWei} />
                <span className="hidden"> tokens earned</span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function describe({ role, open, done, lost, isConvicted }: JobMachine): string {
  const parts =
    role === 'worker'
      ? [
          ...(open > 0 ? [`${counted(open, 'tile')} under way`] : []),
          `${done} paid`,
          ...(lost > 0 ? [`${lost} ${isConvicted ? 'lost' : 'not paid'}`] : []),
        ]
      : [
          ...(open > 0 ? [`${counted(open, 'audit')} under way`] : []),
          `${done} finished`,
          ...(lost > 0 ? [`${lost} without a verdict`] : []),
        ];
  return `${parts.join(' · ')}${isConvicted ? ' · convicted' : ''}`;
}
