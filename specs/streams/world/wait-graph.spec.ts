/** What a run that cannot finish says: the cycle of waits, or the chain that leads to what never happens. */
import type { ScenarioInput } from '../../../domain/scenario/schema.ts';
import { enabled } from '../../../streams/world/choice.ts';
import { endOf, type RunEnd, tableExecutor } from '../../../streams/world/run.ts';
import { startWorld } from '../../../streams/world/start.ts';
import { step } from '../../../streams/world/step.ts';
import { waitGraph } from '../../../streams/world/wait-graph.ts';
import { waitReport } from '../../../streams/world/wait-report.ts';
import { WAIT_RULES } from '../../../streams/world/wait-rules.ts';
import type { World } from '../../../streams/world/world.ts';
import { wholeRun } from '../../rig/runs.ts';
import { scenarioOf, schedules } from '../../rig/scenarios.ts';

type Clients = ScenarioInput['clients'];
type Bind = Extract<Clients[string][number], { bind: unknown }>['bind'];

const MAP = { map: { addr: 0x1000, range: 0x1000, null: true } } as const;
const UNMAP = { unmap: { addr: 0x1000, range: 0x1000 } } as const;
const bind = (vm: string, ins: string[], out: string[], ...ops: Bind['ops']): { bind: Bind } => ({
  bind: { vm, ops: ops.length === 0 ? [MAP] : ops, in: ins, out },
});

const scenario = (clients: Clients): ReturnType<typeof scenarioOf> =>
  scenarioOf({
    vms: { x: { async: true }, s: {}, c: { mode: 'compute' } },
    bos: { ext: { size: 0x1000 } },
    queues: { q: { vm: 's' }, qc: { vm: 'c' } },
    userptrs: { heap: { addr: 0x100000, size: 0x1000 } },
    syncobjs: {
      gate: { pending: true },
      gate2: { pending: true },
      tl: { kind: 'timeline', pending: true },
      done: {},
      late: {},
    },
    clients,
  });

const end = (clients: Clients): RunEnd =>
  wholeRun({ scenario: scenario(clients), seed: '0x1', chooser: 'time' }).end;

/** The last world of a run in which the mail of one queue is lost whenever there is some. */
function losing(clients: Clients, queue: string): World {
  let { world } = startWorld(scenario(clients), '0x1', tableExecutor);
  for (;;) {
    world = { ...world, queues: world.queues.filter(({ key }) => key !== queue) };
    const [choice] = enabled(world, tableExecutor);
    if (choice === undefined) return world;
    world = step(world, choice.key, tableExecutor).world;
  }
}

const GATE = "syncobj gate's software fence sw/gate:1";
const GATE2 = "syncobj gate2's software fence sw/gate2:1";

