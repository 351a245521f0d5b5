import { MalformedError, RushesError } from '../../protocol/errors.js';
import { FieldReader } from '../../protocol/fields.js';
import { type Address, type Wei, parseAddress, parseWei } from '../../protocol/ids.js';
import { retry } from '../retry.js';
import { type ErrorBody, HttpAnswerError } from './httpError.js';

/** Names the remote address that a request is passed on for; the faucet listens on the loopback interface only. */
export const ASKER_HEADER = 'x-rushes-asker';

/** What a faucet gave. */
export interface FaucetGift {
  account: Address;
  /** False where the account had its start before, or has enough. */
  isNew: boolean;
  coinsWei: Wei;
  tokensWei: Wei;
}

/** Giving takes until it is mined, on a chain with slow blocks a minute. */
const ANSWER_MS = 120_000;
/** A faucet that is started again is back within this. */
const PATIENCE_MS = 8_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
const MOST_ANSWER_CHARACTERS = 100_000;

/** Nothing answers at the faucet's address. */
export class FaucetUnreachableError extends RushesError {
  constructor(options: { url: string; cause: unknown }) {
    const { cause, message } = options.cause instanceof Error ? options.cause : new Error(String(options.cause));
    const reason = (cause as NodeJS.ErrnoException | undefined)?.code ?? message;
    super({
      code: 'faucet-unreachable',
      message: `no faucet answers at ${options.url}: ${reason}`,
      facts: { url: options.url, reason },
      advice: 'Try again later, or have somebody send test money to the account.',
      cause: options.cause,
    });
  }
}

/**
 * Asks a network's faucet for an account's start, and resolves when it is there. Asking again gives nothing twice, so a
 * connection that broke is tried again for some seconds. Throws FaucetUnreachableError, or HttpAnswerError with what
 * the faucet said (`faucet-empty`, `faucet-limit`, ...).
 */
export async function askFaucet({
  faucetUrl,
  account,
  signal,
}: {
  faucetUrl: string;
  account: Address;
  signal?: AbortSignal;
}): Promise<FaucetGift> {
  return retry({
    attempt: () => askOnce(faucetUrl, account, signal),
    onFailure(error, { isLast }) {
      if (error instanceof RushesError) throw error;
      if (isLast) throw new FaucetUnreachableError({ url: faucetUrl, cause: error });
    },
    firstMs: FIRST_PAUSE_MS,
    longestMs: LONGEST_PAUSE_MS,
    deadlineMs: PATIENCE_MS,
    signal,
  });
}

async function askOnce(url: string, account: Address, signal: AbortSignal | undefined): Promise<FaucetGift> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account }),
    signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), ...(signal === undefined ? [] : [signal])]),
  });
  const text = (await response.text()).slice(0, MOST_ANSWER_CHARACTERS);
  const answer = parseJson(text);
  if (!response.ok) throw new HttpAnswerError({ url, status: response.status, body: answer as ErrorBody | undefined });
  if (answer === undefined) throw new MalformedError({ what: `the answer of ${url}`, reason: 'it is not JSON' });
  const fields = new FieldReader(answer, 'gift', ['account', 'isNew', 'coinsWei', 'tokensWei']);
  return {
    account: fields.parsed('account', parseAddress),
    isNew: fields.boolean('isNew'),
    coinsWei: fields.parsed('coinsWei', parseWei),
    tokensWei: fields.parsed('tokensWei', parseWei),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
