import { Interface, type ParamType } from '@ethersproject/abi';
import { BigNumber } from '@ethersproject/bignumber';
import { policyAbi } from './generated/policy.js';
import { rushesAbi } from './generated/rushes.js';
import { tokenAbi } from './generated/token.js';

type InterfaceSource = ConstructorParameters<typeof Interface>[0];

/** ABI of the contract, for encoding and decoding. */
export const rushesInterface = new Interface(rushesAbi as unknown as InterfaceSource);
/** ABI of the token. */
export const tokenInterface = new Interface(tokenAbi as unknown as InterfaceSource);
/** ABI of policies. */
export const policyInterface = new Interface(policyAbi as unknown as InterfaceSource);

/** Integers of up to this many bits become numbers, larger ones bigints: the same rule as in the generated types. */
const NUMBER_BITS = 48;

/**
 * A value as ethers decodes it, as plain data: numbers, bigints, lowercase hex, strings, arrays, objects by field name.
 */
export function plainValue(type: ParamType, value: unknown): unknown {
  if (type.baseType === 'array')
    return (value as readonly unknown[]).map((item) => plainValue(type.arrayChildren, item));
  if (type.baseType === 'tuple') return plainFields(type.components, value as readonly unknown[]);
  if (/^u?int/.test(type.type)) {
    const integer = BigNumber.from(value).toBigInt();
    return Number(/\d+$/.exec(type.type)?.[0] ?? 256) <= NUMBER_BITS ? Number(integer) : integer;
  }
  return type.type === 'address' || type.type.startsWith('bytes') ? (value as string).toLowerCase() : value;
}

/** Decoded arguments as an object by their names. */
export function plainFields(types: readonly ParamType[], values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(types.map((type, index) => [type.name, plainValue(type, values[index])]));
}

/** A quantity or word in hex as a bigint. */
export function bigintOfHex(hex: string): bigint {
  return hex === '0x' ? 0n : BigInt(hex);
}
