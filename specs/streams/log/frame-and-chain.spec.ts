/** Checksum and chain against what docs/log-format.md says, computed here in the most naive way. */
import { createHash } from 'node:crypto';
import { Chain } from '../../../streams/log/chain.ts';
import { framed, isFramed } from '../../../streams/log/frame.ts';
import { sampleLog } from './sample-log.ts';

/** CRC-32 by its definition, bit by bit. */
function naiveCrc32(bytes: Uint8Array): string {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return ((crc ^ 0xffff_ffff) >>> 0).toString(16).padStart(8, '0');
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the frame', () => {
  test('has the well-known check value of CRC-32', () => {
    expect(framed('123456789')).toBe('123456789,"crc":"cbf43926"}\n');
  });

  test('of every line of a log is the CRC-32 of what stands before it', async () => {
    const { bytes } = await sampleLog(14, { block: 4 });
    const lines = bytes.toString().trimEnd().split('\n');
    expect(lines).toHaveLength(1 + 14 + 3 + 1);
    for (const line of lines) {
      const body = line.slice(0, -18);
      expect(line).toBe(`${body},"crc":"${naiveCrc32(Buffer.from(body))}"}`);
    }
  });

  test('is wrong with capitals, with no body, without a brace, with anything behind it', () => {
    const good = framed('{"a":10').trimEnd();
    const ok = (text: string): boolean => isFramed(Buffer.from(text), 0, Buffer.byteLength(text));
    expect(ok(good)).toBe(true);
    expect(ok(good.replace(/[a-f](?="\}$)|[a-f](?=[0-9a-f]+"\}$)/, (d) => d.toUpperCase()))).toBe(
      false,
    );
    expect(ok(`${good} `)).toBe(false);
    expect(ok(framed('').trimEnd())).toBe(false);
    expect(ok(framed('["a":10').trimEnd())).toBe(false);
    expect(ok('')).toBe(false);
  });
});

describe('the chain', () => {
  test('of a log can be computed with a text editor and sha256sum', async () => {
    const { bytes } = await sampleLog(10, { block: 4 });
    let previous = '';
    let since = '';
    const seen: string[] = [];
    for (const line of bytes.toString().trimEnd().split('\n')) {
      const { sha256: stated, log } = JSON.parse(line) as { sha256?: string; log?: string };
      if (stated === undefined || log !== undefined) {
        since += `${line}\n`;
        continue;
      }
      const expected = sha256(previous + since);
      expect(stated).toBe(expected);
      seen.push(stated);
      previous = expected;
      since = '';
    }
    expect(seen).toHaveLength(3);
  });

  test('does not depend on how the bytes are cut', () => {
    const whole = new Chain();
    whole.add(Buffer.from('abcdef'));
    const cut = new Chain();
    for (const letter of 'abcdef') cut.add(Buffer.from(letter));
    expect(cut.close()).toBe(whole.close());
    expect(whole.close()).toBe(sha256(sha256('abcdef')));
  });
});
