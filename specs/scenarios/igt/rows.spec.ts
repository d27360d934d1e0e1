/** That no row of the tables is left out, and that every generated scenario reads like one written by hand. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parseScenarioText } from '../../../cli/scenario-file.ts';
import { canonicalScenario } from '../../../domain/scenario/canonical.ts';
import { ALL_ROWS, ROWS, type Test, TESTS } from '../../rig/igt/rows.ts';
import type { IgtRow } from '../../rig/igt/row.ts';
import { scenarioOfRow } from '../../rig/igt/run-row.ts';
import { yamlOf } from '../../rig/igt/yaml.ts';

/** How many rows IGT has. */
const COUNTS: Readonly<Record<Test, number>> = {
  'munmap-style-unbind': 33 + 31,
  'mmap-style-bind': 16,
  'bind-array': 4 + 2,
  'bind-array-conflict': 3,
  unbinds: 1 + 2,
  'shared-pages': 4,
  'large-binds': 8 * 11 + 4 * 2,
  'vm-async-ops-err': 2,
  'exec-basic': 18 * 6,
  'fault-mode': 38 * 4,
  'compute-mode': 15 * 4 - 2,
};

test('no row is left out, and no two have one name', () => {
  expect(Object.fromEntries(TESTS.map((name) => [name, ROWS[name].length]))).toEqual(COUNTS);
  expect(new Set(ALL_ROWS.map(({ name }) => name)).size).toBe(512);
});

/** Rows of a test are much alike. */
const everyFew = (rows: readonly IgtRow[]): readonly IgtRow[] =>
  rows.filter((_, index) => index % 7 === 0 || rows.length < 7);

/** Numbers in one form: as YAML reads them, or as the builder was given them. */
function plain(value: unknown): unknown {
  if (typeof value === 'string' && /^0x[0-9a-f]+$/.test(value)) return BigInt(value);
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, plain(member)]));
}
const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

describe('a generated scenario in YAML', () => {
  test.each(TESTS)('of %s is read back as what it was', (name) => {
    for (const row of ROWS[name]) {
      const { written } = row.draft();
      const sections = Object.entries(written).filter(([, section]) => !isEmpty(section));
      const read = parse(yamlOf(written), { intAsBigInt: true, stringKeys: true }) as unknown;
      expect([row.name, read]).toEqual([row.name, plain(Object.fromEntries(sections))]);
    }
  });

  test.each(TESTS)('of %s is the same scenario to the parser', (name) => {
    for (const row of everyFew(ROWS[name])) {
      const text = yamlOf(row.draft().written);
      const read = parseScenarioText(text, `${row.name}.yaml`);
      expect(canonicalScenario(read)).toBe(canonicalScenario(scenarioOfRow(row)));
    }
  });

  test.each(['munmap-style-unbind-one-partial', 'bind-array-conflict'])('reads well: %s', (name) => {
    const row = ALL_ROWS.find((each) => each.name === name);
    const kept = readFileSync(new URL(`../../data/igt/${name}.yaml`, import.meta.url), 'utf8');
    expect(yamlOf(row?.draft().written ?? { fencelab: 1, name, vms: {}, clients: {} })).toBe(kept);
  });

  test('has short lines, and a sentence on what IGT asserts', () => {
    for (const row of ALL_ROWS) {
      const { written } = row.draft();
      const long = yamlOf(written).split('\n').filter((line) => line.length > 118);
      expect([row.name, long]).toEqual([row.name, []]);
      expect(written.about).toMatch(/^.{40,}\.$/);
    }
  });
});
