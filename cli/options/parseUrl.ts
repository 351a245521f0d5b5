import { BadInputError } from '../../protocol/errors.js';

/** An address that was given as an option or a variable. Throws BadInputError, without showing a password in it. */
export function parseUrl(name: string, text: string, protocols: readonly string[]): string {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    // Said below.
  }
  if (url !== undefined && protocols.includes(url.protocol)) return text;
  const shown = text.replace(/\/\/[^/@]*@/, '//…@').slice(0, 200);
  throw new BadInputError({
    code: 'bad-usage',
    message: `${name} is ${JSON.stringify(shown)}, which is no address of the form ${protocols.map((protocol) => `${protocol}//…`).join(' or ')}`,
    facts: { option: name },
    advice: 'give the whole address, with the protocol in front.',
  });
}
