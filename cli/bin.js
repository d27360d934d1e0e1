#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { URL } from 'node:url';

// V8 compiles a function for speed when it has run so many bytes of it. Three times the usual number: most commands are over
// before that pays off (docs/decisions/037). An engine that has not this flag would complain of it.
if (process.versions.v8.startsWith('11.3.')) setFlagsFromString('--interrupt-budget=200000');

const entry = new URL('../dist/bundle/process.js', import.meta.url);
if (!existsSync(entry)) {
  process.stderr.write('fencelab: not built yet. Run `npm run build` in its folder.\n');
  process.exit(70);
}
await import(entry.href);
