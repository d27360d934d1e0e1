/** The static check of syncs: of an ioctl, and of the steps that wait for a syncobj or signal one. */
import { SYNC_FLAGS } from '../ioctl/sync-check.ts';
import { checkU32, type StepContext } from './check-context.ts';
import { type Path, problem } from './problem.ts';
import { checkWord } from './process-memory.ts';
import type { Sync, SyncRef } from './schema.ts';

/** Checks a syncobj reference and whether a point belongs there. */
export function checkSync(ref: SyncRef, path: Path, context: StepContext): void {
  if (!context.refer(ref.syncobj, ['syncobj'], path)) return;
  const wrong = (what: string, hint: string): void =>
    context.report(problem('FL115', what, path, hint));
  const timeline = context.scenario.syncobjs[ref.syncobj]?.kind === 'timeline';
  if (timeline && ref.point === undefined) {
    const hint = `Write { syncobj: ${ref.syncobj}, point: 1 }.`;
    wrong(`\`${ref.syncobj}\` is a timeline and needs a point`, hint);
  } else if (!timeline && ref.point !== undefined) {
    const hint = `Drop \`point\`, or declare ${ref.syncobj} with \`kind: timeline\`.`;
    wrong(`\`${ref.syncobj}\` is binary and has no points`, hint);
  } else if (context.held && ref.point !== undefined && BigInt(ref.point) === 0n) {
    wrong('point 0 is where every timeline begins', 'Use a point of 1 or more.');
  }
}

/** Flag bits of type and direction follow from the form and from the list; only others may be added. */
function checkFlags(flags: string, path: Path, { report }: StepContext): void {
  checkU32(BigInt(flags), path, report);
  const known = BigInt(flags) & SYNC_FLAGS;
  if (known === 0n) return;
  const what = `\`flags\` has bits that are not free: 0x${known.toString(16)}`;
  const hint = 'Type and SIGNAL follow from the form of the sync and from `in` or `out`.';
  report(problem('FL103', what, path, hint));
}

/** Checks the syncs of an ioctl. */
export function checkSyncs(
  step: { readonly in: readonly Sync[]; readonly out: readonly Sync[] },
  path: Path,
  context: StepContext,
): void {
  for (const side of ['in', 'out'] as const) {
    step[side].forEach((sync, index) => {
      const at = [...path, side, index];
      if ('syncobj' in sync) checkSync(sync, at, context);
      if ('userFence' in sync) {
        checkWord(sync.userFence, [...at, 'userFence'], context.scenario, context.report);
      }
      if ('flags' in sync && sync.flags !== undefined) {
        checkFlags(sync.flags, [...at, 'flags'], context);
      }
    });
  }
}
