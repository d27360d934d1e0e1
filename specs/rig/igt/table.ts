/**
 * The parameter tables of the IGT GPU Tools tests of Xe, as numbers: specs/data/igt/*.json, each with its source.
 * Columns named expected_* are not IGT's; they were computed with the split rule that does not merge.
 */
import { readFileSync } from 'node:fs';

const FOLDER = new URL('../../data/igt/', import.meta.url);

export const table = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as T;

/** Half-open, in pages of 4 KiB from the base of the row's table. */
export type Span = readonly [from: number, to: number];
/** What backs a span, and where in it the span begins, in pages. */
export interface Backing {
  readonly obj: string;
  readonly offset: number;
}
type Rest = readonly [from: number, to: number, backing: Backing];

export type ExpectedOp =
  | ({ readonly op: 'MAP'; readonly va: Span } & Backing)
  | { readonly op: 'UNMAP'; readonly va: Span }
  | {
      readonly op: 'REMAP';
      readonly unmap: Span;
      readonly prev: Rest | null;
      readonly next: Rest | null;
    };

export type ExpectedVa = { readonly va: Span } & Backing;

/** One row of munmap_sections or mmap_sections of xe_vm.c. */
export interface CutRow {
  readonly name: string;
  readonly bo_n_pages: number;
  readonly n_binds: number;
  readonly unbind_n_page_offset: number;
  readonly unbind_n_pages: number;
  readonly flags: readonly (
    'USERPTR' | 'INVALIDATE' | 'HAMMER_FIRST_PAGE' | 'LARGE_PAGE' | 'LARGE_PAGE_NO_SPLIT'
  )[];
  readonly expected_ops_no_merge: readonly ExpectedOp[];
  readonly expected_final_vas: readonly ExpectedVa[];
  readonly op_counts: Readonly<Record<ExpectedOp['op'], number>>;
}
export interface CutTable {
  readonly test: string;
  readonly base_addr: string;
  readonly rows: readonly CutRow[];
}
export const MUNMAP = table<CutTable>('munmap');
export const MUNMAP_2023 = table<CutTable>('munmap-2023');
export const MMAP = table<CutTable>('mmap');

export interface BindArrayRow {
  readonly name: string;
  readonly n: number | readonly number[];
  readonly addr: number;
  readonly own_bind_queue?: boolean;
  readonly bo_size?: number;
}
export const BIND_ARRAY = table<{ readonly rows: readonly BindArrayRow[] }>('bind-array');

interface ByteMap {
  readonly op: 'MAP';
  readonly va: Span;
  readonly offset: number;
}
interface ByteUnmap {
  readonly op: 'UNMAP';
  readonly va: Span;
}
/** Here spans and offsets are bytes. */
export const CONFLICT = table<{
  readonly base: string;
  readonly bo_size: number;
  readonly ops_in_order: readonly (ByteMap | ByteUnmap)[];
  readonly expected_final_vas: readonly { readonly va: Span; readonly offset: number }[];
  readonly execs_at: readonly number[];
  readonly error_inject: {
    readonly premap: ExpectedVa;
    readonly inject_on_op_index: number;
    readonly expect_errno: 'ENOSPC';
  };
  readonly variants: readonly string[];
}>('bind-array-conflict');

export const UNBINDS = table<{
  readonly partial_unbinds: {
    readonly page_units: number;
    readonly addr: number;
    readonly steps: readonly string[];
  };
  readonly unbind_all: readonly { readonly name: string; readonly n: number }[];
}>('unbinds');

export const SHARED_PAGES = table<{
  readonly base_addr: string;
  readonly rows: readonly {
    readonly name: string;
    readonly n_bo: number;
    readonly stride: number | string;
  }[];
}>('shared-pages');

export interface SizesTable {
  readonly n_exec_queues: number;
  readonly n_execs: number;
  readonly bind_sizes: readonly number[];
  readonly variants: readonly string[];
}
export const LARGE_BINDS = table<{
  readonly base_addr: string;
  readonly large: SizesTable;
  readonly mixed: SizesTable;
}>('large-binds');

export interface AsyncErrorTable {
  readonly n_binds: number;
  readonly bo_size: number;
  readonly addr: string;
  readonly phases: readonly {
    readonly op: 'MAP' | 'UNMAP';
    readonly n: number;
    readonly inject_at: number;
  }[];
}
export const ASYNC_ERROR = table<AsyncErrorTable>('async-ops-error');
