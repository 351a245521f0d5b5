/** What decides how soon an artist hears that nobody is left to work. */
export const PRESENCE_TIMES = {
  /** A daemon that the coordinator has not heard of for three of its beats is away. */
  heardWithinMs: 15_000,
  /** Where only the chain can tell: work waits, and nobody of the kind has acted for this long. */
  actedWithinMs: 15_000,
  /** From one answer to the next question. */
  askEveryMs: 5_000,
  /** How long a coordinator may take to say whom it heard of. */
  answerMs: 3_000,
} as const;

/**
 * The longest time from the last sign of life of a kind of party until a job that waits says that it is away. The
 * unluckiest question is asked just before the party counts as away; its answer takes as long as it may, and so does
 * that of the next. Where only the chain can tell, its clock stands still for up to one block.
 */
export function longestUntilToldMs({ blockMs }: { blockMs: number }): { heard: number; acted: number } {
  const { heardWithinMs, actedWithinMs, askEveryMs, answerMs } = PRESENCE_TIMES;
  const askedMs = answerMs + askEveryMs + answerMs;
  return { heard: heardWithinMs + askedMs, acted: actedWithinMs + blockMs + askedMs };
}
