/** docs/costs.md, made of the tables in hw/costs.ts and hw/latency.ts. */
import { COSTS } from '../../hw/costs.ts';
import { DEFAULT_JITTER, DEFAULT_LATENCY } from '../../hw/latency.ts';

const PAGE = `# What things cost

Time in a run is virtual. Two things take time: a message on its **way**, and the **work** that comes before it is sent.
Nothing about correctness may rest on a figure; every figure can be set.

- A way is a *latency* (\`latency:\`, [scenarios](scenarios.md#latency)): one figure for each kind of hand-over, whatever
  it carries, times a number from 1 to \`jitter\` that is drawn from the seed (${DEFAULT_JITTER} by default).
- Work is a *cost* (\`device: { costs: {} }\`): exact, and as often as the work is done. Two jobs of one size take the
  same time, and a job that writes more entries takes longer.

A scenario without \`costs\` has no cost of work: all of them are 0, but for the three at the end, which always have a
length. So logs from before there was a cost model are still what a run writes, byte for byte. \`costs: {}\` takes every
default; \`costs: { cpuEntryNs: 20 }\` sets one of them and takes the others' defaults.

Who works sends later. It does not hold up what others send to it meanwhile: an ioctl that comes while a VM works is
taken at once if \`vm->lock\` is free. Two bind queues that use one copy ring at the same time do not slow each other down.

## Costs

| key of \`costs\` | ns | of | source |
| --- | --- | --- | --- |
`;

const LATENCIES = `
One of these counts once for each of: an ioctl; an op; a table that is built (counted by \`costOf\` of
[hardware](hardware.md#what-it-costs)); an entry that is stored in a new table; a job with anything to store or copy; a
store command; an entry that it stores; a page that is copied; a flush; an acknowledgement. So 1 TiB of NULL at an
aligned address costs two tables with 1024 entries and one job of two entries, 1 MiB of NULL costs three tables with 258
entries, and both take one store command. The sum is on the way of the call: a synchronous ioctl returns after its CPU
work, its fence signals after all of it.

## Latencies

All are assumed.

| key of \`latency\` | ns |
| --- | --- |
`;

const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |\n`;

export function costsPage(): string {
  const costs = Object.entries(COSTS).map(([name, { defaultNs, what, source }]) =>
    row(`\`${name}\``, defaultNs, what, source),
  );
  const latencies = Object.entries(DEFAULT_LATENCY).map(([name, ns]) => row(`\`${name}\``, ns));
  return [PAGE, ...costs, LATENCIES, ...latencies].join('');
}
