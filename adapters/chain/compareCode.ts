import { readFile } from 'node:fs/promises';
import { bytesOfHex, hexOfBytes } from '../../protocol/bytes.js';
import { type Address, parseAddress } from '../../protocol/ids.js';
import type { Rpc } from './createRpc.js';

/**
 * A contract as it is compiled: hex of what deploys it, where addresses of libraries stand in that, and how many bytes
 * at its end stay on the chain.
 */
interface Compiled {
  runtimeBytes: number;
  links: Record<string, number[]>;
  bytecode: string;
}

const PUSH20 = 0x73;
const PUSH32 = 0x7f;
const ADDRESS_BYTES = 20;
const WORD_BYTES = 32;

/**
 * Whether the contract at an address is the Rushes contract of this version, libraries included: a network could name
 * any other that answers like it and keeps what it is paid.
 */
export async function isRushesContract(options: {
  rpc: Rpc;
  contract: Address;
  signal?: AbortSignal | undefined;
}): Promise<boolean> {
  const compiled = JSON.parse(await readFile(new URL('./generated/bytecode.json', import.meta.url), 'utf8')) as Record<
    string,
    Compiled
  >;
  const codeAt = async (address: Address): Promise<Uint8Array> =>
    bytesOfHex(await options.rpc.send<string>('eth_getCode', [address, 'latest'], { signal: options.signal }));
  const libraries = matchCode(await codeAt(options.contract), compiled['Rushes']!);
  if (libraries === undefined) return false;
  for (const [name, address] of Object.entries(libraries))
    if (matchCode(await codeAt(address), compiled[name]!, { isLibrary: true }) === undefined) return false;
  return true;
}

/**
 * Compares code on the chain with what a compiled contract leaves there, and gives the addresses of its libraries.
 * Undefined where they differ. The code is the end of what deploys it, but for what deploying fills in: the addresses
 * of libraries, immutable values (words of zeros after a PUSH32), and the address of a library at its own beginning.
 */
export function matchCode(
  code: Uint8Array,
  { runtimeBytes, bytecode, links }: Compiled,
  { isLibrary = false } = {},
): Record<string, Address> | undefined {
  if (code.length !== runtimeBytes) return undefined;
  const whole = bytesOfHex(bytecode);
  const start = whole.length - code.length;
  const expected = whole.slice(start);
  const libraries: Record<string, Address> = {};
  for (const [name, places] of Object.entries(links))
    for (const place of places) {
      const at = place - start;
      // Of the constructor, which is gone.
      if (at < 0) continue;
      const linked = code.slice(at, at + ADDRESS_BYTES);
      const address = parseAddress(hexOfBytes(linked));
      if (libraries[name] !== undefined && libraries[name] !== address) return undefined;
      libraries[name] = address;
      expected.set(linked, at);
    }
  if (isLibrary && expected[0] === PUSH20) expected.set(code.slice(1, 1 + ADDRESS_BYTES), 1);
  for (let at = 0; at + WORD_BYTES < expected.length; at++)
    if (expected[at] === PUSH32 && expected.slice(at + 1, at + 1 + WORD_BYTES).every((byte) => byte === 0))
      expected.set(code.slice(at + 1, at + 1 + WORD_BYTES), at + 1);
  return expected.every((byte, at) => byte === code[at]) ? libraries : undefined;
}
