/** The story: each fact worth telling has its line, a table follows each change of a space, the log tells the same. */
import { describe, expect, it } from '@jest/globals';
import { PLAIN } from '../../../domain/va/mapping.ts';
import type { Fact } from '../../../domain/facts/schema.ts';
import { tell, tellEnd } from '../../../streams/export/story.ts';
import { NO_STORY } from '../../../streams/export/story-state.ts';
import type { StepRecord } from '../../../streams/world/record.ts';

function record(facts: readonly Fact[], more: Partial<StepRecord> = {}): StepRecord {
  return {
    seq: 0,
    t: 1234,
    actor: 'vm0',
    type: 'something',
    cause: null,
    choice: 'app>vm0',
    data: {},
    state: '',
    facts,
    sends: [],
    ...more,
  };
}

const piece = { va: 1, addr: 0, range: 8, obj: null, offset: 0, ...PLAIN, null: true };
const object = { va: 2, addr: 4, range: 1, obj: 'bo0', offset: 3, ...PLAIN, readOnly: true };
const prev = { ...piece, va: 3, range: 4 };
const next = { ...piece, va: 4, addr: 5, range: 3, offset: 5 };
const bo: Fact = {
  type: 'bo.created',
  bo: 'bo0',
  range: 4,
  phys: 0x1000,
  placement: 'vram',
  vm: null,
};

const texts = (facts: readonly Fact[], more: Partial<StepRecord> = {}): string[] =>
  tell(tell(NO_STORY, record([bo])).story, record(facts, more)).lines.map(({ text }) =>
    text.replace('[    1.2us] ', ''),
  );

