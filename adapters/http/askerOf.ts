import { isIP } from 'node:net';

/**
 * Who counts as one asker: an IPv4 address, or the /64 of an IPv6 address, since whoever has one of those has them all.
 * What is no address counts as one asker too.
 */
export function askerOf(address: string): string {
  const plain = address.replace(/^\[|\]$/g, '').split('%', 1)[0]!;
  const mapped = /^::ffff:([0-9.]+)$/i.exec(plain)?.[1] ?? plain;
  if (isIP(mapped) === 4) return mapped;
  if (isIP(mapped) !== 6) return 'unknown';
  return `${groupsOf(mapped).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  // WHATWG's serialiser writes every spelling of an address in one way, dotted quads at its end included.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  if (tail === undefined) return groups(head);
  const [before, after] = [groups(head), groups(tail)];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}
