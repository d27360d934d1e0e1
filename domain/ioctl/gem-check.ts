/**
 * The argument checks of making and closing a BO, in the kernel's order. Mirrors xe_gem_create_ioctl of xe_bo.c at the
 * first upstream commit, and drm_gem_handle_delete. A size of 0 slips through there and is refused as upstream does it
 * since, where the BO is made (___xe_bo_create_locked). Flags and placements cannot be wrong in a scenario.
 */
import { ERRNO } from '../errno.ts';
import type { U64 } from '../units.ts';
import { isAligned } from './bind-check/context.ts';
import { firstRefusal, type Refusal, type Row, rulesOf, wholeStage } from './rules.ts';

/** struct drm_xe_gem_create, as far as it can be wrong. */
export interface GemCreateRequest {
  readonly size: U64;
  /** the VM of a private BO */
  readonly vm: string | null;
}

export interface GemCreateView {
  /** false for an id that leads nowhere, as that of a destroyed VM does */
  readonly isVm: (vm: string) => boolean;
}

interface CreateContext {
  readonly request: GemCreateRequest;
  readonly view: GemCreateView;
}

const CREATE_ROWS: readonly Row<CreateContext, CreateContext>[] = [
  {
    row: 'gem-create-1',
    what: 'a size that is not 4 KiB aligned',
    error: ERRNO.EINVAL,
    refuses: ({ request }) => !isAligned(request.size),
  },
  {
    row: 'gem-create-2',
    what: 'private to a VM that is not there',
    error: ERRNO.ENOENT,
    refuses: ({ request: { vm }, view }) => vm !== null && !view.isVm(vm),
  },
  {
    row: 'gem-create-3',
    what: 'size 0',
    error: ERRNO.EINVAL,
    refuses: ({ request }) => request.size === '0x0',
  },
];
const CREATE = [wholeStage(CREATE_ROWS)];

export const GEM_CREATE_RULES = rulesOf(CREATE);

export function checkGemCreate(request: GemCreateRequest, view: GemCreateView): Refusal | null {
  return firstRefusal(CREATE, { request, view });
}

export interface GemCloseView {
  readonly isBo: boolean;
}

const CLOSE_ROWS: readonly Row<GemCloseView, GemCloseView>[] = [
  {
    row: 'gem-close-1',
    what: 'an unknown object handle',
    error: ERRNO.EINVAL,
    refuses: ({ isBo }) => !isBo,
  },
];
const CLOSE = [wholeStage(CLOSE_ROWS)];

export const GEM_CLOSE_RULES = rulesOf(CLOSE);

export function checkGemClose(view: GemCloseView): Refusal | null {
  return firstRefusal(CLOSE, view);
}