describe('a cycle', () => {
  test('a client waits for a job that its own later step would let go', () => {
    const exec = { exec: { queue: 'q', batch: [], in: ['gate'], out: ['done'] } };
    const { verdict, reasons } = end({ app: [exec, { wait: 'done' }, { signal: 'gate' }] });
    expect([verdict, reasons]).toEqual([
      'stuck',
      [
        `app, step 2 (wait done) waits for fence q:1 (job q#1), which waits for ${GATE}, ` +
          'which only app, step 3 (signal gate) would signal, which comes after app, step 2 (wait done)',
      ],
    ]);
  });

  test('a client waits for a bind that its own later step would let go', () => {
    const app = [bind('x', ['gate'], ['done']), { wait: 'done' }, { signal: 'gate' }];
    const { verdict, reasons, cycle } = end({ app });
    expect([verdict, reasons, cycle]).toEqual([
      'stuck',
      [
        'app, step 2 (wait done) waits for fence x/bind0/async:1, ' +
          `which waits for fence x/bind0:1 (job x/bind0#1), which waits for ${GATE}, ` +
          'which only app, step 3 (signal gate) would signal, ' +
          'which comes after app, step 2 (wait done)',
      ],
      [
        'app, step 2 (wait done)',
        'fence x/bind0/async:1',
        'fence x/bind0:1 (job x/bind0#1)',
        GATE,
        'app, step 3 (signal gate)',
      ],
    ]);
  });

  test('through the place in a bind queue: the bind itself waits for nothing', () => {
    const app = [
      bind('s', [], []),
      bind('s', ['gate'], ['done'], UNMAP),
      bind('s', [], ['late']),
      { wait: 'late' },
      { signal: 'gate' },
    ];
    expect(end({ app }).reasons[0]).toBe(
      'app, step 4 (wait late) waits for fence s/bind0:3 (job s/bind0#3), ' +
        'which is queued behind fence s/bind0:2 (job s/bind0#2), ' +
        `which waits for ${GATE}, which only app, step 5 (signal gate) would signal, ` +
        'which comes after app, step 4 (wait late)',
    );
  });

  test('through the flush of a job that has not run', () => {
    const app = [
      bind('s', [], []),
      bind('s', ['gate'], ['done'], UNMAP),
      { wait: 'done' },
      { signal: 'gate' },
    ];
    const { cycle } = end({ app });
    expect(cycle?.slice(0, 3)).toEqual([
      'app, step 3 (wait done)',
      'fence s/bind0/array/gt0:1',
      'fence s/bind0:2 (job s/bind0#2)',
    ]);
  });

  test('through an eviction that sleeps for a lock, which waits for a job that the client would let go', () => {
    const touch = { map: { addr: 0x1000, range: 0x1000, bo: 'ext' } } as const;
    const clients: Clients = {
      app: [
        bind('s', [], [], touch),
        bind('c', [], [], touch),
        { exec: { queue: 'q', batch: [], in: ['gate'] } },
        { evict: { bo: 'ext' } },
        { sleep: { ns: 100_000 } },
        { evict: { bo: 'ext' } },
        { signal: 'gate' },
      ],
    };
    const { cycle } = end(clients);
    expect(cycle).toEqual([
      'app, step 6 (evict ext)',
      'the eviction of ext for app',
      'lock ext',
      'c (open.rebind.rebinding)',
      'fence c/bind0:2 (job c/bind0#2)',
      'fence memory/copy:2 (job memory/copy#2)',
      'fence memory/copy:1 (job memory/copy#1)',
      'fence q:1 (job q#1)',
      GATE,
      'app, step 7 (signal gate)',
    ]);
  });

  test('two clients wait for each other crosswise, and a third for both', () => {
    const clients: Clients = {
      a: [{ wait: 'gate' }, { signal: 'gate2' }],
      b: [{ wait: 'gate2' }, { signal: 'gate' }],
      c: [{ wait: 'gate' }],
    };
    const { reasons } = end(clients);
    expect(reasons).toEqual([
      `a, step 1 (wait gate) waits for ${GATE}, which only b, step 2 (signal gate) would signal, ` +
        `which comes after b, step 1 (wait gate2), which waits for ${GATE2}, ` +
        'which only a, step 2 (signal gate2) would signal, which comes after a, step 1 (wait gate)',
      'c, step 1: still waiting for sw/gate:1',
    ]);
  });

  test('is the shortest, and each that is apart is told', () => {
    const clients: Clients = {
      a: [{ wait: 'gate' }, { signal: 'gate2' }],
      b: [{ wait: 'gate2' }, { signal: 'gate' }],
      c: [{ wait: { syncobj: 'tl', point: 1 } }, { signal: { syncobj: 'tl', point: 1 } }],
    };
    const { reasons, cycle } = end(clients);
    expect(cycle).toEqual([
      'c, step 1 (wait tl@1)',
      "syncobj tl's software fence sw/tl:1",
      'c, step 2 (signal tl@1)',
    ]);
    expect(reasons.map((line) => line.split(' waits')[0])).toEqual([
      'c, step 1 (wait tl@1)',
      'a, step 1 (wait gate)',
    ]);
  });

  test('several could signal, and none of them comes to it', () => {
    const clients: Clients = {
      a: [{ wait: 'gate' }, { signal: 'gate' }],
      b: [{ wait: 'gate' }, { signal: 'gate' }],
    };
    expect(end(clients).reasons[0]).toBe(
      `a, step 1 (wait gate) waits for ${GATE}, ` +
        'which only b, step 2 or a, step 2 (signal gate) would signal, ' +
        'which comes after a, step 1 (wait gate)',
    );
  });

  test('is the same under every schedule', () => {
    const clients: Clients = {
      a: [bind('x', ['gate'], ['done']), { wait: 'done' }, { signal: 'gate2' }],
      b: [{ wait: 'gate2' }, { signal: 'gate' }],
    };
    const told = schedules(40).map(({ chooser, seed }) =>
      wholeRun({ scenario: scenario(clients), chooser, seed }).end.reasons.join('\n'),
    );
    expect(new Set(told).size).toBe(1);
  });
});

