/** Whatever document comes in: a scenario or problems, never an exception; and no problem points nowhere. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ERRORS } from '../../../domain/errors.ts';
import { parseScenario } from '../../../domain/scenario/parse.ts';

const good = (): Record<string, unknown> => ({
  fencelab: 1,
  name: 'x',
  vms: { vm0: {} },
  bos: { bo0: { size: '0x4000' } },
  syncobjs: { done: {} },
  clients: {
    app: [
      {
        bind: {
          vm: 'vm0',
          ops: [{ map: { addr: '0x0', range: '0x1000', bo: 'bo0' } }],
          out: ['done'],
        },
      },
      { wait: 'done' },
      { gpu: { vm: 'vm0', read: 8, expect: 0 } },
    ],
  },
});

/** Puts `value` somewhere into a copy of `document`; `turns` decides where. */
function damaged(document: unknown, turns: readonly number[], value: unknown): unknown {
  const [turn, ...rest] = turns;
  if (turn === undefined || typeof document !== 'object' || document === null) return value;
  const entries = Object.entries(document);
  const index = entries.length === 0 ? 0 : turn % entries.length;
  const changed = entries.map(([key, member], i): [string, unknown] =>
    i === index ? [key, damaged(member, rest, value)] : [key, member],
  );
  return Array.isArray(document)
    ? changed.map(([, member]) => member)
    : Object.fromEntries(changed);
}

describe('parsing a document', () => {
  it('accepts the good one and fills in the defaults', () => {
    const parsed = parseScenario(good());
    expect(parsed).toMatchObject({
      ok: true,
      scenario: {
        device: { gts: 1, vaBits: 48, profile: 'xe-2023' },
        vms: { vm0: { async: false } },
      },
    });
  });

  it('never throws, and every problem has a known code, a sentence and advice', () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.bigInt(),
      fc.constantFrom('vm0', 'bo0', '0x1', 'ok', undefined),
    );
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 7 }), anything, (turns, value) => {
        const parsed = parseScenario(damaged(good(), turns, value));
        if (parsed.ok) return;
        expect(parsed.problems.length).toBeGreaterThan(0);
        for (const { code, what, hint } of parsed.problems) {
          expect(Object.keys(ERRORS)).toContain(code);
          expect(what).toMatch(/\S/);
          expect(hint).toMatch(/[.?]$/);
          expect(what).not.toMatch(/\[object|undefined/);
        }
      }),
      { numRuns: 3000, seed: 7 },
    );
  });
});
