import { writeFileSync } from 'node:fs';
import { layoutModule } from './layoutModule.js';

// `npm run kernel:layout`: runs from dist/ and writes into the sources. A test compares the committed file with a fresh
// one (test/renderer/kernels/layoutModule.test.ts).
writeFileSync(new URL('../../../renderer/kernels/generated/layout.ts', import.meta.url), layoutModule());
