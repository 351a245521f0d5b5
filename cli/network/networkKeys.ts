import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Wallet } from '@ethersproject/wallet';
import { type Address, type Bytes32, parseAddress } from '../../protocol/ids.js';
import { readOrMakeKey } from './readOrMakeKey.js';

/** Private keys of a network of this machine. */
export interface NetworkKeys {
  deployer: Bytes32;
  faucet: Bytes32;
  artist: Bytes32;
  parties: { name: string; role: 'worker' | 'verifier'; key: Bytes32 }[];
}

/** Reads the keys in a folder, and makes those that are missing. */
export async function readKeys(
  folder: string,
  { workers, verifiers }: { workers: number; verifiers: number },
): Promise<NetworkKeys> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const key = (name: string): Promise<Bytes32> => readOrMakeKey(join(folder, `${name}.key`));
  const names = [
    ...Array.from({ length: workers }, (_, index) => ({ name: `worker-${index + 1}`, role: 'worker' as const })),
    ...Array.from({ length: verifiers }, (_, index) => ({ name: `verifier-${index + 1}`, role: 'verifier' as const })),
  ];
  const [deployer, faucet, artist, ...others] = await Promise.all([
    key('deployer'),
    key('faucet'),
    key('artist'),
    ...names.map(({ name }) => key(name)),
  ]);
  return {
    deployer: deployer!,
    faucet: faucet!,
    artist: artist!,
    parties: names.map((party, index) => ({ ...party, key: others[index]! })),
  };
}

/** The account of a key. */
export function addressOf(key: Bytes32): Address {
  return parseAddress(new Wallet(key).address);
}
