import { BadInputError } from '../../protocol/errors.js';

/** Throws BadInputError for a way of cheating that there is not. */
export function refuseUnknownCheat(cheat: string | undefined): asserts cheat is 'half-samples' | undefined {
  if (cheat === undefined || cheat === 'half-samples') return;
  throw new BadInputError({
    code: 'bad-usage',
    message: `there is no cheat ${JSON.stringify(cheat)}`,
    advice: 'the one there is: half-samples.',
  });
}
