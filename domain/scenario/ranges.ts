/**
 * The static rules for addresses, ranges, offsets and sizes: whole pages, not empty, inside the VM or the BO. They are
 * the rules of the VM_BIND ioctl itself, so a bind that expects an errno is not held to them. Byte quantities are
 * bigint here and only here: a sum of two of them may pass 2^64.
 */
import type { U64 } from '../units.ts';
import { type Path, problem, type Problem } from './problem.ts';

const PAGE = 0x1000n;

/** A list of problems under construction. */
export type Report = (found: Problem) => void;

function hex(value: bigint): U64 {
  return `0x${value.toString(16)}`;
}

/** Checks that a u64 is a multiple of 4 KiB, and suggests the multiples around it. */
export function checkAligned(value: U64, path: Path, report: Report, hint?: string): void {
  const bytes = BigInt(value);
  if (bytes % PAGE === 0n) return;
  const below = bytes - (bytes % PAGE);
  const what = `\`${path.at(-1) ?? ''}\` ${value} is not a multiple of 0x1000`;
  const near = `Use ${hex(below)} or ${hex(below + PAGE)}, or add \`expect: EINVAL\` to test the refusal itself.`;
  report(problem('FL105', what, path, hint ?? near));
}

/** Checks `addr` and `range` of one bind op against the VM of `limit` bytes. */
export function checkRange(
  { addr, range }: { readonly addr: U64; readonly range: U64 },
  limit: bigint,
  path: Path,
  report: Report,
): void {
  checkAligned(addr, [...path, 'addr'], report);
  if (BigInt(range) === 0n) report(problem('FL107', '`range` is 0', [...path, 'range']));
  else checkAligned(range, [...path, 'range'], report);
  const end = BigInt(addr) + BigInt(range);
  if (end > limit) {
    const what = `\`addr\` ${addr} + \`range\` ${range} = ${hex(end)}, beyond the VM's end ${hex(limit)}`;
    report(problem('FL106', what, [...path, 'addr']));
  }
}

/** Checks the part [offset, offset + range) of a BO. */
export function checkInsideBo(
  { offset, range }: { readonly offset: U64; readonly range: U64 },
  bo: { readonly name: string; readonly size: U64 },
  path: Path,
  report: Report,
): void {
  checkAligned(offset, [...path, 'offset'], report);
  const end = BigInt(offset) + BigInt(range);
  if (end <= BigInt(bo.size)) return;
  const what = `\`offset\` ${offset} + \`range\` ${range} = ${hex(end)}, beyond the end of \`${bo.name}\` (${bo.size})`;
  const hint =
    'Keep offset + range inside the BO, or add `expect: EINVAL` to test the refusal itself.';
  report(problem('FL106', what, path, hint));
}

/** Checks the address of one 8-byte access below `limit` bytes. */
export function checkAccess(
  addr: U64,
  limit: bigint,
  of: string,
  path: Path,
  report: Report,
): void {
  const bytes = BigInt(addr);
  if (bytes % 8n !== 0n) {
    const what = `\`${path.at(-1) ?? ''}\` ${addr} is not a multiple of 8`;
    report(
      problem('FL105', what, path, `An access is of 8 bytes: use ${hex(bytes - (bytes % 8n))}.`),
    );
  }
  if (bytes >= limit) {
    const hint = `Use an address below ${hex(limit)}.`;
    report(
      problem('FL106', `\`${path.at(-1) ?? ''}\` ${addr} is beyond the end of ${of}`, path, hint),
    );
  }
}

/** All BOs and userptr areas together: more than this has no physical place in the machine that is simulated. */
const MEMORY_BYTES = 1n << 46n;

type Sizes = Readonly<Record<string, { readonly size: U64 }>>;

/** Checks the declared sizes of the BOs, and that everything together has a place. */
export function checkSizes(bos: Sizes, userptrs: Sizes, report: Report): void {
  for (const [name, { size }] of Object.entries(bos)) {
    const path = ['bos', name, 'size'];
    const over = BigInt(size) % PAGE;
    if (BigInt(size) === 0n)
      report(problem('FL107', '`size` is 0', path, 'A BO has at least 0x1000 bytes.'));
    else if (over !== 0n) {
      const what = `\`size\` ${size} is not a multiple of 0x1000`;
      report(problem('FL105', what, path, `Use ${hex(BigInt(size) - over + PAGE)}.`));
    }
  }
  checkTotal({ bos, userptrs }, report);
}

function checkTotal(sections: Readonly<Record<string, Sizes>>, report: Report): void {
  let total = 0n;
  for (const [section, sizes] of Object.entries(sections)) {
    for (const [name, { size }] of Object.entries(sizes)) {
      const before = total;
      total += BigInt(size);
      if (before > MEMORY_BYTES || total <= MEMORY_BYTES) continue;
      const what = `BOs and userptrs take more than ${hex(MEMORY_BYTES)} bytes`;
      report(problem('FL106', what, [section, name, 'size'], 'Use smaller ones.'));
    }
  }
}
