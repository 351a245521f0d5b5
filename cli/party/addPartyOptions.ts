import { type Command } from 'commander';
import { integerBetween, parseMoney, parseTimeOfDay } from '../options/parseValues.js';

/** The options by which an owner bounds a party, the same for everyone who runs one. */
export function addPartyOptions(command: Command): Command {
  return command
    .option('--max-stake <amount>', 'the most it ever stakes in all, so the most it can lose', parseMoney)
    .option('--until <hh:mm>', 'end in order at this time of day', parseTimeOfDay)
    .option('--idle <minutes>', 'end in order after so long without work', integerBetween(1, 10_080))
    .option('--json', 'print one JSON object on stdout at the end, everything else on stderr', false);
}
