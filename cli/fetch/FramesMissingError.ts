import type { AbsentFrame } from '../../artist/fetchJob.js';
import { RushesError } from '../../protocol/errors.js';
import { countChunks, type LedgerJob } from '../../protocol/ledger.js';

/** Not every frame that was asked for is there; those that are were written. */
export class FramesMissingError extends RushesError {
  constructor({
    job,
    absent,
    nowSeconds,
    written,
  }: {
    job: Pick<LedgerJob, 'jobId' | 'chunkCount' | 'chunkStates' | 'closed' | 'deadlineSeconds'>;
    absent: readonly AbsentFrame[];
    /** By the chain's clock. */
    nowSeconds: number;
    /** How many frames were written. */
    written: number;
  }) {
    const unpaid = numbersOf(absent, 'unpaid');
    const unavailable = numbersOf(absent, 'unavailable');
    const reason = absent.find((frame) => frame.why === 'unavailable')?.error.message;
    const total = absent.length + written;
    const isOver = job.closed || nowSeconds > job.deadlineSeconds;
    const parts = [
      ...(unpaid.length === 0
        ? []
        : [
            `${listRanges(unpaid)} ${isOver ? 'never got finished' : unpaid.length === 1 ? 'is not finished' : 'are not finished'} (${countChunks(job).paid} of ${job.chunkCount} chunks are paid)`,
          ]),
      ...(unavailable.length === 0
        ? []
        : [`${listRanges(unavailable)} cannot be had (${String(reason).split('\n')[0]!})`]),
    ];
    super({
      code: 'frames-missing',
      message: `${absent.length} of ${total} ${total === 1 ? 'frame' : 'frames'} of job ${job.jobId} ${absent.length === 1 ? 'is' : 'are'} missing: ${parts.join(', and ')}`,
      facts: { jobId: job.jobId, unpaid, unavailable, written },
      advice:
        unavailable.length > 0
          ? 'run the same command again when a machine that keeps them is there.'
          : isOver
            ? `the job ${job.closed ? 'was cancelled' : 'is past its deadline'}: render what is missing anew.`
            : 'run the same command again once the rest is paid; `rushes status` says how far it is.',
    });
  }
}

function numbersOf(absent: readonly AbsentFrame[], why: AbsentFrame['why']): number[] {
  return absent.filter((frame) => frame.why === why).map(({ number }) => number);
}

/** frame 3; frames 0-4, 7 and 9-12. */
function listRanges(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const open = ranges.at(-1);
    if (open !== undefined && open[1] === number - 1) open[1] = number;
    else ranges.push([number, number]);
  }
  const texts = ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
  const some = texts.length <= 6 ? texts : [...texts.slice(0, 5), `${texts.length - 5} more ranges`];
  const [last, ...before] = some.toReversed();
  const list = before.length === 0 ? last! : `${before.toReversed().join(', ')} and ${last!}`;
  return `frame${numbers.length === 1 ? '' : 's'} ${list}`;
}
