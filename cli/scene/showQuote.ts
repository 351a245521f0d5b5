import type { Quote } from '../../artist/quote/quoteJob.js';
import { PROBE_ERROR } from '../../artist/quote/weighChunks.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import { formatDuration } from '../terminal/formatDuration.js';
import type { Terminal } from '../terminal/Terminal.js';

/** Shows a quote in a few lines. */
export function showQuote({
  terminal,
  quote,
  testMoney,
}: {
  terminal: Terminal;
  quote: Quote;
  testMoney: boolean;
}): void {
  const { chunkCount, units, leastUnits, mostUnits, priceWei, mostWei, escrowWei, backWei } = quote;
  const money = testMoney ? 'of test money' : 'tokens';
  const each = leastUnits === mostUnits ? `${leastUnits} each` : `${leastUnits} to ${mostUnits} each`;
  terminal.line(
    `work      ${units} work units in ${chunkCount} ${chunkCount === 1 ? 'chunk' : 'chunks'} (${each}), ${accuracyInWords(quote)}`,
  );
  terminal.line(
    `price     ${formatMoney(priceWei)} to ${formatMoney(mostWei)} ${money}: when nothing goes wrong, and when every audit is drawn twice`,
  );
  terminal.line(
    `escrow    ${formatMoney(escrowWei)} is asked now and never exceeded; ${formatMoney(backWei)} of it comes back when nothing goes wrong`,
  );
  terminal.line(`time      ${timeInWords(quote)}`);
}

function accuracyInWords({ probedShare }: Quote): string {
  const error = `${PROBE_ERROR * 100} %`;
  return probedShare === 1
    ? `counted from samples, within ${error}`
    : `counted in the ${Math.ceil(probedShare * 100)} % of the probe that there was time for: it may be off by more than ${error}`;
}

function timeInWords({ seconds, paceFrom, supply }: Quote): string {
  const { workers, verifiers, otherJobs, known } = supply;
  const there = `${workers} ${workers === 1 ? 'worker' : 'workers'} and ${verifiers} ${verifiers === 1 ? 'verifier' : 'verifiers'}`;
  if (seconds === undefined) return `not known: no worker is there now (${there})`;
  const [from, to] = [formatDuration(seconds.from * 1000), formatDuration(seconds.to * 1000)];
  const span = from === to ? `about ${from}` : `${from} to ${to}`;
  const pace =
    paceFrom === 'here'
      ? 'likened to this machine, since none has worked here before'
      : known === workers
        ? 'at the pace they had so far'
        : `at the pace that ${known} of them had so far`;
  const others =
    otherJobs === 0 ? '' : `; ${otherJobs} other ${otherJobs === 1 ? 'job waits' : 'jobs wait'} for them as well`;
  return `${span} with ${there}, ${pace}${others}`;
}

/** A quote as --json gives it; wei are decimal strings. */
export function quoteFacts(quote: Quote) {
  const { priceWei, mostWei, escrowWei, backWei, ...rest } = quote;
  return {
    ...rest,
    seconds: quote.seconds ?? null,
    supply: {
      ...quote.supply,
      unitsPerSecond: quote.supply.unitsPerSecond ?? null,
      settleSeconds: quote.supply.settleSeconds ?? null,
    },
    priceWei: priceWei.toString(),
    mostWei: mostWei.toString(),
    escrowWei: escrowWei.toString(),
    backWei: backWei.toString(),
  };
}