describe('a chain', () => {
  test('leads to a software fence that nobody signals', () => {
    const { reasons, cycle } = end({ app: [bind('x', ['gate'], ['done']), { wait: 'done' }] });
    expect([cycle, reasons]).toEqual([
      null,
      [
        'app, step 2 (wait done) waits for fence x/bind0/async:1, ' +
          `which waits for fence x/bind0:1 (job x/bind0#1), which waits for ${GATE}, ` +
          'which nobody signals',
      ],
    ]);
  });

  test('each client has its own, and so has what holds up nobody', () => {
    const clients: Clients = {
      a: [{ wait: 'gate' }],
      b: [{ wait: 'gate' }],
      c: [bind('x', ['gate2'], [])],
    };
    expect(end(clients).reasons).toEqual([
      `a, step 1 (wait gate) waits for ${GATE}, which nobody signals`,
      `b, step 1 (wait gate) waits for ${GATE}, which nobody signals`,
      `x/bind0 (waitingFences) waits for ${GATE2}, which nobody signals`,
    ]);
  });

  test('a step that signals the syncobj is too late once a bind has put another fence into it', () => {
    const app = [
      bind('x', ['gate'], ['done']),
      bind('s', [], ['gate']),
      { wait: 'done' },
      { signal: 'gate' },
    ];
    expect(end({ app }).reasons[0]).toMatch(
      /waits for software fence sw\/gate:1, which nobody signals: no syncobj holds it any more$/,
    );
    const ahead = [{ wait: 'gate' }, bind('s', [], ['gate']), { signal: 'gate' }];
    expect(end({ app: ahead }).reasons[0]).toMatch(
      /waits for .* sw\/gate:1, which nobody signals$/,
    );
  });

  test('a failed run that cannot go on says both', () => {
    const app = [{ expect: { signaled: 'gate' } }, { wait: 'gate' }];
    const { verdict, reasons } = end({ app });
    expect([verdict, reasons]).toEqual([
      'failed',
      [
        'app, step 1: syncobj gate: expected signaled, got pending',
        `app, step 2 (wait gate) waits for ${GATE}, which nobody signals`,
      ],
    ]);
  });

  test('a list of choices that ends first proves nothing', () => {
    const chooser = { choices: ['world>app'] };
    const over = wholeRun({
      scenario: scenario({ app: [{ wait: 'gate' }] }),
      seed: '0x1',
      chooser,
    });
    expect([over.end.verdict, over.end.reasons, over.end.cycle]).toEqual([
      'stuck',
      [expect.any(String)],
      null,
    ]);
    const early = wholeRun({
      scenario: scenario({ app: [bind('s', [], [])] }),
      seed: '0x1',
      chooser,
    });
    expect([early.end.verdict, early.end.reasons]).toEqual(['cut', []]);
  });
});

describe('machines that lose mail', () => {
  test('a client waits for vm->lock, whose holder never goes on', () => {
    // between pinning and binding others get a look in: the holder goes on by a message to itself
    const pinned = { mapUserptr: { addr: 0x8000, range: 0x1000, ptr: 0x100000 } } as const;
    const world = losing({ a: [bind('s', [], [], pinned)], b: [bind('s', [], [])] }, 's>s');
    const { verdict, reasons } = endOf(world, [], false);
    expect([verdict, reasons]).toEqual([
      'stuck',
      [
        'a, step 1 (bind s) waits for the answer of s (open.ioctl.pinned), which nobody wakes',
        'b, step 1 (bind s) waits for message vm.bind in b>s, ' +
          'which is held up by s (open.ioctl.pinned), which nobody wakes',
      ],
    ]);
  });

  test('the GuC never acknowledges an invalidation: until the timeout', () => {
    const app = [bind('s', [], []), bind('s', [], ['done'], UNMAP), { wait: 'done' }];
    expect(endOf(losing({ app }, 'gt0>gt0/tlb'), [], false).reasons).toEqual([]);
  });

  test('the copy ring never says that a job is done', () => {
    const app = [bind('s', [], ['done']), { wait: 'done' }];
    expect(endOf(losing({ app }, 'gt0>s/bind0'), [], false).reasons).toEqual([
      'app, step 2 (wait done) waits for fence s/bind0:1 (job s/bind0#1), ' +
        'which is to be done by s/bind0 (updatingTables), ' +
        'which waits for the stores of gt0 (running), which nobody wakes',
    ]);
  });

  test('the worker never runs', () => {
    const app = [bind('x', [], ['done']), { wait: 'done' }];
    expect(endOf(losing({ app }, 'x>x/worker'), [], false).reasons).toEqual([
      'app, step 2 (wait done) waits for fence x/bind0/async:1, ' +
        'which waits for call 1 in the worker of x (open.idle), which nobody wakes',
    ]);
  });
});

test('sleepers: two locks taken crosswise, and an event that has only a name', () => {
  const { world } = end({ a: [{ wait: 'gate' }], b: [{ wait: 'gate' }], c: [{ wait: 'gate' }] });
  const locks = { first: 'a', second: 'b' };
  const sleepers = { 'lock:first': ['b'], 'lock:second': ['a'], 'ufence:0x1000': ['gt0'] };
  const over = endOf({ ...world, shared: { ...world.shared, locks, sleepers } }, [], false);
  expect(over.reasons.slice(0, 3)).toEqual([
    'a, step 1 (wait gate) waits for lock second, which is held by b, step 1 (wait gate), ' +
      'which waits for lock first, which is held by a, step 1 (wait gate)',
    `c, step 1 (wait gate) waits for ${GATE}, which nobody signals`,
    'gt0 (running) waits for ufence:0x1000, which nobody brings about',
  ]);
});

test('a new kind of waiting is one row', () => {
  const { world } = end({ a: [{ wait: 'gate' }], b: [{ wait: 'gate2' }] });
  const holds: Readonly<Record<string, string>> = { a: 'b', b: 'a' };
  const graph = waitGraph(world, tableExecutor, [
    ...WAIT_RULES,
    {
      of: 'actor',
      sort: 'client',
      waits: (_index, id) => [
        { kind: 'actor', id: holds[id] ?? '', says: (name) => `wants what ${name} holds` },
      ],
    },
  ]);
  expect(waitReport(world, graph).lines[0]).toBe(
    'a, step 1 (wait gate) wants what b, step 1 (wait gate2) holds, ' +
      'which wants what a, step 1 (wait gate) holds',
  );
});
