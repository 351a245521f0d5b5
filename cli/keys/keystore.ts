import { Wallet } from '@ethersproject/wallet';
import { BadInputError } from '../../protocol/errors.js';
import { type Address, type Bytes32, parseAddress, parseBytes32 } from '../../protocol/ids.js';

/** Whether the text of a key file is an Ethereum keystore. */
export function isKeystore(text: string): boolean {
  return text.trimStart().startsWith('{');
}

/** A key as an Ethereum keystore (version 3); takes a second or two, as does opening it. */
export async function encryptKey(key: Bytes32, passphrase: string): Promise<string> {
  return `${await new Wallet(key).encrypt(passphrase)}\n`;
}

/** The key in a keystore. Throws BadInputError, which names its file, when it does not open. */
export async function decryptKey(text: string, passphrase: string, path: string): Promise<Bytes32> {
  try {
    return parseBytes32((await Wallet.fromEncryptedJson(text, passphrase)).privateKey);
  } catch (cause) {
    throw new BadInputError({
      code: 'bad-key',
      message: `${path} cannot be decrypted`,
      facts: { path },
      advice: 'check the passphrase, and that it is an Ethereum keystore.',
      cause,
    });
  }
}

/** The account that a keystore says it is of, which it says without its passphrase; undefined where it says nothing. */
export function accountOfKeystore(text: string): Address | undefined {
  try {
    return parseAddress(`0x${String((JSON.parse(text) as { address?: unknown }).address).replace(/^0x/, '')}`);
  } catch {
    return undefined;
  }
}
