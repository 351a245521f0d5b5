import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bytes32, bytes32Of } from '../protocol/ids.js';
import { sha256 } from '../protocol/sha256.js';

const encoder = new TextEncoder();

/**
 * SHA-256 over all that decides what the kernel reads: the compiled code and data of renderer/scene/, the places it
 * packs to in renderer/kernels/, and the versions of the packages it decodes and builds with. It is part of every
 * kernel's hash, since two builds that prepare a scene differently do not agree to the bit, and a job must never be
 * rendered by one of them and audited by the other.
 */
export function hashPreparation(): Bytes32 {
  const here = fileURLToPath(new URL('./', import.meta.url));
  const files = ['kernels', 'scene'].flatMap((folder) =>
    readdirSync(join(here, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(js|json)$/.test(name))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .sort(),
  );
  const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const versions = Object.entries(dependencies)
    .filter(([name]) => /^(three|three-mesh-bvh|@jsquash\/.*)$/.test(name))
    .map(([name, version]) => `${name} ${version}`)
    .sort();
  const digests = files.flatMap((name) => [sha256(encoder.encode(name)), sha256(readFileSync(join(here, name)))]);
  return bytes32Of(sha256(sha256(encoder.encode(versions.join('\n'))), ...digests));
}
