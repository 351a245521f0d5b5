import assert from 'node:assert/strict';
import { Wallet } from '@ethersproject/wallet';
import { type RequestSigner, SIGNED_SECONDS, signRequests } from '../../../adapters/http/signRequests.js';
import { verifySigned } from '../../../adapters/http/verifySigned.js';
import { type Address, parseAddress } from '../../../protocol/ids.js';

const KEY = `0x${'42'.repeat(32)}`;
const ACCOUNT = parseAddress(new Wallet(KEY).address);
const NETWORK = { chainId: 31_337, contract: `0x${'11'.repeat(20)}` as Address };
const NOW = 1_800_000_000;
const HERE = 'https://render.example.org';

const signer = (network = NETWORK, key = KEY, at = NOW): RequestSigner =>
  signRequests({ network, key, nowSeconds: () => at });
const headerFor = (one = signer(), url = `${HERE}/rushes/api/v0`): Promise<string> =>
  one.authorization('ipfs-write', url);
const verify = (header: string | undefined, more: Partial<Parameters<typeof verifySigned>[0]> = {}): Address =>
  verifySigned({ header, network: NETWORK, purpose: 'ipfs-write', audiences: [HERE], nowSeconds: NOW, ...more });
const refused = (header: string | undefined, why: RegExp, more?: Parameters<typeof verify>[1]): void =>
  assert.throws(
    () => verify(header, more),
    (error: { code: string; message: string }) => error.code === 'not-signed' && why.test(error.message),
    String(header),
  );

describe('requests that an account signs', () => {
  it('are signed as EIP-712 says: the same bytes in every implementation', async () => {
    assert.equal(
      await headerFor(),
      'Rushes account="0x17c5185167401ed00cf5f5b2fc97d9bbfdb7d025", purpose="ipfs-write", audience="https://render.example.org", expires="1800000600", signature="0xb9f845541891093ba3616fe07b2f8cc700874dfb69cd0e7c4a8e3b399f448ea52cd0511dc6fc1413c5f9b963184b8238ea101eecf264682e4cf57707a29496ca1b"',
    );
  });

  it('are of that account, for some minutes', async () => {
    const header = await headerFor();
    assert.equal(verify(header), ACCOUNT);
    assert.equal(
      verify(header, { nowSeconds: NOW + SIGNED_SECONDS - 1 }),
      ACCOUNT,
      'again and again: no state is kept',
    );
    refused(header, /held until 2027-01-15T08:10:00/, { nowSeconds: NOW + SIGNED_SECONDS });
    assert.equal(verify(header, { nowSeconds: NOW - 300 }), ACCOUNT, 'a clock may be ahead a little');
    refused(header, /holds for too long/, { nowSeconds: NOW - 301 });
  });

  it('say nothing on another chain, at another deployment, to another server, or for another account', async () => {
    const header = await headerFor();
    refused(header, /not one of/, { network: { ...NETWORK, chainId: 1 } });
    refused(header, /not one of/, { network: { ...NETWORK, contract: `0x${'12'.repeat(20)}` as Address } });
    refused(header, /signed for https:\/\/render/, { audiences: ['https://other.example.org'] });
    refused(header, /signed for https:\/\/render/, { audiences: [] });
    refused(await headerFor(signer(), 'http://render.example.org'), /signed for http:/);
    refused(header.replace(ACCOUNT, `0x${'13'.repeat(20)}`), /not one of/);
    refused(header.replace(/expires="\d+"/, `expires="${NOW + 700}"`), /not one of/);
    refused(header.replace('audience="https://render', 'audience="https://RENDER'), /signed for/);
  });

  it('have one form', async () => {
    const header = await headerFor();
    refused(undefined, /no Authorization header/);
    for (const wrong of [
      '',
      'Bearer 1234',
      `Basic ${header}`,
      header.replace('Rushes ', 'rushes '),
      header.replace('ipfs-write', 'everything'),
      header.replace(/signature="0x../, 'signature="0x'),
      header.replace(/expires="\d+"/, 'expires="1e9"'),
      `${header}, account="${ACCOUNT}"`,
      header.slice(0, -1),
    ])
      refused(wrong, /is malformed|not of the form/);
    // Bytes that are no signature at all.
    refused(header.replace(/signature="0x[0-9a-f]+"/, `signature="0x${'ff'.repeat(65)}"`), /not one of/);
    refused(header.replace(/signature="0x[0-9a-f]+"/, `signature="0x${'00'.repeat(65)}"`), /not one of/);
  });

  it('are signed anew before they end, and once in between', async () => {
    let now = NOW;
    const one = signRequests({ network: NETWORK, key: KEY, nowSeconds: () => now });
    const first = await headerFor(one);
    now += 200;
    assert.equal(await headerFor(one), first);
    now += 200;
    const second = await headerFor(one);
    assert.notEqual(second, first);
    assert.equal(verify(second, { nowSeconds: now }), ACCOUNT);
    assert.notEqual(await headerFor(one, 'http://127.0.0.1:1'), second, 'for each server its own');
  });
});
