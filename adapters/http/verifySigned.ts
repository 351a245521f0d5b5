import { verifyTypedData } from '@ethersproject/wallet';
import { MalformedError, RushesError } from '../../protocol/errors.js';
import type { Address } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import {
  parseAuthorization,
  type RequestPurpose,
  SIGNED_REQUEST_TYPES,
  signedMessage,
  signingDomain,
} from '../../protocol/signedRequest.js';
import { SIGNED_SECONDS } from './signRequests.js';

/** How far the clock of who signs may be ahead. */
const CLOCKS_APART_SECONDS = 300;

/** A request acts for an account and shows no signature of it that holds here and now. */
export class NotSignedError extends RushesError {
  constructor(options: { reason: string; advice: string }) {
    super({
      code: 'not-signed',
      message: `the request is not signed by an account: ${options.reason}`,
      facts: { reason: options.reason },
      advice: options.advice,
    });
  }
}

/** Headers whose signature was found good: recovering who signed costs milliseconds, and clients sign for minutes. */
export interface GoodHeaders {
  has(header: string): boolean;
  add(header: string): void;
}

/** Remembers so many headers; of more, the oldest are recovered again. */
export function rememberHeaders(most: number): GoodHeaders {
  const headers = new Set<string>();
  return {
    has: (header) => headers.has(header),
    add(header) {
      headers.add(header);
      if (headers.size > most) headers.delete(headers.values().next().value as string);
    },
  };
}

/**
 * The account that signed a request, from its Authorization header alone. Throws NotSignedError for one that is absent,
 * over, of another purpose, network or server, or not by the account it names.
 */
export function verifySigned(options: {
  /** The Authorization header. */
  header: string | undefined;
  network: Pick<NetworkDescription, 'chainId' | 'contract'>;
  purpose: RequestPurpose;
  /** Origins that this server has for who asks. */
  audiences: readonly string[];
  nowSeconds: number;
  /** Of this network. Those in it are checked like all others but for the signature, which cannot have turned bad. */
  good?: GoodHeaders;
}): Address {
  const { header, network, nowSeconds } = options;
  const refuse = (reason: string, advice: string): NotSignedError => new NotSignedError({ reason, advice });
  if (header === undefined)
    throw refuse('it has no Authorization header', 'Clients of Rushes sign by themselves; others read only.');
  let parsed: ReturnType<typeof parseAuthorization>;
  try {
    parsed = parseAuthorization(header);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw refuse(error.message, 'Use a client of this version.');
  }
  const { request, signature } = parsed;
  const { account, purpose, audience, expiresAtSeconds } = request;
  const clocks = `The clock here says ${new Date(nowSeconds * 1000).toISOString()}; set yours.`;
  if (expiresAtSeconds <= nowSeconds)
    throw refuse(`the signature held until ${new Date(expiresAtSeconds * 1000).toISOString()}`, clocks);
  if (expiresAtSeconds > nowSeconds + SIGNED_SECONDS + CLOCKS_APART_SECONDS)
    throw refuse('the signature holds for too long', clocks);
  if (purpose !== options.purpose) throw refuse(`it is signed for ${purpose}`, `Sign for ${options.purpose}.`);
  if (!options.audiences.includes(audience))
    throw refuse(
      `it is signed for ${audience}, and this is ${options.audiences[0] ?? 'another server'}`,
      'Use the address that the network is described with; whoever runs it names it as its public URL.',
    );
  if (options.good?.has(header) === true) return account;
  if (signerOf(network, request, signature) !== account)
    throw refuse(`the signature is not one of ${account} for this network`, 'Is the network the one you mean?');
  options.good?.add(header);
  return account;
}

function signerOf(
  network: Pick<NetworkDescription, 'chainId' | 'contract'>,
  request: ReturnType<typeof parseAuthorization>['request'],
  signature: string,
): string | undefined {
  try {
    return verifyTypedData(
      signingDomain(network),
      SIGNED_REQUEST_TYPES,
      signedMessage(request),
      signature,
    ).toLowerCase();
  } catch {
    return undefined;
  }
}
