import { MalformedError } from './errors.js';
import { type Address, parseAddress } from './ids.js';
import type { NetworkDescription } from './network.js';

/** What a request does for the account that signs it. */
export type RequestPurpose = (typeof PURPOSES)[number];

const PURPOSES = ['ipfs-write', 'job-wish'] as const;

/** What an account signs, once for all its requests of one purpose to one server until it expires. */
export interface SignedRequest {
  account: Address;
  purpose: RequestPurpose;
  /** Origin of the server that is asked, for instance https://render.example.org: no other can use it. */
  audience: string;
  /** Unix seconds. */
  expiresAtSeconds: number;
}

/** The signed data, as EIP-712 names its types. */
export const SIGNED_REQUEST_TYPES = {
  SignedRequest: [
    { name: 'account', type: 'address' },
    { name: 'purpose', type: 'string' },
    { name: 'audience', type: 'string' },
    { name: 'expiresAt', type: 'uint64' },
  ],
};

/** The domain of EIP-712: what is signed for one deployment says nothing at any other, nor on another chain. */
export function signingDomain(network: Pick<NetworkDescription, 'chainId' | 'contract'>): {
  name: string;
  version: string;
  chainId: number;
  verifyingContract: Address;
} {
  return { name: 'Rushes', version: '1', chainId: network.chainId, verifyingContract: network.contract };
}

/** The message of EIP-712. */
export function signedMessage(request: SignedRequest): Record<string, string | number> {
  const { account, purpose, audience, expiresAtSeconds } = request;
  return { account, purpose, audience, expiresAt: expiresAtSeconds };
}

const FORM =
  /^Rushes account="(0x[0-9a-f]{40})", purpose="([a-z-]{1,40})", audience="([!#-[\]-~]{1,500})", expires="([1-9][0-9]{0,11})", signature="(0x[0-9a-f]{130})"$/;

/** The value of an Authorization header. */
export function formatAuthorization(request: SignedRequest, signature: string): string {
  const { account, purpose, audience, expiresAtSeconds } = request;
  return `Rushes account="${account}", purpose="${purpose}", audience="${audience}", expires="${expiresAtSeconds}", signature="${signature.toLowerCase()}"`;
}

/** Reads an Authorization header; who signed it is not checked here. Throws MalformedError. */
export function parseAuthorization(header: string): { request: SignedRequest; signature: string } {
  const [, account, named, audience, expires, signature] = FORM.exec(header) ?? [];
  const purpose = PURPOSES.find((one) => one === named);
  if (purpose === undefined || audience === undefined || signature === undefined)
    throw new MalformedError({
      what: 'the Authorization header',
      reason: 'it is not of the form `Rushes account=...`',
    });
  return {
    request: { account: parseAddress(account), purpose, audience, expiresAtSeconds: Number(expires) },
    signature,
  };
}
