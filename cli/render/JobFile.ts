import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address, Bytes32, JobId } from '../../protocol/ids.js';
import { checkTerms, type Terms } from '../../protocol/terms.js';
import { writeJson } from '../files/writeJson.js';

/** What the out folder remembers of a job that is not finished, so that the same command goes on with it. */
export interface JobFile {
  chainId: number;
  contract: Address;
  artist: Address;
  jobId: JobId;
  nonce: Bytes32;
  manifestDigest: Bytes32;
  terms: Terms;
}

const jobFilePath = (out: string): string => join(out, 'job.json');

/**
 * The unfinished job of an out folder; undefined when there is none, or the file is damaged (a new job is then made,
 * and the old one can be cancelled).
 */
export async function readJobFile(out: string): Promise<JobFile | undefined> {
  const text = await readFile(jobFilePath(out), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const file = JSON.parse(text) as JobFile;
    return { ...file, terms: checkTerms(file.terms) };
  } catch {
    return undefined;
  }
}

/** Remembers a job before any money moves: a crash right after paying finds it again. */
export async function writeJobFile(out: string, file: JobFile): Promise<void> {
  await writeJson(jobFilePath(out), file);
}

/** Forgets a finished job. */
export async function removeJobFile(out: string): Promise<void> {
  await rm(jobFilePath(out), { force: true });
}
