/** Sequence diagrams: the model from records, and its three drawings. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { QUIRKS, type QuirkRow } from '../../../domain/quirks/quirks.ts';
import { factText } from '../../../streams/export/fact-text.ts';
import { messageText } from '../../../streams/export/message-text.ts';
import { sequenceMermaid } from '../../../streams/export/sequence-mermaid.ts';
import { sequenceSvg } from '../../../streams/export/sequence-svg.ts';
import { sequenceText } from '../../../streams/export/sequence-text.ts';
import { type Sequence, sequenceOf } from '../../../streams/export/sequence.ts';
import type { Fact } from '../../../domain/facts/schema.ts';
import { SCENARIOS } from '../../rig/scenarios.ts';
import { runScenario } from '../../../streams/world/run.ts';
import { runOf } from '../../../streams/explore/ran.ts';
import { failingLog } from '../../rig/failing-log.ts';

const row = QUIRKS.find(({ id }) => id === 'H01') as QuirkRow;
const log = failingLog(row);
const { records } = runOf(log.scenario, log.seed, log.choices);
const all = records.map(({ seq }) => seq);
const last = records.length - 1;
const problem = { text: 'I10: out of order', seq: last };
const whole = sequenceOf(records, all, { title: 'whole', problem });

/** What mermaid's grammar for sequence diagrams allows of what is used here, line by line. */
const ENTITY = '#\\d+;';
const TEXT = `(?:[^#;:\\n]|${ENTITY}|<br/>)*`;
const LINES = [
  `  participant p\\d+ as (?:[^#;:<>\\n]|${ENTITY})+`,
  `  p\\d+->>p\\d+: ${TEXT}`,
  `  Note over p\\d+: ${TEXT}`,
  '  rect rgba\\(\\d+, \\d+, \\d+, 0\\.\\d+\\)',
  '  end',
].map((line) => new RegExp(`^${line}$`));

function expectMermaid(text: string): void {
  const [head, title, close, kind, ...body] = text.trimEnd().split('\n');
  expect([head, close, kind]).toEqual(['---', '---', 'sequenceDiagram']);
  expect(title).toMatch(new RegExp(`^title: (?:[^#;:]|${ENTITY})*$`));
  let depth = 0;
  const known = new Set<string>();
  for (const line of body) {
    expect([line, LINES.some((pattern) => pattern.test(line))]).toEqual([line, true]);
    if (line.startsWith('  rect')) depth += 1;
    if (line === '  end') depth -= 1;
    expect(depth >= 0 && depth <= 1).toBe(true);
    const participant = /^ {2}participant (p\d+)/.exec(line)?.[1];
    if (participant !== undefined) known.add(participant);
    const used = /^ {2}(?:Note over )?(p\d+)(?:->>(p\d+))?: /.exec(line) ?? [];
    for (const id of used.slice(1)) if (id !== undefined) expect(known).toContain(id);
  }
  expect(depth).toBe(0);
}

