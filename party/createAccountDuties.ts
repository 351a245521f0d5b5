import type { Logger } from 'pino';
import { RushesError } from '../protocol/errors.js';
import type { Role } from '../protocol/events.js';
import type { Ledger, LedgerAccount } from '../protocol/ledger.js';
import type { ChainPort } from '../protocol/ports.js';
import type { Clock } from './Clock.js';
import type { ChainNow } from './runDaemon.js';

/** When a duty is looked at, and with what. */
export interface DutyAt {
  now: ChainNow;
  ledger: Ledger;
  signal: AbortSignal;
}

/** Milliseconds without an open lease after which what was earned is withdrawn. */
const IDLE_MS = 8000;

/**
 * What is due for an account of a role, one thing at a time: it registers, does what its role does next, and withdraws
 * what it earned when nothing has been open for a while. Each call resolves to the block of its transaction, or to
 * undefined where nothing was due. Throws wrong-role for an account of the other role.
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
}): (at: DutyAt) => Promise<number | undefined> {
  const { chain, role, clock, log } = options;
  let idleSinceMs: number | undefined;
  return async (at) => {
    const me = at.ledger.accounts.get(chain.account);
    if (me?.role === undefined) return options.register(at.signal);
    if (me.role !== role)
      throw new RushesError({
        code: 'wrong-role',
        message: `account ${chain.account} is registered as ${me.role}, not as ${role}`,
        facts: { account: chain.account },
        advice: `Give the ${role} a key of its own.`,
      });
    idleSinceMs = options.isBusy(at.ledger) ? undefined : (idleSinceMs ?? clock.nowMs());
    const idleMs = idleSinceMs === undefined ? 0 : clock.nowMs() - idleSinceMs;
    const minedIn = await options.next({ ...at, me, idleMs });
    if (minedIn !== undefined) return minedIn;
    if (me.owedWei === 0n || idleMs < IDLE_MS) return undefined;
    const amountWei = me.owedWei.toString();
    const { blockNumber } = await chain.withdraw({ signal: at.signal });
    log.info({ amountWei, blockNumber }, `${options.earnings} withdrawn`);
    return blockNumber;
  };
}
