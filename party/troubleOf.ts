import { RushesError } from '../protocol/errors.js';

/** What the contract says when somebody else was first, which is nobody's trouble. */
const LOST_RACES: ReadonlySet<string> = new Set(['WrongState', 'ChunksTaken', 'DeadlineNotOver', 'WorkerNotConvicted']);

/** An error as a daemon logs it. */
export interface Trouble {
  /** Somebody else was first: no trouble at all. */
  isLostRace: boolean;
  message: string;
  /** Fields of the log line. */
  facts: Record<string, unknown>;
}

/** Says of an error what a daemon tells its log. */
export function troubleOf(error: unknown): Trouble {
  const isOurs = error instanceof RushesError;
  return {
    isLostRace: isOurs && LOST_RACES.has(error.code),
    message: error instanceof Error ? error.message : String(error),
    facts: isOurs ? { code: error.code, facts: error.facts, advice: error.advice } : {},
  };
}
