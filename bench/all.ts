/** Runs every benchmark, each in a process of its own, one after another: the machine is theirs alone then. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BENCHES = ['executor', 'va-space', 'log', 'run', 'long-run', 'model', 'scale', 'explore'];

for (const name of BENCHES) {
  process.stdout.write(`\n# ${name}\n`);
  const script = fileURLToPath(new URL(`${name}.js`, import.meta.url));
  const { status } = spawnSync(process.execPath, ['--expose-gc', script], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