describe('the model', () => {
  it('has an arrow from who sent to who took, for each record that says something', () => {
    for (const item of whole.items) {
      const record = records[item.seq];
      if (item.kind !== 'arrow') continue;
      expect(item.to).toBe(record?.actor);
      const isSent = record?.choice.startsWith(`${item.from}>`) === true;
      expect(isSent || item.from === item.to).toBe(true);
      expect(item.cause).toBe(record?.cause);
      expect(whole.lanes).toEqual(expect.arrayContaining([item.from, item.to]));
    }
    expect(whole.items.map(({ seq }) => seq)).toEqual(
      whole.items.map(({ seq }) => seq).sort((a, b) => a - b),
    );
    expect(whole.items.length).toBeGreaterThan(30);
  });

  it('shows the slice alone, told as in the whole run', () => {
    const slice = all.filter((seq) => seq % 2 === 0);
    const part = sequenceOf(records, slice, { title: '' });
    const ofWhole = whole.items.filter(({ seq, ...item }) => {
      const isFail = item.kind === 'note' && item.tone === 'fail';
      return seq % 2 === 0 && !isFail && !(seq === last);
    });
    expect(part.items.filter(({ seq }) => seq !== last)).toEqual(ofWhole);
  });

  it('puts clients left and hardware right', () => {
    expect(whole.lanes[0]).toBe('app');
    expect(whole.lanes[1]).toBe('vm0');
    expect(whole.lanes.slice(-2)).toEqual(['gt0', 'gt0/tlb']);
  });

  it('marks the failing record, or the end', () => {
    const marks = whole.items.filter((item) => item.kind === 'note' && item.tone === 'fail');
    expect(marks).toMatchObject([{ seq: last, text: 'I10: out of order' }]);
    const atEnd = sequenceOf(records, [1, 2], { title: '', problem: { text: 'stuck', seq: null } });
    expect(atEnd.items.at(-1)).toMatchObject({ tone: 'fail', text: 'at the end: stuck' });
  });

  it('tells facts that no story tells if they matter', () => {
    const made = records.find(({ facts }) => facts.some(({ type }) => type === 'fence.created'));
    const seq = made?.seq ?? 0;
    const fact = made?.facts.find(({ type }) => type === 'fence.created');
    const texts = (matters: boolean): string[] =>
      sequenceOf(records, [seq], {
        title: '',
        ...(matters ? { matters: new Set(['fence.created'] as const) } : {}),
      }).items.map(({ text }) => text);
    const told = fact === undefined ? '' : factText(fact);
    expect(told).toMatch(/^fence\.created fence=\S+ kind=\S+ parts=\S+$/);
    expect(texts(true)).toContain(told);
    expect(texts(false)).not.toContain(told);
  });

  it('has a meaning for every message of the run', () => {
    for (const record of records.slice(1)) expect(messageText(record)).not.toBe(record.type);
    const unknown = { ...records[1], type: 'from.the.future' } as (typeof records)[number];
    expect(messageText(unknown)).toBe('from.the.future');
  });
});

describe('a fact on one line', () => {
  const piece = {
    va: 7,
    addr: 0x10,
    range: 4,
    obj: 'bo0',
    offset: 1,
    null: false,
    readOnly: false,
  };
  const attrs = { userptr: false, gtMask: 0 };
  const facts: readonly (readonly [Fact, string])[] = [
    [
      { type: 'va.mapped', vm: 'vm0', ...piece, ...attrs, repeat: { range: 2, phase: 1 } },
      'va.mapped vm=vm0 va=7 addr=0x10000-0x14000 obj=bo0 offset=0x1000 null=false readOnly=false userptr=false ' +
        'gtMask=0 repeat={range=0x2000 phase=0x1000}',
    ],
    [
      {
        ...{ type: 'pte.written', gt: 'gt0', vm: 'vm0', table: 2 ** 31, level: 0, by: 'cpu' },
        runs: [
          { index: 3, count: 1, pte: 0x1083, stride: 0 },
          { index: 16, count: 16, pte: 0x8803, stride: 0x1000 },
        ],
      },
      'pte.written gt=gt0 vm=vm0 table=0x80000000000 level=0 by=cpu runs=[3]=0x1083,[16..31]=0x8803+0x1000',
    ],
    [
      {
        type: 'ops.created',
        vm: 'vm0',
        call: 2,
        bind: 0,
        ops: [{ op: 'unmap', unmap: { ...piece, ...attrs }, keep: true }],
      },
      'ops.created vm=vm0 call=2 bind=0 ops=UNMAP 0x10000-0x14000 bo0+0x1000 (keep)',
    ],
    [
      { type: 'fence.signaled', fence: 'vm0/bind0:1', error: -12 },
      'fence.signaled fence=vm0/bind0:1 error=ENOMEM',
    ],
  ];
  it.each(facts)('%j', (fact, told) => {
    expect(factText(fact)).toBe(told);
  });

  it('has no page or entry as a bare number, in any fact of any run', () => {
    for (const { scenario } of SCENARIOS.slice(0, 40)) {
      for (const { facts: all } of runScenario({ scenario, seed: '0x1', chooser: 'time' })) {
        for (const fact of all) {
          expect(factText(fact)).not.toMatch(
            /\b(addr|offset|phase|phys|source|ptr|table|root|pte|stride|pageSizes)"?[=:](?!0x|null)|\[object|undefined|[{[]"/,
          );
        }
      }
    }
  });
});

