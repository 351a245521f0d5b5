import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { ListedJob } from '../../adapters/http/coordinatorClient.js';
import { Amount, ShortId } from '../Amount.js';
import { ConnectionNotice } from '../ConnectionNotice.js';
import { useFeed } from '../live/Feed.js';
import { networkFeed, showMoreJobs } from '../live/networkFeed.js';
import { hashOf } from '../model/place.js';
import { timeLeftInWords } from '../model/timeLeft.js';
import { counted, percent } from '../model/words.js';
import { Progress } from '../Progress.js';

/** Every job of the network, the newest first. */
export function JobsPage(): ReactNode {
  const { connection, jobs, hasMoreJobs, nowSeconds, network } = useFeed(networkFeed);
  return (
    <>
      <ConnectionNotice connection={connection} />
      <h1>Jobs</h1>
      {jobs === undefined ? (
        <p className="quiet">Asking the coordinator…</p>
      ) : jobs.length === 0 ? (
        <p className="quiet">
          No job was ordered on this network yet. <code>rushes render SCENE</code> orders one.
        </p>
      ) : (
        <ol className="jobs">
          {jobs.map((job) => (
            <JobRow key={job.jobId} job={job} nowSeconds={nowSeconds} isTestMoney={network?.testMoney === true} />
          ))}
        </ol>
      )}
      {hasMoreJobs && (
        <Button className="more" onPress={showMoreJobs}>
          Show older jobs
        </Button>
      )}
    </>
  );
}

function JobRow({
  job,
  nowSeconds,
  isTestMoney,
}: {
  job: ListedJob;
  nowSeconds: number;
  isTestMoney: boolean;
}): ReactNode {
  const { jobId, chunks, money, picture, endings } = job;
  const { total, paid, committed } = chunks;
  return (
    <li className="job card">
      <div className="title">
        <h2>
          <a href={hashOf({ page: 'job', jobId, frame: undefined })}>{picture?.scene ?? 'A scene not read yet'}</a>
        </h2>
        <span className="quiet">
          <ShortId id={jobId} />
          {picture !== null &&
            ` · ${picture.width} × ${picture.height} · ${counted(picture.lastFrame - picture.firstFrame + 1, 'frame')}`}
        </span>
      </div>
      <Progress rendered={(paid + committed) / total} paid={paid / total} label={`${percent(paid / total)} % paid`} />
      <dl className="facts">
        <div>
          <dt>Paid</dt>
          <dd>
            {percent(paid / total)} % <small>of {counted(total, 'tile')}</small>
          </dd>
        </div>
        <div>
          <dt>Time left</dt>
          <dd>{timeLeftOf(job, nowSeconds)}</dd>
        </div>
        <div>
          <dt>Spent of escrow</dt>
          <dd>
            <Amount wei={money.spentWei} />{' '}
            <small>
              of <Amount wei={money.fundedWei} /> {isTestMoney ? 'test tokens' : 'tokens'}
            </small>
          </dd>
        </div>
        {endings.convicted > 0 && (
          <div className="bad">
            <dt>Convicted</dt>
            <dd>{counted(endings.convicted, 'lease')}</dd>
          </div>
        )}
      </dl>
    </li>
  );
}

function timeLeftOf(job: ListedJob, nowSeconds: number): string {
  const { total, paid, committed } = job.chunks;
  return timeLeftInWords({
    ...job,
    total,
    paid,
    rendered: paid + committed,
    isClosed: job.state === 'closed',
    nowSeconds,
  });
}
