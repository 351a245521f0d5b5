import type { Logger } from 'pino';
import { RushesError } from '../protocol/errors.js';
import type { Role } from '../protocol/events.js';
import type { Wei } from '../protocol/ids.js';
import type { Ledger, LedgerAccount } from '../protocol/ledger.js';
import type { ChainPort } from '../protocol/ports.js';
import type { ChainNow, Clock } from './Clock.js';

/** When a duty is looked at, and with what. */
export interface DutyAt {
  now: ChainNow;
  ledger: Ledger;
  /** Whether the daemon ends once nothing is open: nothing new is begun. */
  isFinishing: boolean;
  signal: AbortSignal;
}

/** What is due for an account, and whether anything can still be. */
export interface AccountDuties {
  /** Does what is due, one thing at a time; resolves to the block of its transaction, or to undefined for nothing. */
  act(at: DutyAt): Promise<number | undefined>;
  /** Whether a daemon that ends has nothing left to do: nothing is open, and what was earned is withdrawn. */
  isDone(ledger: Ledger): boolean;
}

/** Milliseconds without an open lease after which what was earned is withdrawn. */
const IDLE_MS = 8000;

/**
 * What is due for an account of a role, one thing at a time: it registers, does what its role does next, and withdraws
 * what it earned when nothing has been open for a while, or at once when the daemon ends. Throws wrong-role for an
 * account of the other role.
 */
export function createAccountDuties(options: {
  chain: Pick<ChainPort, 'account' | 'withdraw'>;
  role: Role;
  /** What the role's earnings are called. */
  earnings: 'pay' | 'fees';
  clock: Clock;
  log: Logger;
  register(signal: AbortSignal): Promise<number>;
  /** Whether a lease is open that this account has a part in. */
  isBusy(ledger: Ledger): boolean;
  /** What the role itself has to do; `idleMs` is how long nothing has been open. */
  next(at: DutyAt & { me: Readonly<LedgerAccount>; idleMs: number }): Promise<number | undefined>;
}): AccountDuties {
  const { chain, role, clock, log } = options;
  let idleSinceMs: number | undefined;
  /** What is owed stays owed: a daemon that ends does not stay for a withdrawal that fails. */
  let triedInVain = false;

  async function withdraw(amountWei: Wei, signal: AbortSignal): Promise<number> {
    const { blockNumber } = await chain.withdraw({ signal });
    log.info({ amountWei: amountWei.toString(), blockNumber }, `${options.earnings} withdrawn`);
    return blockNumber;
  }

  async function act(at: DutyAt): Promise<number | undefined> {
    const me = at.ledger.accounts.get(chain.account);
    if (me?.role === undefined) return at.isFinishing ? undefined : options.register(at.signal);
    if (me.role !== role)
      throw new RushesError({
        code: 'wrong-role',
        message: `account ${chain.account} is registered as ${me.role}, not as ${role}`,
        facts: { account: chain.account },
        advice: `Give the ${role} a key of its own.`,
      });
    idleSinceMs = options.isBusy(at.ledger) ? undefined : (idleSinceMs ?? clock.nowMs());
    const idleMs = idleSinceMs === undefined ? 0 : clock.nowMs() - idleSinceMs;
    if (at.isFinishing) {
      if (options.isBusy(at.ledger) || me.owedWei === 0n) return undefined;
      triedInVain = true;
      return withdraw(me.owedWei, at.signal);
    }
    const minedIn = await options.next({ ...at, me, idleMs });
    if (minedIn !== undefined) return minedIn;
    if (me.owedWei === 0n || idleMs < IDLE_MS) return undefined;
    return withdraw(me.owedWei, at.signal);
  }

  return {
    act,
    isDone: (ledger) =>
      !options.isBusy(ledger) && (triedInVain || (ledger.accounts.get(chain.account)?.owedWei ?? 0n) === 0n),
  };
}
