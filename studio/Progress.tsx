import type { ReactNode } from 'react';
import { ProgressBar } from 'react-aria-components';

/** How far something is, rendered and paid, as shares of 1. */
export function Progress({ rendered, paid, label }: { rendered: number; paid: number; label: string }): ReactNode {
  return (
    <ProgressBar className="progress" aria-label={label} value={paid * 100}>
      <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect className="rendered" width={rendered * 100} height="1" />
        <rect className="paid" width={paid * 100} height="1" />
      </svg>
    </ProgressBar>
  );
}