/** Lanes and texts with everything that a grammar could trip over. */
const nasty = fc
  .string({ unit: fc.constantFrom(...'ab end;:#<>{}"`%&\\\n|,@-'), minLength: 1 })
  .filter((text) => text.trim() !== '');
const anySequence: fc.Arbitrary<Sequence> = fc
  .uniqueArray(nasty, { minLength: 1, maxLength: 4 })
  .chain((lanes) => {
    const lane = fc.constantFrom(...lanes);
    const seq = fc.nat(99);
    const arrow = fc.record({
      kind: fc.constant('arrow' as const),
      seq,
      cause: seq,
      from: lane,
      to: lane,
      text: nasty,
    });
    const tone = fc.constantFrom('plain' as const, 'bad' as const, 'fail' as const);
    const note = fc.record({ kind: fc.constant('note' as const), seq, lane, text: nasty, tone });
    return fc.record({
      title: nasty,
      lanes: fc.constant(lanes),
      items: fc.array(fc.oneof(arrow, note)),
    });
  });

describe('drawings', () => {
  it('mermaid keeps to the grammar, whatever names and texts are', () => {
    expectMermaid(sequenceMermaid(whole));
    fc.assert(
      fc.property(anySequence, (sequence) => {
        expectMermaid(sequenceMermaid(sequence));
      }),
      { numRuns: 500 },
    );
  });

  it('mermaid has every arrow and every note', () => {
    const text = sequenceMermaid(whole);
    const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    const of = (kind: string): number => whole.items.filter((item) => item.kind === kind).length;
    expect(count(/->>/g)).toBe(of('arrow'));
    expect(count(/Note over/g) + count(/<br\/>/g)).toBe(of('note'));
    expect(text).toContain('rect rgba');
  });

  it('text draws an arrow between its lanes, to the right or to the left', () => {
    const sequence: Sequence = {
      title: 'two',
      lanes: ['app', 'vm0'],
      items: [
        { kind: 'arrow', seq: 1, cause: 0, from: 'app', to: 'vm0', text: 'there' },
        { kind: 'note', seq: 1, lane: 'vm0', text: 'a fact', tone: 'plain' },
        { kind: 'arrow', seq: 2, cause: 1, from: 'vm0', to: 'app', text: 'back' },
        { kind: 'arrow', seq: 3, cause: 2, from: 'app', to: 'app', text: 'ring' },
        { kind: 'note', seq: 3, lane: 'app', text: 'wrong', tone: 'fail' },
      ],
    };
    expect(sequenceText(sequence)).toBe(
      [
        'two',
        '  seq sent   app    vm0',
        '    1    0    |----->|     there',
        '              |      *       a fact',
        '    2    1    |<-----|     back',
        '    3    2    @      |     (itself) ring',
        '              X      |       wrong',
        '',
      ].join('\n'),
    );
  });

  it('SVG is well formed and holds every text', () => {
    fc.assert(
      fc.property(anySequence, (sequence) => {
        const svg = sequenceSvg(sequence);
        const tags = [...svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)];
        const open: string[] = [];
        for (const [, closing, name, empty] of tags) {
          if (empty === '/') continue;
          if (closing === '/') expect(open.pop()).toBe(name);
          else open.push(name ?? '');
        }
        expect(open).toEqual([]);
        expect(svg.match(/<text/g)?.length).toBe(
          1 +
            sequence.lanes.length +
            sequence.items.length +
            sequence.items.filter(({ kind }) => kind === 'arrow').length,
        );
      }),
      { numRuns: 200 },
    );
  });
});
