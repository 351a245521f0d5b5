import { BadInputError, MalformedError } from './errors.js';
import { FieldReader } from './fields.js';
import { type Address, parseAddress } from './ids.js';

/** The public description of a network: the whole content of network.json. It holds no secret. */
export interface NetworkDescription {
  protocolVersion: 1;
  name: string;
  chainId: number;
  /** JSON-RPC endpoint of a node of the chain. */
  rpcUrl: string;
  /** The Rushes contract. */
  contract: Address;
  /** The ERC-20 token that pays. */
  token: Address;
  /** The policy contract that jobs of this network use by default. */
  policy: Address;
  /** First block that can hold an event of the contract. */
  deploymentBlock: number;
  /** Kubo RPC endpoint. */
  ipfsApiUrl: string;
  /** A convenience only: everything works without it. */
  coordinatorUrl?: string;
  /** Where test money can be asked for, one start per account: POST { account }. Only where `testMoney` is true. */
  faucetUrl?: string;
  /** Whom to write to about this network: one line, as its operator gave it. */
  contact?: string;
  /** True where the token is worth nothing; cheating workers run nowhere else. */
  testMoney: boolean;
}

/** What `rushes deploy` writes: a network's place on its chain, before anybody says where its IPFS is. */
export type DeployedNetwork = Omit<NetworkDescription, 'ipfsApiUrl'> & Partial<Pick<NetworkDescription, 'ipfsApiUrl'>>;

/**
 * Parses the text of a network.json that may be without addresses of services. Throws BadInputError naming the field,
 * or MalformedError for what is no JSON.
 */
export function parseDeployedNetwork(text: string): DeployedNetwork {
  return readDeployed(fieldsOf(text));
}

/** Parses the text of a network.json. Throws BadInputError naming the field, or MalformedError for what is no JSON. */
export function parseNetworkDescription(text: string): NetworkDescription {
  const fields = fieldsOf(text);
  return { ...readDeployed(fields), ipfsApiUrl: fields.string('ipfsApiUrl', 2000) };
}

function fieldsOf(text: string): FieldReader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MalformedError({
      what: 'network description',
      reason: cause instanceof Error ? cause.message : String(cause),
    });
  }
  return new FieldReader(value, 'network', [
    'protocolVersion',
    'name',
    'chainId',
    'rpcUrl',
    'contract',
    'token',
    'policy',
    'deploymentBlock',
    'ipfsApiUrl',
    'coordinatorUrl',
    'faucetUrl',
    'contact',
    'testMoney',
  ]);
}

/** A line of 1 to 200 characters that can be shown anywhere: no controls, no characters that turn text around. */
export function parseContact(value: unknown, what = 'a contact'): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > 200 || /[\p{C}\p{Zl}\p{Zp}]/u.test(value))
    throw new BadInputError({
      message: `${what} must be one line of at most 200 characters`,
      facts: { field: what },
    });
  return value.trim();
}

function readDeployed(fields: FieldReader): DeployedNetwork {
  return {
    protocolVersion: fields.literal('protocolVersion', [1] as const),
    name: fields.string('name', 200),
    chainId: fields.integer('chainId', 1, Number.MAX_SAFE_INTEGER),
    rpcUrl: fields.string('rpcUrl', 2000),
    contract: fields.parsed('contract', parseAddress),
    token: fields.parsed('token', parseAddress),
    policy: fields.parsed('policy', parseAddress),
    deploymentBlock: fields.integer('deploymentBlock', 0, Number.MAX_SAFE_INTEGER),
    ...(fields.has('ipfsApiUrl') ? { ipfsApiUrl: fields.string('ipfsApiUrl', 2000) } : {}),
    ...(fields.has('coordinatorUrl') ? { coordinatorUrl: fields.string('coordinatorUrl', 2000) } : {}),
    ...(fields.has('faucetUrl') ? { faucetUrl: fields.string('faucetUrl', 2000) } : {}),
    ...(fields.has('contact') ? { contact: fields.parsed('contact', parseContact) } : {}),
    testMoney: fields.boolean('testMoney'),
  };
}
