/** Invariants of drivers whose ops take effect one by one, on records of real runs with one thing wrong in them. */
import { OFF_WHERE_IMMEDIATE } from '../../../domain/invariants/profiles.ts';
import { INVARIANTS } from '../../../domain/invariants/list.ts';
import { broken } from '../../rig/invariants.ts';
import { double, drop, edit, type Records } from '../../rig/tamper.ts';

const CASES: Readonly<Record<string, Readonly<Record<string, () => Records>>>> = {
  opResult: {
    'a pattern that is out of step': () =>
      edit('panthor-repeat', 'va.mapped', (f) =>
        f.repeat?.phase === 1 ? { ...f, repeat: { range: 3, phase: 0 } } : f,
      ),
    'another page': () =>
      edit('panthor-repeat', 'va.mapped', (f) => ({ ...f, offset: f.offset + 1 }), 1),
    'a page of another mapping': () =>
      edit('panthor-repeat', 'va.mapped', (f) => ({ ...f, range: f.range - 1 })),
  },
  opEntries: {
    'entries that are not stored': () => drop('panthor-repeat', 'pte.written', 0),
    'entries that are not cleared': () => drop('panthor-repeat', 'pte.written', 4),
  },
  opRegion: {
    'a clear without a lock': () => drop('panthor-repeat', 'as.locked', 1),
    'a clear beyond the region': () =>
      edit('panthor-repeat', 'as.locked', (f) => ({ ...f, range: 1 }), 1),
  },
  opFlush: {
    'a mapping that lets go early': () => drop('panthor-repeat', 'tlb.invalidated', 1),
    'a call that is over early': () => drop('asahi-single-page', 'tlb.invalidated', 0),
  },
  oops: {
    'a bug that stops the kernel': () =>
      edit('panthor-repeat', 'bind.refused', (f) => [
        f,
        { type: 'driver.oopsed', vm: f.vm, where: 'somewhere' },
      ]),
  },
};

describe.each(Object.entries(CASES))('%s', (id, cases) => {
  test.each(Object.entries(cases))('finds %s', (_what, records) => {
    expect(broken(records())).toContain(id);
  });
});

test('what is off for these drivers is off by its id, and nothing else is', () => {
  const ids = INVARIANTS.map(({ id }) => id);
  expect(Object.keys(OFF_WHERE_IMMEDIATE).filter((id) => !ids.includes(id))).toEqual([]);
});

test('the others judge these drivers, too', () => {
  expect(broken(double('panthor-async', 'fence.signaled'))).toContain('I10');
  expect(broken(drop('panthor-async', 'job.queued', 0))).toContain('I14');
  expect(broken(drop('panthor-repeat', 'vma.bound', 4))).toContain('I21');
});