describe('the story', () => {
  it('tells a bind: the request, its op lists, the space after it', () => {
    const start = tell(NO_STORY, record([{ type: 'va.mapped', vm: 'vm0', ...piece }])).story;
    const bind = record(
      [
        {
          type: 'ops.created',
          vm: 'vm0',
          call: 2,
          bind: 0,
          ops: [
            { op: 'remap', prev, next, unmap: piece, keep: true },
            { op: 'map', map: object, immediate: false },
            { op: 'unmap', unmap: piece, keep: false },
          ],
        },
        { type: 'va.unmapped', vm: 'vm0', va: 1, addr: 0, range: 8, obj: null },
        { type: 'va.mapped', vm: 'vm0', ...prev },
        { type: 'va.mapped', vm: 'vm0', ...next },
        { type: 'va.mapped', vm: 'vm0', ...object },
      ],
      {
        type: 'vm.bind',
        data: {
          async: true,
          ops: [
            {
              map: { addr: '0x4000', range: '0x1000', bo: 'bo0', offset: '0x3000', readOnly: true },
            },
          ],
          in: [{ syncobj: 'gate' }],
          out: [{ syncobj: 'tl', point: '0x10' }],
        },
      },
    );
    expect(
      tell(start, bind)
        .lines.map(({ text }) => text)
        .join('\n'),
    ).toBe(
      `
[    1.2us] app        async bind #2 vm0: MAP 0x4000-0x5000 read-only bo0+0x3000  (in gate; out tl@16)
[    1.2us] vm0          REMAP 0x0-0x8000 NULL -> prev 0x0-0x4000, next 0x5000-0x8000 (keep)
[    1.2us] vm0          MAP 0x4000-0x5000 read-only bo0+0x3000
[    1.2us] vm0          UNMAP 0x0-0x8000 NULL
            vm0  start   end     backing
                 0x0     0x4000  NULL
                 0x4000  0x5000  read-only bo0+0x3000
                 0x5000  0x8000  NULL`.slice(1),
    );
  });

  const access = {
    type: 'access.done',
    client: 'app',
    gt: 'gt0',
    vm: 'vm0',
    addr: 3,
    word: 511,
    tlbHit: true,
  } as const;

  it.each<readonly [Fact, string]>([
    [
      { ...access, access: 'read', outcome: 'read', value: '0x0', fault: null, phys: null },
      'app        gpu read vm0 0x3ff8 -> 0x0 (NULL, TLB hit)',
    ],
    [
      {
        ...access,
        access: 'read',
        outcome: 'read',
        value: '0x5',
        fault: null,
        phys: 0x1002,
        tlbHit: false,
      },
      'app        gpu read vm0 0x3ff8 -> 0x5 (bo0+0x2000, TLB miss)',
    ],
    [
      { ...access, access: 'write', outcome: 'dropped', value: '0x7', fault: null, phys: null },
      'app        gpu write vm0 0x3ff8 = 0x7 -> dropped (NULL, TLB hit)',
    ],
    [
      { ...access, access: 'write', outcome: 'written', value: '0x7', fault: null, phys: 0x9 },
      'app        gpu write vm0 0x3ff8 = 0x7 -> written (at 0x9000, TLB hit)',
    ],
    [
      {
        ...access,
        access: 'read',
        outcome: 'fault',
        value: null,
        fault: 'not-present',
        phys: null,
      },
      'app        gpu read vm0 0x3ff8 -> FAULT (not-present, TLB hit)',
    ],
    [
      {
        type: 'cpu.accessed',
        client: 'app',
        bo: 'bo0',
        offset: 0,
        word: 1,
        access: 'write',
        value: '0x1',
      },
      'app        cpu write bo0+0x8 = 0x1',
    ],
    [
      { type: 'bind.refused', vm: 'vm0', call: 3, error: -22, row: '10b' },
      'vm0        bind #3 refused with EINVAL (check 10b: range 0)',
    ],
    [
      { type: 'tlb.invalidated', gt: 'gt0', vm: 'vm0', addr: 0, range: 8, seqno: 1 },
      'gt0        TLB forgets vm0 0x0-0x8000',
    ],
    [
      {
        type: 'expect.failed',
        client: 'app',
        step: 0,
        what: 'wait',
        expected: 'ok',
        actual: 'ETIME',
      },
      'app        EXPECTATION FAILED in step 1, wait: expected ok, got ETIME',
    ],
    [
      {
        type: 'pte.written',
        gt: 'gt0',
        vm: 'vm0',
        table: 9,
        level: 0,
        by: 'gpu',
        // a series by arithmetic, but three different things
        runs: [
          { index: 0, count: 2, pte: 0x203, stride: 0 },
          { index: 2, count: 2, pte: 0x1803, stride: 0x1000 },
          { index: 4, count: 2, pte: 0x2803, stride: 0x203 - 0x2803 },
        ],
      },
      'gt0        PTEs level 0 [0..1] present writable NULL 4K; [2..3] present writable vram 0x1000 4K ' +
        'and the pages after it; [4] present writable vram 0x2000 4K; [5] present writable NULL 4K',
    ],
  ])('tells %j', (fact, line) => {
    expect(texts([fact])).toEqual([line]);
  });

  it('names the syncobjs of a fence, and keeps quiet about fences that nobody holds', () => {
    const signaled: Fact = { type: 'fence.signaled', fence: 'vm0/bind0:1', error: 0 };
    expect(texts([signaled])).toEqual([]);
    expect(texts([{ ...signaled, error: -125 }])).toEqual([
      'fence      vm0/bind0:1 signaled with ECANCELED',
    ]);
    const held: Fact = { type: 'syncobj.replaced', syncobj: 'done', fence: 'vm0/bind0:1' };
    expect(texts([held, signaled])).toEqual(['fence      vm0/bind0:1 signaled (done)']);
  });

  it('cuts the table of a large space', () => {
    const many = Array.from({ length: 100 }, (_, i): Fact => ({
      type: 'va.mapped',
      vm: 'vm0',
      ...piece,
      va: i,
      addr: i * 8,
    }));
    const lines = texts(many);
    expect(lines).toHaveLength(42);
    expect(lines.at(-1)).toContain('... 60 more mappings');
  });

  it('ends with the verdict and its reasons', () => {
    const end = {
      verdict: 'stuck',
      events: 12,
      stateHash: 'abcdef0123456789',
      reasons: ['app waits'],
    };
    expect(tellEnd({ ...NO_STORY, passed: 2, failed: 1 }, end, [])).toEqual([
      { text: '  app waits', tone: 'bad' },
      {
        text: 'verdict: stuck  (12 events, 2 of 3 expectations held, state abcdef012345)',
        tone: 'bad',
      },
    ]);
  });

  it('never ends with `ok` if an invariant is broken', () => {
    const end = { verdict: 'ok', events: 12, stateHash: 'abcdef0123456789', reasons: [] };
    const breaches = [
      { id: 'I9', seq: null, what: 'a' },
      { id: 'I3', seq: 4, what: 'b' },
      { id: 'I3', seq: 7, what: 'c' },
    ];
    const ends = (verdict: string): string[] =>
      tellEnd(NO_STORY, { ...end, verdict }, breaches).map(({ text }) => text);
    expect(ends('ok')).toEqual([
      'verdict: violated  (12 events, 0 of 0 expectations held, 2 invariants broken, state abcdef012345)',
      'broken: I9 at the end: a',
      'broken: I3 at record 4: b',
      'broken: I3 at record 7: c',
    ]);
    expect(ends('failed')[0]).toMatch(/^verdict: failed .* 2 invariants broken, /);
  });
});
