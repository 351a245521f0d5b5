import { RushesError } from '../../protocol/errors.js';

/** The error that says what the last words of a program of PostgreSQL mean. */
export function explainPostgres(doing: string, cluster: string, lines: string[]): RushesError {
  const text = lines.join('\n');
  const fatal =
    lines.filter((line) => /FATAL|ERROR|error|PANIC|HINT|EACCES|ENOENT/.test(line)).join(' ') ||
    lines.slice(-3).join(' ') ||
    'it said nothing';
  const facts = { cluster, lines: lines.slice(-10) };
  if (/No space left on device|Disk quota exceeded|ENOSPC/.test(text))
    return new RushesError({
      code: 'disk-full',
      message: `no space left on the disk of the database (${doing} ${cluster})`,
      facts,
      advice: 'Free some space, or choose a data folder on another disk.',
    });
  if (/Address already in use/.test(text))
    return new RushesError({
      code: 'port-in-use',
      message: `${doing} ${cluster}: the port is in use by another program`,
      facts,
      advice: 'Choose another port, or 0 for a free one.',
    });
  return new RushesError({ code: 'postgres-start', message: `${doing} ${cluster} failed: ${fatal}`, facts });
}
