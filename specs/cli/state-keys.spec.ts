/** The state keys in a log: what replay says when one is another, wherever the log ends, and of whom it does not ask. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { Chain } from '../../streams/log/chain.ts';
import { framed } from '../../streams/log/frame.ts';
import { cli, put, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const log = join(folder, 'run.log');
let lines: string[] = [];

const bodyOf = (line: string): string => line.replace(/,"crc":"\w{8}"}\n$/, '');
const isBlock = (line: string): boolean => line.startsWith('{"block":');

beforeAll(async () => {
  const bind = (i: number): string =>
    `    - bind: { vm: vm0, ops: [{ map: { bo: bo0, addr: 0x${(i + 1).toString(16)}000, range: 0x1000 } }], out: [done] }`;
  const steps = Array.from({ length: 150 }, (_, i) => `${bind(i)}\n    - wait: done`);
  const head = 'fencelab: 1\nname: long\nvms: { vm0: {} }\nbos: { bo0: { size: 0x1000 } }\n';
  const text = `${head}syncobjs: { done: {} }\nclients:\n  app:\n${steps.join('\n')}\n`;
  await cli(['run', put(folder, 'long.yaml', text), '--out', log]);
  lines = readFileSync(log, 'utf8').split(/(?<=\n)/);
});

/** The log with another key in a line, which is whole otherwise. */
function forged(name: string, isIt: (line: string) => boolean, keep = lines.length): string {
  const at = lines.findIndex(isIt);
  const other = bodyOf(lines[at] ?? '').replace(
    /"stateKey":"\w{16}"/,
    '"stateKey":"0000000000000bad"',
  );
  return put(folder, name, lines.with(at, framed(other)).slice(0, keep).join(''));
}

it('every block line and the seal have one, and replay compares them all', async () => {
  const keyed = lines.filter((line) => line.includes('"stateKey"'));
  expect(keyed.length).toBe(lines.filter(isBlock).length + 1);
  expect(keyed.length).toBeGreaterThan(2);
  const ran = await cli(['replay', log, '--json']);
  expect(JSON.parse(ran.out)).toMatchObject({ identical: true, stateKeys: keyed.length });
});

it('one that is another names its block, of a sealed, an open and a torn log', async () => {
  const second = (line: string): boolean => line.startsWith('{"block":1,');
  const cut = lines.findIndex(second) + 4;
  const sealed = forged('sealed.log', second);
  const open = forged('open.log', second, cut);
  const torn = put(folder, 'torn.log', readFileSync(open, 'utf8').slice(0, -9));
  const atOnce = forged('at-once.log', second, lines.findIndex(second) + 1);
  for (const file of [sealed, open, torn, atOnce]) {
    const { status, out } = await cli(['replay', file, '--quiet']);
    expect([file, status]).toEqual([file, 1]);
    expect(out).toMatch(
      /^different within records 256 to 511: the state after them differs, though the records do not\n {2}recorded {2}0{13}bad\n {2}replayed {2}[0-9a-f]{16}\n$/,
    );
  }
  const { out } = await cli(['replay', sealed, '--json']);
  const difference = { what: 'stateKey', from: 256, seq: 511, recorded: '0000000000000bad' };
  expect(JSON.parse(out)).toMatchObject({ ok: false, identical: false, events: 512, difference });
});

it('the one of the seal is of the records since the last block', async () => {
  const { status, out } = await cli([
    'replay',
    forged('end.log', (line) => line.startsWith('{"seal"')),
  ]);
  const from = 256 * lines.filter(isBlock).length;
  expect(out).toContain(
    `different within records ${from} to ${lines.filter((l) => l.startsWith('{"seq"')).length - 1}: `,
  );
  expect(status).toBe(1);
});

it('those of another engine are not compared, and that is said', async () => {
  const chain = new Chain();
  const old = lines.map((line) => {
    const body = bodyOf(line)
      .replace('"engine":"0.1.0"', '"engine":"0.0.9"')
      .replace(/"stateKey":"\w{16}"/, '"stateKey":"0000000000000bad"');
    if (!/^\{"(block|seal)"/.test(body)) {
      chain.add(Buffer.from(framed(body)));
      return framed(body);
    }
    return framed(body.replace(/"sha256":"\w{64}"/, `"sha256":"${chain.close()}"`));
  });
  const file = put(folder, 'old.log', old.join(''));
  const { status, out } = await cli(['replay', file]);
  expect(out).toMatch(
    / \(by fencelab 0\.0\.9: its state keys are not those of 0\.1\.0 and were not compared\)\n$/,
  );
  expect(status).toBe(0);
  const json = await cli(['replay', file, '--json']);
  expect(JSON.parse(json.out)).toMatchObject({ stateKeys: null, otherEngine: '0.0.9' });
});
