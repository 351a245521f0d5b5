import { formatMoney } from '../../protocol/formatMoney.js';

/** A span of time in two units at most: "45 s", "12 min", "3 h 20 min", "2 d 4 h". */
export function inWords(spanSeconds: number): string {
  const seconds = Math.max(0, Math.round(spanSeconds));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** An estimate is not known to the second: "about 3 min". */
export function aboutInWords(spanSeconds: number): string {
  const step = spanSeconds < 60 ? 5 : spanSeconds < 600 ? 30 : 60;
  return `about ${inWords(Math.max(step, Math.round(spanSeconds / step) * step))}`;
}

/** The first and last digits of an address or id; the whole stands in the title of the element. */
export function shortId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 8)}…${id.slice(-4)}`;
}

/** Wei in tokens, from what the API or the ledger has. */
export function tokens(wei: bigint | string): string {
  const text = formatMoney(BigInt(wei));
  // What is there must not read as nothing.
  return text === '0' && BigInt(wei) > 0n ? '< 0.0001' : text;
}

/** "1 tile", "3 tiles". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** A share as whole percent, of which the last is kept for what is done. */
export function percent(share: number): number {
  return share >= 1 ? 100 : Math.min(99, Math.floor(share * 100));
}
