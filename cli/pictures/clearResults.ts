import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

/**
 * Removes what an earlier job left in an out folder, and nothing else: pictures of another job must not stand beside
 * those of this one.
 */
export async function clearResults(out: string): Promise<void> {
  const text = await readFile(join(out, 'report.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const { frames = [] } = parse(text);
  const names = frames
    .flatMap((frame) => (typeof frame.path === 'string' ? [basename(frame.path)] : []))
    .filter((name) => /^frame-\d+\.png$/.test(name));
  const evidence = (await readdir(out)).filter((name) => /^evidence-lease-[\d-]+\.png$/.test(name));
  for (const name of [...names, ...evidence, 'animation.webp', 'certificate.json', 'report.json'])
    await rm(join(out, name), { force: true });
}

function parse(text: string): { frames?: { path?: unknown }[] } {
  try {
    const report = JSON.parse(text) as { frames?: unknown };
    return Array.isArray(report.frames) ? (report as { frames: { path?: unknown }[] }) : {};
  } catch {
    return {};
  }
}
