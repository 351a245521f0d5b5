import type { ReactNode } from 'react';
import { shortId, tokens } from './model/words.js';

/** An amount of money, in tokens. */
export function Amount({ wei }: { wei: bigint | string }): ReactNode {
  return <span className="amount">{tokens(wei)}</span>;
}

/** An address or id, shortened; the whole is told on request. */
export function ShortId({ id }: { id: string }): ReactNode {
  return (
    <code title={id}>
      <span aria-hidden="true">{shortId(id)}</span>
      <span className="hidden">{id}</span>
    </code>
  );
}
