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
    expect(firstDifference(recorded, replayed)).toEqual({ path, recorded: left, replayed: right });
  });

  it('is nothing for equal lines and for what is no JSON', () => {
    expect(firstDifference('{"a":1,"crc":"x"}', '{"a":1,"crc":"y"}')).toBeNull();
    expect(firstDifference('app>vm0', 'nothing')).toBeNull();
  });
});
