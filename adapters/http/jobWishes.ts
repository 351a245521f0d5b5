import { FieldReader } from '../../protocol/fields.js';
import { type JobId, parseJobId } from '../../protocol/ids.js';
import { type JobWish, MOST_PRIORITY } from '../../protocol/jobWish.js';
import { callCoordinator } from './callCoordinator.js';
import type { RequestSigner } from './signRequests.js';

const ANSWER_MS = 10_000;

/**
 * Tells a coordinator how the artist who signs wishes a job to be suggested; what is left out stays. Throws as
 * callCoordinator does.
 */
export async function putJobWish({
  url,
  jobId,
  wish,
  signer,
  signal,
}: {
  url: string;
  jobId: JobId;
  wish: Partial<Pick<JobWish, 'paused' | 'priority'>>;
  signer: RequestSigner;
  signal: AbortSignal;
}): Promise<JobWish> {
  const answer = await callCoordinator({ url })('put', '/v1/jobs/{jobId}/wish', {
    path: { jobId },
    body: wish,
    headers: { authorization: await signer.authorization('job-wish', url) },
    deadlineMs: ANSWER_MS,
    signal,
  });
  return readWish(answer);
}

/** What was wished of a job; what everybody gets, where nothing was. Throws as callCoordinator does. */
export async function getJobWish({
  url,
  jobId,
  signal,
}: {
  url: string;
  jobId: JobId;
  signal: AbortSignal;
}): Promise<JobWish> {
  const call = callCoordinator({ url });
  return readWish(await call('get', '/v1/jobs/{jobId}/wish', { path: { jobId }, deadlineMs: ANSWER_MS, signal }));
}

/** A coordinator is a stranger: what it says is read as such. */
function readWish(value: unknown): JobWish {
  const fields = new FieldReader(value, 'wish', ['jobId', 'paused', 'priority']);
  return {
    jobId: fields.parsed('jobId', parseJobId),
    paused: fields.boolean('paused'),
    priority: fields.integer('priority', -MOST_PRIORITY, MOST_PRIORITY),
  };
}
