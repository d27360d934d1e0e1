/** `fencelab explore` with wrong words: always a code, the nearest right word, an exit status, and no search. */
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { cli, NULL_BIND, put, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const E = ['explore', NULL_BIND];
const TWO = put(
  folder,
  'two.yaml',
  `fencelab: 1
name: two
vms: { vm0: {} }
clients:
  a:
    - sleep: { ns: 10 }
  b:
    - sleep: { ns: 20 }
`,
);

const CASES: readonly (readonly [argv: readonly string[], status: number, says: RegExp])[] = [
  [['explore'], 2, /^FL201: missing required argument 'scenario'/],
  [['explore', '/nowhere.yaml'], 2, /^FL203: there is no such file/],
  [['explore', put(folder, 'bad.yaml', 'fencelab: [1\n')], 4, /^FL1\d\d: /],
  [[...E, '--stratgy', 'dpor'], 2, /^FL201: unknown option '--stratgy'; did you mean --strategy\?/],
  [
    [...E, '--strategy', 'exhaustiv'],
    2,
    /^FL210: there is no strategy 'exhaustiv'; did you mean exhaustive\? \(--strategy\)/,
  ],
  [[...E, '--strategy', 'zzz'], 2, /^FL210: there is no strategy 'zzz'; there are auto, random, /],
  [[...E, '--quirk', 'M4'], 2, /^FL206: there is no quirk 'M4'. Did you mean/],
  [[...E, '--invariant', 'I99'], 2, /^FL211: there is no invariant 'I99'; did you mean I9\?/],
  [[...E, '--witness', 'rebind-exe'], 2, /^FL212: .*did you mean rebind-exec\?/],
  [
    [...E, '--decisions', 'falt'],
    2,
    /^FL201: there is no kind of decision 'falt'; did you mean fault\?/,
  ],
  [[...E, '--budget', '0'], 2, /^FL213: '0' leaves nothing to explore \(--budget\)/],
  [[...E, '--budget', '0s'], 2, /^FL213: '0s' leaves nothing/],
  [[...E, '--budget', '-5'], 2, /^FL213: '-5' is not a budget/],
  [[...E, '--budget', '1.5s'], 2, /^FL213: /],
  [[...E, '--budget', '60 parsecs'], 2, /^FL213: .*A budget is a time such as/],
  [[...E, '--budget', '9999999h'], 2, /^FL213: .*more than a week/],
  [[...E, '--budget', '9'.repeat(30)], 2, /^FL213: /],
  [[...E, '--workers', '0'], 2, /^FL201: '0' is not a whole number from 1 to 64 \(--workers\)/],
  [[...E, '--workers', '1000000'], 2, /^FL201: '1000000' is not a whole number/],
  [[...E, '--workers', 'two'], 2, /^FL201: /],
  [[...E, '--depth', '0'], 2, /^FL201: '0' is not a whole number from 1 to 20 \(--depth\)/],
  [[...E, '--switches', '-1'], 2, /^FL201: '-1' is not a whole number/],
  [[...E, '--seed', '-1'], 2, /^FL202: '-1' is negative/],
  [[...E, '--strategy', 'symmetric'], 2, /^FL214: symmetric: nobody is declared interchangeable/],
  [
    ['explore', TWO, '--interchangeable', 'a,bb'],
    2,
    /^FL214: there is no name 'bb'; did you mean b\?/,
  ],
  [['explore', TWO, '--out', TWO], 2, /^FL201: --out is the scenario itself/],
  [[...E, '--out', TWO], 6, /^FL403: this file exists and is not a log/],
  [[...E, '--out', folder], 6, /^FL403: this is a folder/],
  [[...E, '--out', join(folder, 'absent/a.log')], 6, /^FL403: there is no such folder/],
  [['explore', TWO, '--interchangeable', 'a'], 2, /^FL214: it takes two to swap/],
  [['explore', TWO, '--interchangeable', 'a,a'], 2, /^FL214: a is named twice/],
  [['explore', TWO, '--interchangeable', 'a,b'], 2, /^FL214: a and b are not interchangeable/],
  [['run', NULL_BIND, '--chooser', 'schedule:'], 2, /^FL215: it has not the shape of a schedule/],
  [
    ['run', NULL_BIND, '--chooser', 'schedule:f1.aaaaaa.3.12.bbbbbb'],
    2,
    /^FL215: it is a schedule of another scenario/,
  ],
  [['run', NULL_BIND, '--chooser', 'scedule:x'], 2, /^FL204: /],
];

describe('wrong words', () => {
  it.each(CASES)('%j ends with %d', async (argv, status, says) => {
    const ran = await cli(argv, { cwd: folder });
    expect(ran.err).toMatch(says);
    expect([ran.status, ran.out]).toEqual([status, '']);
    expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
  });
});
