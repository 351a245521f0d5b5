import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** What `render` and `fetch` leave of a job in an out folder, beside the pictures. */
const RECORDS = ['report.json', 'fetch.json'];

/** What is read of such a file. */
interface Results {
  jobId?: unknown;
  frames?: { path?: unknown; proof?: unknown }[];
  /** Paths of pictures that earlier fetches of the job left. */
  earlier?: unknown;
}

/**
 * Removes what an earlier job left in an out folder, and nothing else: pictures of another job must not stand beside
 * those of this one. With `except`, a folder that holds results of that job alone is left as it is.
 */
export async function clearResults(out: string, { except }: { except?: string } = {}): Promise<void> {
  const records = (await Promise.all(RECORDS.map((name) => read(join(out, name))))).filter(
    (record) => record !== undefined,
  );
  if (records.length === 0 || (except !== undefined && records.every(({ jobId }) => jobId === except))) return;
  const names = records
    .flatMap(picturesOf)
    .map((path) => basename(path))
    .filter((name) => /^frame-\d+(\.half)?\.(png|exr)$/.test(name));
  const evidence = (await readdir(out)).filter((name) => /^evidence-lease-[\d-]+\.png$/.test(name));
  for (const name of [...names, ...evidence, 'animation.webp', 'certificate.json', ...RECORDS])
    await rm(join(out, name), { force: true });
}

/** Paths of the pictures that earlier fetches of a job left in a folder. */
export async function fetchedBefore(out: string): Promise<string[]> {
  const record = await read(join(out, 'fetch.json'));
  return record === undefined ? [] : picturesOf(record);
}

function picturesOf({ frames = [], earlier }: Results): string[] {
  return [...frames.flatMap(({ path, proof }) => [path, proof]), ...(Array.isArray(earlier) ? earlier : [])].filter(
    (path): path is string => typeof path === 'string',
  );
}

/** Undefined for a file that is not there; a damaged one names no pictures. */
async function read(path: string): Promise<Results | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as Results | null;
    return Array.isArray(record?.frames) ? record : {};
  } catch {
    return {};
  }
}
