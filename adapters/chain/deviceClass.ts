import { BadInputError } from '../../protocol/errors.js';
import { bytesOfHex, bytesOfLatin1, latin1OfBytes } from '../../protocol/bytes.js';
import { type Bytes32, bytes32Of } from '../../protocol/ids.js';

/**
 * A device class as the contract keeps it: ASCII, right-padded with zeros. Throws BadInputError unless it has 1 to 32
 * printable characters.
 */
export function bytesOfDeviceClass(text: string): Bytes32 {
  if (!/^[\x21-\x7e]{1,32}$/.test(text))
    throw new BadInputError({
      message: `device class ${JSON.stringify(text)} is not 1 to 32 printable ASCII characters`,
      facts: { deviceClass: text },
    });
  const bytes = new Uint8Array(32);
  bytes.set(bytesOfLatin1(text));
  return bytes32Of(bytes);
}

/** The text of a device class; what is not printable ASCII (anyone can register anything) is shown as hex. */
export function textOfDeviceClass(padded: Bytes32): string {
  const text = latin1OfBytes(bytesOfHex(padded)).replace(/\0+$/, '');
  return /^[\x21-\x7e]{1,32}$/.test(text) ? text : padded;
}
