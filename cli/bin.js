#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { URL } from 'node:url';

const entry = new URL('../dist/cli/process.js', import.meta.url);
if (!existsSync(entry)) {
  process.stderr.write('fencelab: not built yet. Run `npm run build` in its folder.\n');
  process.exit(70);
}
await import(entry.href);
