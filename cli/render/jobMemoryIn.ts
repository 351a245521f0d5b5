import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobMemory, RememberedJob } from '../../artist/RememberedJob.js';
import { checkTerms } from '../../protocol/terms.js';
import { writeJson } from '../files/writeJson.js';
import { clearResults } from '../pictures/clearResults.js';

const jobFilePath = (out: string): string => join(out, 'job.json');

/** The out folder as the memory of a job that is not finished, so that the same command goes on with it. */
export function jobMemoryIn(out: string): JobMemory {
  return {
    async read() {
      const text = await readFile(jobFilePath(out), 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      try {
        const job = JSON.parse(text) as RememberedJob;
        return { ...job, terms: checkTerms(job.terms) };
      } catch {
        return undefined;
      }
    },
    async write(job) {
      await clearResults(out);
      await writeJson(jobFilePath(out), job);
    },
  };
}

/** Forgets a finished job. */
export async function forgetJob(out: string): Promise<void> {
  await rm(jobFilePath(out), { force: true });
}
