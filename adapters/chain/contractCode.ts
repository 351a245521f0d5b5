import { Interface } from '@ethersproject/abi';
import { readFile } from 'node:fs/promises';
import type { Address } from '../../protocol/ids.js';
import { policyAbi } from './generated/policy.js';
import { rushesAbi } from './generated/rushes.js';
import { tokenAbi } from './generated/token.js';

/** What a network's chain holds: the contract, the libraries it calls, its policy and, where it is ours, the token. */
export const DEPLOYABLES = ['PolicyRules', 'Roster', 'Policy', 'TestToken', 'Rushes'] as const;
export type Deployable = (typeof DEPLOYABLES)[number];

type InterfaceSource = ConstructorParameters<typeof Interface>[0];
const ABIS: Partial<Record<Deployable, unknown>> = { Policy: policyAbi, TestToken: tokenAbi, Rushes: rushesAbi };

/** The compiled contracts. */
export interface ContractCode {
  /** What a transaction that makes the contract carries: code, its libraries' addresses filled in, and arguments. */
  creation(
    name: Deployable,
    args?: readonly unknown[],
    libraries?: Partial<Record<Deployable, Address>>,
  ): `0x${string}`;
}

/** Reads the compiled contracts, which are beside this module. */
export async function readContractCode(): Promise<ContractCode> {
  const compiled = JSON.parse(await readFile(new URL('./generated/bytecode.json', import.meta.url), 'utf8')) as Record<
    Deployable,
    { links: Record<string, number[]>; bytecode: string }
  >;
  return {
    creation(name, args = [], libraries = {}) {
      let code = compiled[name].bytecode;
      for (const [library, places] of Object.entries(compiled[name].links)) {
        const address = libraries[library as Deployable];
        if (address === undefined) throw new TypeError(`library ${library} is not deployed`);
        for (const place of places)
          code = code.slice(0, 2 + 2 * place) + address.slice(2) + code.slice(2 + 2 * place + 40);
      }
      const abi = ABIS[name];
      const encoded = abi === undefined ? '0x' : new Interface(abi as InterfaceSource).encodeDeploy(args);
      return `0x${code.slice(2)}${encoded.slice(2)}`;
    },
  };
}
