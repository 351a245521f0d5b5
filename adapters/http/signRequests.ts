import { Wallet } from '@ethersproject/wallet';
import { parseAddress } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import {
  formatAuthorization,
  type RequestPurpose,
  SIGNED_REQUEST_TYPES,
  signedMessage,
  signingDomain,
} from '../../protocol/signedRequest.js';

/** How long a signature is good for. */
export const SIGNED_SECONDS = 600;
/** A new one is made when less than this is left of it: a large file is on its way for minutes. */
const RENEW_BEFORE_SECONDS = 300;

/** Signs requests for an account. */
export interface RequestSigner {
  /** The Authorization header of requests of one purpose to the server at `url`; the same one for some minutes. */
  authorization(purpose: RequestPurpose, url: string): Promise<string>;
}

/** Signs with an account's private key, for one network. `nowSeconds`: default the machine's clock. */
export function signRequests(options: {
  network: Pick<NetworkDescription, 'chainId' | 'contract'>;
  key: string;
  nowSeconds?: () => number;
}): RequestSigner {
  const wallet = new Wallet(options.key);
  const account = parseAddress(wallet.address);
  const nowSeconds = options.nowSeconds ?? ((): number => Math.floor(Date.now() / 1000));
  const signed = new Map<string, { header: Promise<string>; expiresAtSeconds: number }>();
  return {
    authorization(purpose, url) {
      const audience = new URL(url).origin;
      const key = `${purpose} ${audience}`;
      const known = signed.get(key);
      if (known !== undefined && known.expiresAtSeconds - nowSeconds() > RENEW_BEFORE_SECONDS) return known.header;
      const request = { account, purpose, audience, expiresAtSeconds: nowSeconds() + SIGNED_SECONDS };
      const header = wallet
        ._signTypedData(signingDomain(options.network), SIGNED_REQUEST_TYPES, signedMessage(request))
        .then((signature) => formatAuthorization(request, signature));
      signed.set(key, { header, expiresAtSeconds: request.expiresAtSeconds });
      return header;
    },
  };
}
