import type { LedgerAccount } from './ledger.js';
import { type Handlers, accountOf } from './mutableLedger.js';

/** What events about stakes and about money owed do to a ledger. */
export const ACCOUNT_EVENTS: Handlers<
  'Registered' | 'StakeAdded' | 'UnbondingStarted' | 'StakeWithdrawn' | 'Slashed' | 'Credited' | 'Withdrawn'
> = {
  Registered(ledger, event) {
    const { account: address, role, deviceClass, stakeWei } = event.args;
    const account = accountOf(ledger, address);
    account.role = role;
    account.deviceClass = deviceClass;
    account.stakeWei = stakeWei;
    account.withdrawableAtSeconds = undefined;
    weigh(account, event.blockNumber);
    if (role === 'verifier') ledger.verifiers.push(address);
  },

  StakeAdded(ledger, event) {
    const account = accountOf(ledger, event.args.account);
    account.stakeWei += event.args.amountWei;
    weigh(account, event.blockNumber);
  },

  UnbondingStarted(ledger, event) {
    const account = accountOf(ledger, event.args.account);
    account.withdrawableAtSeconds = event.args.withdrawableAt;
    weigh(account, event.blockNumber);
  },

  StakeWithdrawn(ledger, event) {
    const account = accountOf(ledger, event.args.account);
    account.stakeWei -= event.args.amountWei;
    account.role = undefined;
    account.withdrawableAtSeconds = undefined;
    const place = ledger.verifiers.indexOf(account.account);
    if (place >= 0) ledger.verifiers.splice(place, 1);
  },

  Slashed(ledger, event) {
    const account = accountOf(ledger, event.args.account);
    account.stakeWei -= event.args.amountWei;
    account.slashedWei += event.args.amountWei;
    weigh(account, event.blockNumber);
  },

  Credited(ledger, event) {
    const account = accountOf(ledger, event.args.account);
    account.owedWei += event.args.amountWei;
    account.creditedWei += event.args.amountWei;
  },

  Withdrawn(ledger, event) {
    accountOf(ledger, event.args.account).owedWei -= event.args.amountWei;
  },
};

/** Keeps what a verifier weighs from this block on. */
function weigh(account: LedgerAccount, blockNumber: number): void {
  if (account.role !== 'verifier') return;
  const weightWei = account.withdrawableAtSeconds === undefined ? account.stakeWei : 0n;
  if (account.weights.at(-1)?.blockNumber === blockNumber) account.weights.pop();
  account.weights.push({ blockNumber, weightWei });
}
