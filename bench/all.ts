/** Runs every benchmark, each in a process of its own, one after another: the machine is theirs alone then. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BENCHES = [
  'executor',
  'va-space',
  'log',
  'run',
  'long-run',
  'model',
  'scale',
  'explore',
  'shrink',
  'explain',
];

/** Exploring makes much that is over at once: with room for it, collecting costs nearly nothing. */
const ROOM = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

for (const name of BENCHES) {
  process.stdout.write(`\n# ${name}\n`);
  const script = fileURLToPath(new URL(`${name}.js`, import.meta.url));
  const flags = name === 'explore' ? ['--expose-gc', ...ROOM] : ['--expose-gc'];
  const { status } = spawnSync(process.execPath, [...flags, script], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
