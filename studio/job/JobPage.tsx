import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { type Geometry, geometryOf, tilesPerFrame } from '../../protocol/geometry.js';
import type { JobId } from '../../protocol/ids.js';
import { CHUNK_STATES, countChunks, type LedgerJob } from '../../protocol/ledger.js';
import { Amount, ShortId } from '../Amount.js';
import { Announcer } from '../Announcer.js';
import { ConnectionNotice } from '../ConnectionNotice.js';
import { useFeed } from '../live/Feed.js';
import { jobFeed, type JobSnapshot } from '../live/jobFeed.js';
import { frameToShow } from '../model/frames.js';
import { countTiles, tileStatesOf } from '../model/tileStates.js';
import { timeLeftInWords } from '../model/timeLeft.js';
import { endedLeasesOf } from '../model/endings.js';
import { counted, percent } from '../model/words.js';
import { Progress } from '../Progress.js';
import { FilmStrip } from './FilmStrip.js';
import { LargeFrame } from './LargeFrame.js';
import { Legend } from './Legend.js';
import { Machines } from './Machines.js';
import { Money } from './Money.js';
import { EndedLeases } from './EndedLeases.js';

/** One job, from its order to its last payment. */
export function JobPage({ jobId, frame }: { jobId: JobId; frame: number | undefined }): ReactNode {
  const snapshot = useFeed(jobFeed(jobId));
  const { connection, job, manifest, refusal } = snapshot;
  return (
    <>
      <ConnectionNotice connection={connection} />
      <p className="crumb">
        <a href="#/">All jobs</a>
      </p>
      <header className="heading">
        <h1>{manifest?.scene.path ?? 'Job'}</h1>
        <p className="quiet">
          <ShortId id={jobId} />
          {manifest !== undefined &&
            ` · ${manifest.size.width} × ${manifest.size.height} · ${counted(manifest.samples, 'sample')} · ${counted(manifest.bounces, 'bounce')}`}
          {job !== undefined && (
            <>
              {' '}
              · ordered by <ShortId id={job.artist} />
            </>
          )}
        </p>
      </header>
      {refusal !== undefined && (
        <p className="notice" role="status">
          <b>This job cannot be rendered:</b> {refusal}
        </p>
      )}
      {job === undefined ? (
        connection !== 'missing' && <p className="quiet">Asking the coordinator…</p>
      ) : (
        <JobView snapshot={snapshot} job={job} frame={frame} />
      )}
    </>
  );
}

function JobView({
  snapshot,
  job,
  frame,
}: {
  snapshot: JobSnapshot;
  job: Readonly<LedgerJob>;
  frame: number | undefined;
}): ReactNode {
  const { ledger, manifest } = snapshot;
  const geometry = useMemo(() => (manifest === undefined ? undefined : geometryOf(manifest)), [manifest]);
  const states = tileStatesOf(ledger, job, 0, job.chunkCount);
  const chosen = frame === undefined || geometry === undefined ? undefined : frame - geometry.firstFrame;
  const isChosen = chosen !== undefined && geometry !== undefined && chosen >= 0 && chosen < geometry.frameCount;
  const offset = isChosen ? chosen : geometry === undefined ? 0 : frameToShow(geometry, job);
  return (
    <>
      <Facts snapshot={snapshot} job={job} geometry={geometry} />
      <div className="columns">
        <div className="main">
          {geometry === undefined ? (
            snapshot.refusal === undefined && <p className="quiet">Its manifest is not read from IPFS yet.</p>
          ) : (
            <>
              <LargeFrame
                snapshot={snapshot}
                geometry={geometry}
                jobId={job.jobId}
                offset={offset}
                isFollowing={!isChosen}
              />
              <Legend counts={countTiles(states)} />
              <FilmStrip snapshot={snapshot} geometry={geometry} jobId={job.jobId} offset={offset} />
            </>
          )}
        </div>
        <div className="side">
          <Money ledger={ledger} job={job} />
          <Machines ledger={ledger} job={job} />
        </div>
      </div>
      <EndedLeases leases={endedLeasesOf(ledger, job)} geometry={geometry} />
    </>
  );
}

function Facts({
  snapshot,
  job,
  geometry,
}: {
  snapshot: JobSnapshot;
  job: Readonly<LedgerJob>;
  /** Undefined while the manifest is not read. */
  geometry: Geometry | undefined;
}): ReactNode {
  useClock();
  const { ledger } = snapshot;
  const { paid, committed } = countChunks(job);
  const total = job.chunkCount;
  const rendered = paid + committed;
  const firstLease = job.leaseIds[0];
  const startedAtSeconds = firstLease === undefined ? undefined : ledger.leases.get(firstLease)?.takenAtSeconds;
  const left = timeLeftInWords({
    ...{ total, paid, rendered, startedAtSeconds, nowSeconds: snapshot.nowSeconds() },
    ...{ isClosed: job.closed, deadlineSeconds: job.deadlineSeconds },
  });
  const convicted = job.leaseIds.filter((leaseId) => ledger.leases.get(leaseId)?.state === 'CONVICTED').length;
  const quarter = Math.floor((paid / total) * 4) * 25;
  return (
    <>
      <Progress rendered={rendered / total} paid={paid / total} label={`${percent(paid / total)} % paid`} />
      <dl className="facts large-facts">
        <div>
          <dt>Paid</dt>
          <dd>{percent(paid / total)} %</dd>
        </div>
        <div>
          <dt>Time left</dt>
          <dd>{left}</dd>
        </div>
        {geometry !== undefined && (
          <div>
            <dt>Frames finished</dt>
            <dd>
              {countFinished(job, geometry)} <small>of {geometry.frameCount}</small>
            </dd>
          </div>
        )}
        <div>
          <dt>Spent of escrow</dt>
          <dd>
            <Amount wei={job.spentWei} />{' '}
            <small>
              of <Amount wei={job.fundedWei} />
            </small>
          </dd>
        </div>
      </dl>
      <Announcer
        message={`${quarter} percent of the job is paid.${convicted === 0 ? '' : ` ${counted(convicted, 'lease')} convicted.`}`}
      />
    </>
  );
}

/** Its number in LedgerJob.chunkStates. */
const PAID = CHUNK_STATES.indexOf('paid');

/** Frames of which every tile is paid. */
function countFinished(job: Readonly<LedgerJob>, geometry: Geometry): number {
  const tiles = tilesPerFrame(geometry);
  let frames = 0;
  for (let first = 0; first < job.chunkCount; first += tiles)
    if (job.chunkStates.subarray(first, first + tiles).every((state) => state === PAID)) frames++;
  return frames;
}

/** Draws again every second, for what is told in time left. */
function useClock(): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), 1000);
    return () => clearInterval(timer);
  }, []);
}
