/** The progress line: only after two seconds, only on a terminal, wiped at the end. */
import { describe, expect, it } from '@jest/globals';
import { Progress } from '../../cli/progress.ts';
import type { Io } from '../../cli/io.ts';

function drawn(conditions: Partial<Io>, quiet: boolean, totals: number | undefined): string {
  let text = '';
  let now = 0;
  const io = {
    err: (part: string) => (text += part),
    errIsTty: true,
    env: {},
    ...conditions,
  } as Io;
  const progress = new Progress(io, 'records', quiet, () => now);
  for (now = 0; now <= 2600; now += 50) progress.at(now * 10, totals);
  progress.end();
  return text;
}

describe('progress', () => {
  it('counts when nobody knows the end, at most ten times a second', () => {
    const text = drawn({}, false, undefined);
    expect(text.split('\r').filter((part) => part.includes('records'))).toHaveLength(7);
    expect(text).toContain('\r\u001b[Krecords 20,000');
    expect(text.endsWith('\r\u001b[K')).toBe(true);
  });

  it('draws a bar when there is a total', () => {
    expect(drawn({}, false, 40_000)).toContain('records [============            ] 50% (20,000)');
  });

  it.each([
    ['off a terminal', { errIsTty: false }, false],
    ['in CI', { env: { CI: 'true' } }, false],
    ['with --quiet', {}, true],
  ] as const)('is silent %s', (_name, conditions, quiet) => {
    expect(drawn(conditions, quiet, undefined)).toBe('');
  });
});
