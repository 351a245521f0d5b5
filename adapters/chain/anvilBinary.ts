import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RushesError } from '../../protocol/errors.js';

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Path of the anvil that npm installed for this platform. It is inside a platform package, so no install script has to
 * have run.
 */
export function anvilBinary(): string {
  const platformPackage = `@foundry-rs/anvil-${process.platform}-${ARCHITECTURES[process.arch] ?? process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    // The platform package is a dependency of @foundry-rs/anvil: look from there, so that it is found wherever npm put
    // it.
    const fromAnvil = createRequire(require.resolve('@foundry-rs/anvil/package.json'));
    const path = join(
      dirname(fromAnvil.resolve(`${platformPackage}/package.json`)),
      'bin',
      process.platform === 'win32' ? 'anvil.exe' : 'anvil',
    );
    if (existsSync(path)) return path;
  } catch {
    // Not installed: said below.
  }
  throw new RushesError({
    code: 'anvil-missing',
    message: `the local chain (anvil) is not installed for ${process.platform} ${process.arch}`,
    facts: { platform: process.platform, architecture: process.arch, package: platformPackage },
    advice: 'Run npm install again without --omit=optional, or give the address of an EVM node.',
  });
}
