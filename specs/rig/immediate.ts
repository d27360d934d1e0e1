/** Scenarios of the drivers of domain/driver, and what accesses to their VMs must read. */
import fc from 'fast-check';
import type { QuirkId } from '../../domain/quirks/quirks.ts';
import type { Scenario, ScenarioInput } from '../../domain/scenario/schema.ts';
import { FailNth } from '../../streams/world/decide.ts';
import { scenarioOf, schedules } from './scenarios.ts';
import { type WholeRun, wholeRun } from './runs.ts';

export type Ops = NonNullable<
  Extract<ScenarioInput['clients'][string][number], { bind: unknown }>['bind']
>['ops'];
export type Steps = ScenarioInput['clients'][string];

export const hex = (pages: number): string => `0x${(pages * 4096).toString(16)}`;

export interface DeviceOptions {
  readonly profile?: 'panthor' | 'asahi' | 'msm';
  readonly driverVersion?: string;
  readonly quirks?: QuirkId[];
}

/** One VM, and BOs whose pages hold their own number. */
export function immediateScenario(
  steps: Steps,
  bos: Readonly<Record<string, number>>,
  { profile = 'panthor', ...device }: DeviceOptions = {},
): Scenario {
  const writes = Object.entries(bos).flatMap(([bo, pages], n) =>
    Array.from({ length: Math.min(pages, 8) }, (_, page) => ({
      cpu: { bo, write: hex(page), value: marker(n, page) },
    })),
  );
  const sizes = Object.entries(bos).map(([bo, pages]) => [bo, { size: hex(pages) }]);
  return scenarioOf({
    device: { profile, ...device },
    vms: { vm0: {} },
    bos: Object.fromEntries(sizes) as ScenarioInput['bos'],
    clients: { app: [...writes, ...steps] },
  });
}

/** What a page of the n-th BO holds. */
export const marker = (bo: number, page: number): string =>
  `0x${((bo + 1) * 256 + page + 1).toString(16)}`;

export const timed = (scenario: Scenario): WholeRun =>
  wholeRun({ scenario, chooser: 'time', seed: '0x1' });

/** The run in which the n-th chance of this name fails, counted from 0. */
export function failing(scenario: Scenario, name: string, n: number): WholeRun {
  let seen = -1;
  const decider = new FailNth(Infinity);
  const answer: FailNth['answer'] = (decision) => {
    if (decision.kind !== 'fault' || decision.name !== name) return 0;
    const before = seen;
    seen += decision.options - 1;
    return n > before && n <= seen ? n - before : 0;
  };
  return wholeRun({
    scenario,
    chooser: 'time',
    seed: '0x1',
    decider: { answer: (d) => (decider.failed === null ? answer.call(decider, d) : 0) },
  });
}

/** A random op on the first 32 pages, as a function of pages and as the ioctl has it. */
export interface Drawn {
  readonly op: Ops[number];
  /** page -> what is there after it: BO and page, or nothing */
  readonly apply: (space: Map<number, string>) => void;
}

const PAGES = 32;

const place = fc
  .tuple(fc.nat(PAGES - 1), fc.nat(PAGES - 1))
  .map(([a, b]) => ({ addr: Math.min(a, b), range: Math.abs(a - b) + 1 }));

const unmapped: fc.Arbitrary<Drawn> = place.map(({ addr, range }) => ({
  op: { unmap: { addr: hex(addr), range: hex(range) } },
  apply: (space) => {
    for (let page = addr; page < addr + range; page++) space.delete(page);
  },
}));

const mapped = (bo: string, n: number, size: number): fc.Arbitrary<Drawn> =>
  fc
    .tuple(fc.nat(PAGES - size), fc.nat(size - 1), fc.nat(size - 1))
    .map(([addr, a, b]) => ({ addr, offset: Math.min(a, b), range: Math.abs(a - b) + 1 }))
    .map(({ addr, offset, range }) => ({
      op: { map: { addr: hex(addr), range: hex(range), bo, offset: hex(offset) } },
      apply: (space) => {
        for (let i = 0; i < range; i++) space.set(addr + i, marker(n, offset + i));
      },
    }));

const repeated = (bo: string, n: number, size: number): fc.Arbitrary<Drawn> =>
  fc
    .tuple(
      fc.integer({ min: 1, max: size }),
      fc.nat(size - 1),
      fc.integer({ min: 1, max: 6 }),
      fc.nat(PAGES - 1),
    )
    .map(([range, at, times, addr]) => ({ range, offset: at % (size - range + 1), times, addr }))
    .filter(({ range, times, addr }) => addr + range * times <= PAGES)
    .map(({ range, offset, times, addr }) => ({
      op: {
        map: {
          addr: hex(addr),
          range: hex(range * times),
          bo,
          offset: hex(offset),
          repeat: hex(range),
        },
      },
      apply: (space) => {
        for (let i = 0; i < range * times; i++)
          space.set(addr + i, marker(n, offset + (i % range)));
      },
    }));

/** A few ops on a BO of 8 pages and one of 3. */
export const drawnOps = fc.array(
  fc.oneof(unmapped, mapped('a', 0, 8), repeated('a', 0, 8), repeated('b', 1, 3)),
  { minLength: 1, maxLength: 8 },
);
export const DRAWN_BOS = { a: 8, b: 3 };
export const DRAWN_PAGES = PAGES;

/** The run in order of time, and random ones. */
export const everyScheduleOf = (scenario: Scenario, count: number): WholeRun[] =>
  schedules(count).map(({ chooser, seed }) => wholeRun({ scenario, chooser, seed }));
