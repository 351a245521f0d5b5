/**
 * An amount of a chain's own coin for people, to four digits that count: what is asked is rounded up, what is held
 * down.
 */
export function formatCoins(wei: bigint, rounded: 'up' | 'down' = 'up'): string {
  if (wei === 0n) return '0';
  const unit = 10n ** BigInt(Math.max(0, wei.toString().length - 4));
  const text = (((wei + (rounded === 'up' ? unit - 1n : 0n)) / unit) * unit).toString().padStart(19, '0');
  const decimals = text.slice(-18).replace(/0+$/, '');
  return `${text.slice(0, -18)}${decimals === '' ? '' : `.${decimals}`}`;
}
