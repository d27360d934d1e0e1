/**
 * Random scenarios: a few clients that map, unmap, wait, signal, touch memory and close things in a small universe, so that
 * they get into each other's way. Expectations are left out: what such a program sees depends on the schedule. The
 * client `opener` signals every software fence, so that no run may end stuck.
 */
import fc from 'fast-check';
import type { Scenario, ScenarioInput } from '../../domain/scenario/schema.ts';
import { scenarioOf } from './scenarios.ts';

type StepInput = ScenarioInput['clients'][string][number];
type OpInput = Extract<StepInput, { bind: unknown }>['bind']['ops'][number];
type SyncInput = NonNullable<Extract<StepInput, { bind: unknown }>['bind']['in']>[number];

const PAGE = 0x1000;
/** Where mappings are made: around the start, and across a 2M and a 1G border. */
const BASES = [0x0, 0x1f0000, 0x3fff0000];
const BO_PAGES: Readonly<Record<string, number>> = { small: 8, huge: 1024, other: 20 };

const vm = fc.constantFrom('v0', 'v1');
const bo = fc.constantFrom(...Object.keys(BO_PAGES));
const addr = fc.tuple(fc.constantFrom(...BASES), fc.nat(24)).map(([base, n]) => base + n * PAGE);
const range = fc
  .oneof({ arbitrary: fc.integer({ min: 1, max: 24 }), weight: 6 }, fc.constantFrom(512, 600))
  .map((n) => n * PAGE);

const mapBo = fc
  .record({ addr, range, bo, first: fc.nat(7), readOnly: fc.boolean() })
  .map(({ first, ...map }): OpInput => {
    const size = (BO_PAGES[map.bo] ?? 1) * PAGE;
    const offset = Math.min(first * PAGE, size - PAGE);
    return { map: { ...map, offset, range: Math.min(map.range, size - offset) } };
  });
const mapNull = fc.record({ addr, range }).map((map): OpInput => ({ map: { ...map, null: true } }));
const unmap = fc.record({ addr, range }).map((span): OpInput => ({ unmap: span }));
const unmapAll = bo.map((name): OpInput => ({ unmapAll: { bo: name } }));
const op = fc.oneof(
  { arbitrary: mapBo, weight: 5 },
  { arbitrary: mapNull, weight: 3 },
  { arbitrary: unmap, weight: 5 },
  { arbitrary: unmapAll, weight: 1 },
);

const binary = fc.constantFrom('s0', 's1', 'gate');
const point = fc.integer({ min: 1, max: 5 }).map((n) => ({ syncobj: 'tl', point: n }));
const outSync: fc.Arbitrary<SyncInput> = fc.oneof(fc.constantFrom('s0', 's1'), point);
const inSync: fc.Arbitrary<SyncInput> = fc.oneof(binary, point);

const bind = fc
  .record({
    vm,
    ops: fc.array(op, { minLength: 1, maxLength: 3 }),
    in: fc.array(inSync, { maxLength: 2 }),
    out: fc.array(outSync, { maxLength: 2 }),
  })
  .map((each): StepInput => ({ bind: each }));
const gpu = fc
  .record({ vm, addr, gt: fc.nat(1), value: fc.option(fc.integer({ min: 1, max: 9 })) })
  .map(({ vm: name, addr: at, gt, value }): StepInput => {
    return { gpu: { vm: name, gt, ...(value === null ? { read: at } : { write: at, value }) } };
  });
const cpu = bo.map((name): StepInput => ({ cpu: { bo: name, write: 0x8, value: 0x7 } }));
const wait = fc.oneof(binary, point).map((sync): StepInput => ({ wait: sync }));
const look = vm.map((name): StepInput => ({ expect: { vm: name, entries: [] } }));
const sleep = fc.integer({ min: 1, max: 30_000 }).map((ns): StepInput => ({ sleep: { ns } }));
const signal = fc
  .oneof(fc.constantFrom('s0', 's1'), point)
  .map((sync): StepInput => ({ signal: sync }));
const close = fc.constantFrom('v0', 'v1', 'small').map((name): StepInput => ({ close: name }));

const step = fc.oneof(
  { arbitrary: bind, weight: 10 },
  { arbitrary: gpu, weight: 5 },
  { arbitrary: wait, weight: 3 },
  { arbitrary: cpu, weight: 1 },
  { arbitrary: look, weight: 1 },
  { arbitrary: sleep, weight: 1 },
  { arbitrary: signal, weight: 1 },
  { arbitrary: close, weight: 1 },
);
const program = fc.array(step, { minLength: 1, maxLength: 9 });

const vmInput = fc.record({
  async: fc.boolean(),
  semantics: fc.constantFrom('gpuva-2023' as const, 'gpuvm-6.18' as const),
});

export const randomScenario: fc.Arbitrary<Scenario> = fc
  .record({
    vaBits: fc.constantFrom(48 as const, 57 as const),
    v0: vmInput,
    v1: vmInput,
    isV1Created: fc.boolean(),
    a: program,
    b: program,
    c: fc.option(program, { nil: undefined }),
    openerNs: fc.integer({ min: 1, max: 100_000 }),
  })
  .map(({ vaBits, v0, v1, isV1Created, a, b, c, openerNs }) => {
    const asyncVms = [...(v0.async ? ['v0'] : []), ...(v1.async ? ['v1'] : [])];
    const opener: StepInput[] = [
      ...(isV1Created ? [{ create: 'v1' }] : []),
      { sleep: { ns: openerNs } },
      { signal: 'gate' },
      { signal: { syncobj: 'tl', point: 1 } },
    ];
    /** Synchronous calls take one op; an array is refused, which some programs may try. */
    const fit = (steps: readonly StepInput[]): StepInput[] =>
      steps.map((each, i) => {
        if (!('bind' in each) || asyncVms.includes(each.bind.vm) || i % 5 === 4) return each;
        return { bind: { ...each.bind, ops: each.bind.ops.slice(0, 1) } };
      });
    return scenarioOf({
      device: { gts: 2, vaBits },
      vms: { v0, v1 },
      bos: {
        small: { size: 8 * PAGE },
        huge: { size: 1024 * PAGE },
        other: { size: 20 * PAGE, placement: 'system' },
      },
      syncobjs: {
        s0: {},
        s1: {},
        gate: { pending: true },
        tl: { kind: 'timeline', pending: true },
      },
      clients: { a: fit(a), b: fit(b), ...(c === undefined ? {} : { c: fit(c) }), opener },
    });
  });
