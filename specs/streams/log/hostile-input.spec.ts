/**
 * Promise P7: whatever the input holds, the answer is a verdict or a FencelabError; no prototype is
 * touched, nothing recurses away, and memory stays within a line.
 */
import fc from 'fast-check';
import { FencelabError } from '../../../domain/errors.ts';
import type { DamageKind } from '../../../streams/log/damage.ts';
import { decodeLog, LogDecoder } from '../../../streams/log/decoder.ts';
import { MAX_DEPTH, MAX_LINE_BYTES } from '../../../streams/log/format.ts';
import { framed } from '../../../streams/log/frame.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import type { Json, StepRecord } from '../../../streams/world/record.ts';
import { json } from './arbitrary-record.ts';
import { sampleLog, sampleRecord, type SampleLog } from './sample-log.ts';

/** The verdict in a word: a result, or the code of the error. */
function answer(bytes: Uint8Array): string {
  try {
    return decodeLog(bytes).end.result;
  } catch (error) {
    if (error instanceof FencelabError) return error.code;
    throw error;
  }
}

let log: SampleLog;
let header: Buffer;
let open: Buffer;
beforeAll(async () => {
  log = await sampleLog(3, { block: 4 });
  header = log.bytes.subarray(0, log.lineEnds[0]);
  open = log.bytes.subarray(0, log.lastLineAt);
});

