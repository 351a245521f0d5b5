import type { Address, Wei } from '../../protocol/ids.js';
import { commitmentOf, deadlineOf, feesOf, type Ledger, type LedgerJob } from '../../protocol/ledger.js';
import { chunksOfMask } from '../../protocol/masks.js';

/** What one machine did for a job. Counts of chunks for workers, of leases for verifiers. */
export interface JobMachine {
  account: Address;
  role: 'worker' | 'verifier';
  /** At work now: rendering or in audit. */
  open: number;
  /** Paid, or audited to the end. */
  done: number;
  /** Voided, convicted or expired. */
  lost: number;
  isConvicted: boolean;
  earnedWei: Wei;
}

/** Everybody who works or worked on a job: workers first, each in the order in which they came. */
export function machinesOf(ledger: Ledger, job: Readonly<LedgerJob>): JobMachine[] {
  const workers = new Map<Address, JobMachine>();
  const verifiers = new Map<Address, JobMachine>();
  for (const leaseId of job.leaseIds) {
    const lease = ledger.leases.get(leaseId);
    if (lease === undefined) continue;
    const isOpen = deadlineOf(lease) !== undefined;
    const chunks = chunksOfMask(lease.word, lease.mask).length;
    const worker = machineOf(workers, lease.worker, 'worker');
    if (isOpen) worker.open += chunks;
    else if (lease.state === 'PAYABLE') {
      worker.done += chunks;
      worker.earnedWei += lease.payWei;
    } else worker.lost += chunks;
    if (lease.state === 'CONVICTED') worker.isConvicted = true;
    for (const audit of commitmentOf(lease)?.audits ?? []) {
      const verifier = machineOf(verifiers, audit.verifier, 'verifier');
      if (isOpen) verifier.open++;
      else if (audit.reveal !== undefined) verifier.done++;
      else verifier.lost++;
    }
    for (const { verifier, feeWei } of feesOf(lease)) machineOf(verifiers, verifier, 'verifier').earnedWei += feeWei;
  }
  return [...workers.values(), ...verifiers.values()];
}

function machineOf(machines: Map<Address, JobMachine>, account: Address, role: JobMachine['role']): JobMachine {
  const known = machines.get(account);
  if (known !== undefined) return known;
  const machine = { account, role, open: 0, done: 0, lost: 0, isConvicted: false, earnedWei: 0n };
  machines.set(account, machine);
  return machine;
}
