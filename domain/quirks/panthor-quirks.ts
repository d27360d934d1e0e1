/** Known bugs of panthor and of the series for repeated mappings (fact sheet 1B.4 and 3.2). */
import type { QuirkRow } from './row.ts';

export const PANTHOR_QUIRKS = [
  {
    id: 'L32',
    title:
      'A repeated map that fails at repetition i takes back i - 1 of them: one chunk stays mapped, or for i = 0 the size underflows.',
    where: 'panthor_mmu.c: panthor_vm_repeated_map_pages, repeat series v4',
    profile: 'panthor',
    right: 'Exactly the repetitions that were mapped are taken back.',
    breaks: 'opEntries',
    scenario: 'repeat-fails',
    needsFault: true,
  },
  {
    id: 'L33',
    title: 'A repeated map of a BO range of 0 is divided by before anything has looked at it.',
    where: 'panthor_mmu.c: panthor_vm_prepare_map_op_ctx, repeat series v4',
    profile: 'panthor',
    right: 'EINVAL, before it is used.',
    breaks: 'oops',
    scenario: 'repeat-zero',
  },
  {
    id: 'R01',
    title:
      'What is behind a split of a repeated mapping begins with the first page of the pattern, wherever the split is.',
    where: 'drm_gpuvm.c: __drm_gpuvm_sm_map, __drm_gpuvm_sm_unmap, repeat series v4',
    profile: 'panthor',
    right: 'It goes on with the page of the pattern that was there.',
    breaks: 'opResult',
    scenario: 'repeat-split',
  },
  {
    id: 'R02',
    title:
      'An unmap gives the range of the pattern to prev twice and to next never: next repeats no pages at all.',
    where: 'drm_gpuvm.c: __drm_gpuvm_sm_unmap, repeat series v4',
    profile: 'panthor',
    right: 'Both pieces repeat the range that the old mapping did.',
    breaks: 'opResult',
    scenario: 'repeat-split',
  },
] as const satisfies readonly QuirkRow[];
