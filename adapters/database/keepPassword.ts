import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The password of the only role, made once and readable by the owner alone: other users of the machine can reach the
 * port.
 */
export async function keepPassword(folder: string): Promise<string> {
  const path = join(folder, 'password');
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined && known !== '') return known;
  const password = randomBytes(24).toString('hex');
  await writeFile(`${path}.new`, password, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return password;
}
