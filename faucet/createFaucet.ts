import type { Giver, Purse } from '../adapters/chain/createGiver.js';
import { createTurns } from '../adapters/createTurns.js';
import { RushesError } from '../protocol/errors.js';
import type { Address, Wei } from '../protocol/ids.js';
import type { Start, StartBook } from './StartBook.js';

// Asks of one account share one answer. States of an account: unknown -> promised (in the book, counted) -> given;
// promised -> given again after a crash or a failure, for whoever asks next.

/** What the faucet says to who asks for an account. */
export interface FaucetAnswer extends Purse {
  account: Address;
  /** False where the account had its start before, or has enough. */
  isNew: boolean;
}

/** What the faucet has left. */
export interface FaucetState {
  /** Its own account, which needs coins. */
  account: Address;
  coinsLeftWei: Wei;
  /** What the next account is given. */
  start: Purse;
  /** Whether too little is left for a start that is of any use. */
  isEmpty: boolean;
}

/** Gives each account one start, within bounds. */
export interface Faucet {
  /**
   * Gives an account its start, once; resolves when it is mined. Throws `faucet-limit` where the asker, or everybody
   * together, had enough within a day, `faucet-empty` where the faucet has no coins left, `too-many-requests` where too
   * many wait.
   */
  give(request: { account: Address; asker: string }): Promise<FaucetAnswer>;
  state(): Promise<FaucetState>;
}

const DAY_SECONDS = 86_400;
/** New accounts of one asker within a day, and of all askers together. */
const MOST_OF_ASKER = 10;
const MOST_OF_ALL = 1_000;
/** Accounts being given to at a time, and those that may wait for it. */
const MOST_AT_ONCE = 8;
const MOST_WAITING = 64;
/**
 * Gas of a start: some three weeks of a worker that takes a lease every 12 s (600,000 gas a lease; see
 * contracts/gas/Rushes.json), and the least that is worth giving: registering and a few leases.
 */
const START_GAS = 100_000_000_000n;
const LEAST_GAS = 10_000_000n;
/** No start is more than this part of the coins that are left. */
const SHARE = 20n;
/** Test tokens of a start, in least stakes: the usual stake of a worker is four, the rest is for jobs and more stake. */
export const START_STAKES = 100n;

/** @param options.nowSeconds unix seconds */
export function createFaucet(options: {
  book: StartBook;
  giver: Giver;
  /** Test tokens of a start, wei. */
  tokensWei: Wei;
  /** What an account has now. */
  readPurse: (account: Address) => Promise<Purse>;
  /** Price of a unit of gas, wei. */
  readGasPrice: () => Promise<Wei>;
  /** Sees to the faucet's own coins, where it can. */
  refill: () => Promise<void>;
  nowSeconds: () => number;
}): Faucet {
  const { book, giver, readPurse, nowSeconds } = options;
  const underWay = new Map<Address, Promise<FaucetAnswer>>();
  const turns = createTurns(MOST_AT_ONCE);

  async function state(): Promise<FaucetState> {
    await options.refill();
    const [own, gasPriceWei] = await Promise.all([readPurse(giver.account), options.readGasPrice()]);
    const wantedWei = START_GAS * gasPriceWei;
    const shareWei = own.coinsWei / SHARE;
    const coinsWei = wantedWei < shareWei ? wantedWei : shareWei;
    return {
      account: giver.account,
      coinsLeftWei: own.coinsWei,
      start: { coinsWei, tokensWei: options.tokensWei },
      isEmpty: coinsWei < LEAST_GAS * gasPriceWei,
    };
  }

  /** Throws where the asker, or everybody, was given enough within a day. */
  function requireWithinLimits(asker: string): void {
    const seconds = nowSeconds() - DAY_SECONDS;
    for (const { most, of, who } of [
      { most: MOST_OF_ASKER, of: { seconds, asker }, who: asker },
      { most: MOST_OF_ALL, of: { seconds }, who: 'everywhere' },
    ])
      if (book.count(of) >= most)
        throw new FaucetLimitError({ most, who, waitSeconds: (book.oldest(of) ?? seconds) - seconds });
  }

  /** Writes down what will be given; between the look at the limits and the entry nobody else comes. */
  async function promise(account: Address, asker: string): Promise<Start | undefined> {
    const [{ start, isEmpty, coinsLeftWei }, has] = await Promise.all([state(), readPurse(account)]);
    const before = book.find(account);
    if (before !== undefined) return before;
    if (has.coinsWei >= start.coinsWei / 2n && has.tokensWei >= start.tokensWei / 2n) return undefined;
    if (isEmpty) throw new FaucetEmptyError({ account: giver.account, coinsLeftWei });
    requireWithinLimits(asker);
    const promised: Start = { account, asker, atSeconds: nowSeconds(), state: 'promised', ...start };
    await book.write(promised);
    return promised;
  }

  async function giveOnce(account: Address, asker: string): Promise<FaucetAnswer> {
    const start = book.find(account) ?? (await promise(account, asker));
    if (start === undefined) return { account, isNew: false, coinsWei: 0n, tokensWei: 0n };
    const { coinsWei, tokensWei } = start;
    if (start.state === 'given') return { account, isNew: false, coinsWei, tokensWei };
    await giver.topUp({ account, coinsWei, tokensWei });
    await book.write({ ...start, state: 'given' });
    return { account, isNew: true, coinsWei, tokensWei };
  }

  return {
    state,
    async give({ account, asker }) {
      const known = underWay.get(account);
      if (known !== undefined) return known;
      if (underWay.size >= MOST_WAITING)
        throw new RushesError({
          code: 'too-many-requests',
          message: `${underWay.size} accounts wait for the faucet already`,
          advice: 'Ask again in a minute.',
        });
      const given = turns(() => giveOnce(account, asker)).finally(() => underWay.delete(account));
      underWay.set(account, given);
      return given;
    },
  };
}

/** Somebody had enough for a day. */
export class FaucetLimitError extends RushesError {
  constructor(options: { most: number; who: string; waitSeconds: number }) {
    const waitMinutes = Math.max(1, Math.ceil(options.waitSeconds / 60));
    super({
      code: 'faucet-limit',
      message: `the faucet has given a start to ${options.most} new accounts from ${options.who} within a day, which is all it gives`,
      facts: { most: options.most, asker: options.who, waitMinutes },
      advice: `Ask again in ${waitMinutes} minutes, use an account that had its start, or have somebody send you test money.`,
    });
  }
}

/** The faucet has too few coins left to give any. */
export class FaucetEmptyError extends RushesError {
  constructor(options: { account: Address; coinsLeftWei: Wei }) {
    super({
      code: 'faucet-empty',
      message: `the faucet is empty: its account ${options.account} has ${options.coinsLeftWei} wei of the chain's coins left`,
      facts: { account: options.account, coinsLeftWei: options.coinsLeftWei.toString() },
      advice: "Ask the network's operator to send coins to that account, or have somebody send you test money.",
    });
  }
}
