/** The place where two log lines part. */
import { describe, expect, it } from '@jest/globals';
import { firstDifference } from '../../../streams/export/difference.ts';

describe('the first difference of two lines', () => {
  it.each([
    ['{"a":1}', '{"a":2}', 'a', '1', '2'],
    ['{"a":{"b":[1,{"c":"x"}]}}', '{"a":{"b":[1,{"c":"y"}]}}', 'a.b[1].c', '"x"', '"y"'],
    ['{"a":[1]}', '{"a":[1,2]}', 'a[1]', 'absent', '2'],
    ['{"a":[]}', '{"a":{}}', 'a', '[]', '{}'],
    ['{"a":1,"b":2,"crc":"x"}', '{"a":1,"crc":"y"}', 'b', '2', 'absent'],
  ])('%s and %s part at %s', (recorded, replayed, path, left, right) => {
    expect(firstDifference(recorded, replayed)).toEqual({
      ...{ path, recorded: left, replayed: right },
      ...{ actor: null, fact: null },
    });
  });

  it('is told with who ran, and with the fact in which it lies', () => {
    const line = (facts: object[]): string => JSON.stringify({ seq: 1, actor: 'vm0', facts });
    const one = { type: 'va.mapped', addr: '0x1000' };
    const other = { type: 'va.unmapped', addr: '0x1000' };
    const moved = firstDifference(line([other, one]), line([other, { ...one, addr: '0x2000' }]));
    expect(moved).toMatchObject({ path: 'facts[1].addr', actor: 'vm0', fact: 'va.mapped' });
    expect(firstDifference(line([one]), line([one, other]))).toMatchObject({
      path: 'facts[1]',
      recorded: 'absent',
      actor: 'vm0',
      fact: 'va.unmapped',
    });
  });

  it('is nothing for equal lines and for what is no JSON', () => {
    expect(firstDifference('{"a":1,"crc":"x"}', '{"a":1,"crc":"y"}')).toBeNull();
    expect(firstDifference('app>vm0', 'nothing')).toBeNull();
  });
});
