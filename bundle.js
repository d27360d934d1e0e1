/**
 * Joins what `npm run build` compiled into few files for the command line: Node takes half a millisecond for each module, and
 * a command needs 400 to 500 of them. docs/decisions/037 has the figures.
 */
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const OUT = 'dist/bundle';
// names of chunks say what is in them, so those of an earlier build would stay
rmSync(OUT, { recursive: true, force: true });
await build({
  // one folder for all: a chunk finds the worker beside itself (cli/explore/crew.ts)
  entryPoints: ['dist/cli/process.js', 'dist/cli/explore/worker.js'],
  entryNames: '[name]',
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // both start workers from files of their own
  external: ['elkjs', 'tinypool'],
  // what was CommonJS asks for Node's modules so
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
