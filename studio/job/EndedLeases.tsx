import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components';
import { type Geometry, tilesPerFrame } from '../../protocol/geometry.js';
import { Amount, ShortId } from '../Amount.js';
import type { LeaseVerdict, Outcome } from '../model/verdicts.js';
import { counted } from '../model/words.js';

const SHOWN = 6;
/** What tells most comes first. */
const OUTCOMES: readonly Outcome[] = ['convicted', 'expired', 'voided', 'paid'];

/** What was found of the leases of a job, and why; what went wrong comes first. */
export function Verdicts({
  verdicts,
  geometry,
}: {
  verdicts: readonly LeaseVerdict[];
  geometry: Geometry | undefined;
}): ReactNode {
  const [shown, setShown] = useState(SHOWN);
  const ordered = OUTCOMES.flatMap((outcome) => verdicts.filter((verdict) => verdict.outcome === outcome));
  const wrongCount = verdicts.filter(({ outcome }) => outcome !== 'paid').length;
  return (
    <section aria-labelledby="verdicts-heading" className="verdicts">
      <h2 id="verdicts-heading">Verdicts</h2>
      {ordered.length === 0 ? (
        <p className="quiet">No lease has ended yet.</p>
      ) : (
        <>
          <p className="quiet">
            {counted(verdicts.length - wrongCount, 'lease')} passed and paid
            {wrongCount > 0 && `, ${wrongCount} did not`}.
          </p>
          <ul>
            {ordered.slice(0, shown).map((verdict) => (
              <VerdictRow key={verdict.leaseId} verdict={verdict} geometry={geometry} />
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

function VerdictRow({ verdict, geometry }: { verdict: LeaseVerdict; geometry: Geometry | undefined }): ReactNode {
  const { leaseId, worker, outcome, reason, chunks, votes, slashedWei } = verdict;
  return (
    <li className="card verdict" data-outcome={outcome}>
      <span className="outcome">{outcome}</span>
      <div>
        <p>
          Lease {leaseId}, {counted(chunks.length, 'tile')}
          {geometry !== undefined &&
            ` of frame ${geometry.firstFrame + Math.floor(chunks[0]! / tilesPerFrame(geometry))}`}
          , rendered by <ShortId id={worker} />: {reason}.
        </p>
        <p className="quiet">
          {votes.length === 0
            ? 'Nobody audited it'
            : votes.map(({ verifier, verdict: vote }, index) => (
                <span key={verifier}>
                  {index > 0 && ', '}
                  <ShortId id={verifier} /> {vote === undefined ? 'revealed nothing' : `says ${vote}`}
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
