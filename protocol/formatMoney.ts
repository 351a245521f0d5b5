/**
 * Wei (18 decimals) as a decimal number of whole tokens with at most `digits` decimals, rounded down; exact amounts
 * stay in reports.
 */
export function formatMoney(wei: bigint, digits = 4): string {
  const negative = wei < 0n;
  const text = (negative ? -wei : wei).toString().padStart(19, '0');
  const decimals = text.slice(-18).slice(0, digits).replace(/0+$/, '');
  return `${negative ? '-' : ''}${text.slice(0, -18)}${decimals === '' ? '' : `.${decimals}`}`;
}
