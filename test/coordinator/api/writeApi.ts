import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiFiles } from './apiFiles.js';

// `npm run api`: runs from dist/ and writes into the sources. A test compares the committed files with fresh ones
// (apiFiles.test.ts).
const root = new URL('../../../../', import.meta.url);
for (const { path, text } of await apiFiles()) {
  const file = fileURLToPath(new URL(path, root));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
