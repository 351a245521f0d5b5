import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components';
import { type Geometry, tilesPerFrame } from '../../protocol/geometry.js';
import { Amount, ShortId } from '../Amount.js';
import type { LeaseEnding } from '../../protocol/leaseEndings.js';
import type { EndedLease } from '../model/endings.js';
import { counted } from '../model/words.js';

const SHOWN = 6;
/** How each ending is called here; what tells most comes first. */
const ENDINGS: Record<LeaseEnding, string> = {
  convicted: 'convicted',
  expired: 'expired',
  voided: 'voided',
  payable: 'paid',
};

/** The leases of a job that ended, and why; what went wrong comes first. */
export function EndedLeases({
  leases,
  geometry,
}: {
  leases: readonly EndedLease[];
  geometry: Geometry | undefined;
}): ReactNode {
  const [shown, setShown] = useState(SHOWN);
  const ordered = Object.keys(ENDINGS).flatMap((ending) => leases.filter((lease) => lease.ending === ending));
  const wrongCount = leases.filter(({ ending }) => ending !== 'payable').length;
  return (
    <section aria-labelledby="ended-heading" className="ended">
      <h2 id="ended-heading">How leases ended</h2>
      {ordered.length === 0 ? (
        <p className="quiet">No lease has ended yet.</p>
      ) : (
        <>
          <p className="quiet">
            {counted(leases.length - wrongCount, 'lease')} passed and paid
            {wrongCount > 0 && `, ${wrongCount} did not`}.
          </p>
          <ul>
            {ordered.slice(0, shown).map((lease) => (
              <EndedLeaseRow key={lease.leaseId} lease={lease} geometry={geometry} />
            ))}
          </ul>
          {shown < ordered.length && (
            <Button className="more" onPress={() => setShown(shown + 50)}>
              Show {Math.min(50, ordered.length - shown)} more
            </Button>
          )}
        </>
      )}
    </section>
  );
}

function EndedLeaseRow({ lease, geometry }: { lease: EndedLease; geometry: Geometry | undefined }): ReactNode {
  const { leaseId, worker, ending, reason, chunks, verdicts, slashedWei } = lease;
  return (
    <li className="card ended-lease" data-ending={ending}>
      <span className="ending">{ENDINGS[ending]}</span>
      <div>
        <p>
          Lease {leaseId}, {counted(chunks.length, 'tile')}
          {geometry !== undefined &&
            ` of frame ${geometry.firstFrame + Math.floor(chunks[0]! / tilesPerFrame(geometry))}`}
          , rendered by <ShortId id={worker} />: {reason}.
        </p>
        <p className="quiet">
          {verdicts.length === 0
            ? 'Nobody audited it'
            : verdicts.map(({ verifier, verdict }, index) => (
                <span key={verifier}>
                  {index > 0 && ', '}
                  <ShortId id={verifier} /> {verdict === undefined ? 'revealed nothing' : `says ${verdict}`}
                </span>
              ))}
          {slashedWei > 0n && (
            <>
              {' · '}
              <Amount wei={slashedWei} /> tokens of stake lost
            </>
          )}
        </p>
      </div>
    </li>
  );
}
