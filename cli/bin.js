#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(main)) {
  process.stderr.write('fencelab: not built yet. Run `npm run build` in its folder.\n');
  process.exit(70);
}
await import(main.href);
