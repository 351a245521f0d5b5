import { InvariantError, RushesError } from '../protocol/errors.js';
import type { PrepareResult } from './startPrepareProcess.js';

/**
 * The answer of a process that prepares a scene, of the kind that was asked for. Throws the refusal of a scene that
 * cannot be drawn, and RushesError with code `preparation-failed` where something else went wrong.
 * @param failure what did not succeed then, e.g. `frame 3 of a.glb could not be prepared`.
 */
export function answerOf<Kind extends PrepareResult['kind']>(
  result: PrepareResult,
  { kind, failure }: { kind: Kind; failure: string },
): Extract<PrepareResult, { kind: Kind }> {
  if (result.kind === kind) return result as Extract<PrepareResult, { kind: Kind }>;
  if (result.kind === 'refused') throw new RushesError(result.refusal);
  if (result.kind === 'failed')
    throw new RushesError({
      code: 'preparation-failed',
      message: `${failure}: ${result.reason}`,
      facts: { reason: result.reason },
      advice: 'The scene may need more memory than this machine has.',
    });
  throw new InvariantError({
    what: 'the answer of the process that loads the scene',
    expected: kind,
    actual: result.kind,
  });
}