describe('random input', () => {
  test('bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const begun = '{"log":"fencelab"'.startsWith(Buffer.from(bytes).toString('latin1'));
        expect(answer(bytes)).toBe(begun && bytes.length > 0 ? 'torn' : 'FL301');
      }),
      { numRuns: 3000 },
    );
  });

  test('bytes behind a header and behind records', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.boolean(), (bytes, more) => {
        const result = answer(Buffer.concat([more ? open : header, bytes]));
        expect(result).toBe('torn');
      }),
      { numRuns: 3000 },
    );
  });

  test('JSON with a right checksum', () => {
    const start = fc.constantFrom(
      '{"seq":3,',
      '{"seal":true,',
      '{"block":0,',
      '{"log":"fencelab",',
    );
    fc.assert(
      fc.property(start, fc.dictionary(fc.string(), json), (opening, members) => {
        const line = framed(`${opening}${JSON.stringify(members).slice(1, -1)}`);
        expect(answer(Buffer.concat([open, Buffer.from(line)]))).toBe('corrupt');
        expect(['corrupt', 'FL304']).toContain(answer(Buffer.from(line)));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a hostile line with a right checksum', () => {
  const good = lineOfRecord(sampleRecord(3)).slice(0, -19);
  const withData = (data: string): string => good.replace(/"data":\{[^}]*\}/, `"data":${data}`);
  const nested = (n: number): string => `{"a":${'['.repeat(n)}${']'.repeat(n)}}`;
  const lines: readonly (readonly [string, string | Uint8Array, DamageKind])[] = [
    ['nested 100 deep', withData(nested(100)), 'schema'],
    ['nested 400,000 deep', withData(nested(400_000)), 'schema'],
    [
      'nested 400,000 deep in facts',
      good.replace(/"facts":.*/, `"facts":${nested(400_000)}`),
      'schema',
    ],
    ['unclosed 900,000 deep', `{"seq":3,"x":${'['.repeat(900_000)}`, 'json'],
    ['__proto__ in data', withData('{"__proto__":{"polluted":1}}'), 'schema'],
    ['escaped __proto__', withData('{"\\u005f_proto__":{"polluted":1}}'), 'schema'],
    [
      '__proto__ in a fact',
      good.replace('"facts":[{', '"facts":[{"__proto__":{"polluted":1},'),
      'schema',
    ],
    ['a member twice', good.replace('"seq":3', '"seq":3,"seq":9'), 'sequence'],
    ['not JSON', '{"seq":3,,', 'json'],
    ['NaN', withData('{"a":NaN}'), 'json'],
    ['a fraction', withData('{"a":1.5}'), 'schema'],
    ['1e400', withData('{"a":1e400}'), 'schema'],
    ['a cause that is later', good.replace('"cause":2', '"cause":3'), 'sequence'],
    [
      'an address above u64',
      good.replace(/"addr":"0x[0-9a-f]+"/g, '"addr":"0xffffffffffffff000"'),
      'schema',
    ],
    ['another kind of line', '{"what":1', 'schema'],
    ['a second header', '{"log":"fencelab","v":3', 'second-header'],
  ];
  test.each(lines)('%s', (_what, body, kind) => {
    const bytes = Buffer.concat([open, Buffer.from(framed(body as string))]);
    const { records, end } = decodeLog(bytes);
    expect(records).toHaveLength(3);
    expect(end).toMatchObject({ result: 'corrupt', lastSeq: 2, damage: { kind } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('invalid UTF-8', async () => {
    const { crc32 } = await import('node:zlib');
    const body = Buffer.from(good.replace('"running.idle"', '"running.\xff"'), 'latin1');
    const crc = crc32(body).toString(16).padStart(8, '0');
    const bytes = Buffer.concat([open, body, Buffer.from(`,"crc":"${crc}"}\n`)]);
    expect(decodeLog(bytes).end).toMatchObject({ result: 'corrupt', damage: { kind: 'utf8' } });
  });
});

test('reader and writer draw the line of nesting at the same depth', () => {
  const deep = (arrays: number): StepRecord => {
    const data = JSON.parse(`{"a":${'['.repeat(arrays)}${']'.repeat(arrays)}}`) as Json;
    return { ...sampleRecord(3), data: data as StepRecord['data'] };
  };
  const inside = MAX_DEPTH - 1;
  const line = lineOfRecord(deep(inside));
  const read = (text: string): unknown => decodeLog(Buffer.concat([open, Buffer.from(text)])).end;
  expect(read(line)).toMatchObject({ result: 'open', records: 4 });
  expect(() => lineOfRecord(deep(inside + 1))).toThrow(/FL901.*nested/);
  const deeper = framed(line.slice(0, -19).replace(/"a":(\[+\]+)/, '"a":[$1]'));
  expect(read(deeper)).toMatchObject({ result: 'corrupt', damage: { kind: 'schema' } });
});

describe('a file that a tool has touched', () => {
  const text = (): string => log.bytes.toString();
  const cases: readonly (readonly [string, () => string, string, DamageKind | ''])[] = [
    ['CR LF line ends', () => text().replaceAll('\n', '\r\n'), 'corrupt', 'crlf'],
    ['one CR LF', () => text().replace('}\n{"seq":1', '}\r\n{"seq":1'), 'corrupt', 'crlf'],
    ['a byte-order mark', () => `\ufeff${text()}`, 'corrupt', 'bom'],
    ['a trailing empty line', () => `${text()}\n`, 'corrupt', 'after-seal'],
    ['a trailing NUL', () => `${text()}\0`, 'corrupt', 'after-seal'],
    ['NULs for a tail', () => text().slice(0, -40) + '\0'.repeat(40), 'torn', 'cut'],
    ['a NUL within', () => text().replace('"seq":1', '"seq":\0'), 'corrupt', 'checksum'],
    ['pretty-printed lines', () => text().replaceAll('":', '": '), 'FL301', ''],
    ['a leading empty line', () => `\n${text()}`, 'corrupt', 'checksum'],
    ['UTF-16', () => [...text()].join('\0'), 'FL301', ''],
    ['an HTML page', () => '<!doctype html>\n<p>404</p>\n', 'FL301', ''],
    ['JSON of another kind', () => '{"hello":1}\n{"hello":2}\n', 'FL301', ''],
    ['gzip', () => '\x1f\x8b\x08\0', 'FL301', ''],
  ];
  test.each(cases)('%s', (_what, make, result, kind) => {
    const bytes = Buffer.from(make(), make() === '\x1f\x8b\x08\0' ? 'latin1' : 'utf8');
    expect(answer(bytes)).toBe(result);
    if (kind !== '') expect(decodeLog(bytes).end).toMatchObject({ damage: { kind } });
  });
});

describe('a header', () => {
  const altered = (change: (text: string) => string): Buffer =>
    Buffer.from(framed(change(header.toString().slice(0, -19))));

  test('that asks for a newer reader is refused by version, whatever else it holds', () => {
    const bytes = Buffer.concat([
      Buffer.from(framed('{"log":"fencelab","v":7,"minReader":4,"all":"new"')),
      Buffer.from('anything\n'),
    ]);
    expect(() => decodeLog(bytes)).toThrow(/^FL304: the log needs a reader of format version 4$/);
  });

  test('of a newer minor version is read, unknown members and all', () => {
    const bytes = altered((text) => text.replace('"v":3,', '"v":4,"extra":[1],'));
    expect(decodeLog(bytes).end).toMatchObject({ result: 'open', header: { v: 4 } });
  });

  test('whose scenario does not match its hash is corrupt', () => {
    const bytes = altered((text) => text.replace('"vms"', '"vmz"'));
    expect(decodeLog(bytes).end).toMatchObject({ result: 'corrupt', damage: { kind: 'scenario' } });
  });

  test.each([
    ['of another program', (text: string) => text.replace('"fencelab"', '"other"'), 'no-header'],
    ['with a wrong seed', (text: string) => text.replace('"0x2a"', '42'), 'schema'],
    ['with blocks of none', (text: string) => text.replace('"block":4', '"block":0'), 'schema'],
  ] as const)('%s is corrupt', (_what, change, kind) => {
    expect(decodeLog(altered(change)).end).toMatchObject({ result: 'corrupt', damage: { kind } });
  });
});

describe('memory', () => {
  const megabyte = Buffer.alloc(1 << 20, 'x');

  test('stays within a line while a line of 1 GiB goes by, and what follows is seen', () => {
    const decoder = new LogDecoder();
    decoder.push(log.bytes.subarray(0, log.lineEnds[2]));
    let peak = 0;
    for (let i = 0; i < 1024; i++) {
      decoder.push(megabyte);
      peak = Math.max(peak, decoder.held);
    }
    decoder.push(Buffer.from('\n'));
    decoder.push(log.bytes.subarray(log.lineEnds[2]));
    expect(peak).toBeLessThanOrEqual(MAX_LINE_BYTES);
    expect(decoder.end()).toMatchObject({
      result: 'corrupt',
      lastSeq: 1,
      damage: { kind: 'too-long', offset: log.lineEnds[2], line: 4 },
    });
  });

  test('a line of 1 GiB at the end is a torn tail', () => {
    const decoder = new LogDecoder();
    decoder.push(open);
    for (let i = 0; i < 1024; i++) decoder.push(megabyte);
    expect(decoder.held).toBe(0);
    expect(decoder.end()).toMatchObject({ result: 'torn', lastSeq: 2 });
  });

  test('input without an end that is no log is given up', () => {
    const decoder = new LogDecoder();
    let pushed = 0;
    while (!decoder.decided && pushed < 64) {
      decoder.push(megabyte);
      pushed++;
    }
    expect(pushed).toBeLessThan(8);
    expect(() => decoder.end()).toThrow(/FL301/);
  });

  test('a line of exactly the limit is read, one more byte is not', () => {
    const bare = lineOfRecord({ ...sampleRecord(0), data: { note: '' } }).length;
    const sized = (length: number): string =>
      lineOfRecord({ ...sampleRecord(0), data: { note: 'x'.repeat(length - bare) } });
    const endOf = (line: string, chunk: number): unknown => {
      const bytes = Buffer.concat([header, Buffer.from(line)]);
      const decoder = new LogDecoder();
      for (let at = 0; at < bytes.length; at += chunk) decoder.push(bytes.subarray(at, at + chunk));
      return decoder.end();
    };
    // Whole inside one chunk, and put together from pieces.
    for (const chunk of [2 * MAX_LINE_BYTES, 10_000]) {
      const fits = endOf(sized(MAX_LINE_BYTES), chunk);
      expect(fits).toMatchObject({ result: 'open', records: 1 });
      const tooLong = endOf(sized(MAX_LINE_BYTES + 1), chunk);
      expect(tooLong).toMatchObject({ result: 'torn', damage: { kind: 'too-long' } });
    }
  });
});
