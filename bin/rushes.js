#!/usr/bin/env node
// Starts the compiled command. In a checkout that was not built yet, or was changed since, it is built first.
import { existsSync } from 'node:fs';

if (existsSync(new URL('../build.js', import.meta.url))) await import('../build.js');
const { main } = await import('../dist/cli/main.js');
await main(process.argv.slice(2));
