/** The latency model: a hash, no generator; within its bounds, and spread over them. */
import fc from 'fast-check';
import { DEFAULT_LATENCY, latencyOf, mix32, seed32 } from '../../../hw/latency.ts';

const seed = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => seed32(`0x${n.toString(16)}`));
const seq = fc.nat(1_000_000);
const index = fc.nat(1000);

test('a latency lies between its figure and jitter times that', () => {
  const figure = fc.nat(100_000);
  const jitter = fc.integer({ min: 1, max: 100 });
  const property = fc.property(seed, seq, index, figure, jitter, (s, n, i, copyNs, times) => {
    const drawn = latencyOf({ copyNs, jitter: times }, s, 'copy.write', n, i);
    expect(drawn).toBeGreaterThanOrEqual(copyNs);
    expect(drawn).toBeLessThanOrEqual(copyNs * times);
    expect(latencyOf({ copyNs, jitter: 1 }, s, 'copy.done', n, i)).toBe(copyNs);
    expect(latencyOf({ copyNs, jitter: times }, s, 'copy.write', n, i)).toBe(drawn);
  });
  fc.assert(property);
});

test('each figure belongs to its messages, and the rest are wake-ups', () => {
  const still = { jitter: 1 } as const;
  const of = (type: string): number => latencyOf(still, seed32('0x1'), type, 1, 0);
  const { ioctlNs, copyNs, tlbNs, accessNs, wakeNs } = DEFAULT_LATENCY;
  expect(['vm.bind', 'vm.close', 'ioctl.done', 'client.next'].map(of)).toEqual(
    new Array(4).fill(ioctlNs),
  );
  expect(['copy.write', 'copy.done'].map(of)).toEqual([copyNs, copyNs]);
  expect(['guc.invalidate', 'guc.ack'].map(of)).toEqual([tlbNs, tlbNs]);
  expect(['gpu.access', 'gpu.done'].map(of)).toEqual([accessNs, accessNs]);
  expect(['vm.worker', 'fence.signaled', 'job.push'].map(of)).toEqual(new Array(3).fill(wakeNs));
});

test('both halves of the seed, the record and the place of the send all count', () => {
  const base = { high: 7, low: 9 };
  const drawn = mix32(base, 5, 3);
  const others = [
    mix32({ ...base, high: 8 }, 5, 3),
    mix32({ ...base, low: 8 }, 5, 3),
    mix32(base, 6, 3),
    mix32(base, 5, 4),
  ];
  expect(new Set([drawn, ...others]).size).toBe(5);
});

test('draws are spread: of 8 equal parts each gets its share, whatever varies', () => {
  const many = Array.from({ length: 8000 }, (_, n) => n);
  const series = [
    many.map((n) => mix32({ high: 0, low: 1 }, n, 0)),
    many.map((n) => mix32({ high: 0, low: 1 }, 3, n)),
    many.map((n) => mix32({ high: 0, low: n }, 3, 0)),
    many.map((n) => mix32({ high: n, low: 1 }, 3, 0)),
  ];
  for (const draws of series) {
    const shares = new Array<number>(8).fill(0);
    for (const draw of draws) {
      const part = Math.floor(draw / 2 ** 29);
      shares[part] = (shares[part] ?? 0) + 1;
    }
    expect(Math.min(...shares)).toBeGreaterThan(850);
    expect(Math.max(...shares)).toBeLessThan(1150);
  }
});
