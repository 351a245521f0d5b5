import { DatabaseGoneError, isConnectionLoss } from '../../adapters/database/connectDatabase.js';
import type { StreamEnding } from '../../adapters/http/sendEvents.js';
import { RushesError } from '../../protocol/errors.js';
import type { NetworkDescription } from '../../protocol/network.js';
import type { Outside } from '../gateway/describeOutside.js';
import type { Following } from '../followChain.js';
import type { RefusedList } from '../refused/parseRefusedList.js';
import type { Session } from '../Session.js';

/** What every endpoint works with. */
export interface CoordinatorContext {
  /** As this process reaches it. */
  network: NetworkDescription;
  outside: Outside;
  following: Following;
  /** Milliseconds for which a suggestion keeps others away. */
  holdMs: number;
  /** What its operator refuses, as the list says now. */
  refused(): RefusedList;
  /** What every stream of events ends with. */
  ending: StreamEnding;
}

/** There is no database, or the chain was not read to its head yet. */
export class NotReadyError extends RushesError {
  constructor(reason: string) {
    super({
      code: 'not-ready',
      message: `the coordinator is not ready: ${reason}`,
      facts: { reason },
      advice: 'Try again in a moment; everything can go on without it.',
    });
  }
}

/**
 * The session an answer is made from. Throws (503) while there is none, or while it is still reading: half of a chain
 * would be a wrong answer.
 */
export function requireSession(context: CoordinatorContext): Session {
  const session = context.following.session();
  if (session === undefined) throw new NotReadyError(context.following.trouble() ?? 'no database');
  if (!session.caughtUp) throw new NotReadyError('it is still reading the chain');
  return session;
}

/** Runs queries for an answer; a database that went away meanwhile is a 503. */
export async function withDatabase<T>(
  context: CoordinatorContext,
  query: (session: Session) => Promise<T>,
): Promise<T> {
  const session = requireSession(context);
  try {
    return await query(session);
  } catch (error) {
    throw isConnectionLoss(error) ? new DatabaseGoneError(error) : error;
  }
}
