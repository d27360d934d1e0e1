/**
 * The contents of physical memory, in words of 8 bytes.
 *
 * Only words that hold something else than 0 are kept, ordered by place, so that fresh memory costs
 * nothing and two memories with the same contents are equal. System memory and VRAM are one space
 * of page frame numbers (see allocator.ts for who has which). Mirrors no kernel function: it is
 * what a GPU store leaves behind and a later load sees. Left out: caches between GPU and memory,
 * and words written in part.
 */
import { OrderedMap } from '../domain/ordered-map.ts';
import type { Page, U64 } from '../domain/units.ts';

const WORDS_IN_PAGE = 512;
const ZERO: U64 = '0x0';

/** A word of physical memory. */
export interface PhysicalWord {
  readonly pfn: Page;
  /** 0 .. 511 */
  readonly word: number;
}

export interface Memory {
  /** @internal keyed pfn * 512 + word; never holds '0x0' */
  readonly words: OrderedMap<U64>;
}

/** Memory that is 0 everywhere. */
export function zeroMemory(): Memory {
  return { words: OrderedMap.empty() };
}

function keyOf({ pfn, word }: PhysicalWord): number {
  return pfn * WORDS_IN_PAGE + word;
}

/** The word there, canonical hex; '0x0' where nothing was written. */
export function readWord(memory: Memory, at: PhysicalWord): U64 {
  return memory.words.get(keyOf(at)) ?? ZERO;
}

/** Folds "a word was written". `value` is canonical hex. */
export function writeWord(memory: Memory, at: PhysicalWord, value: U64): Memory {
  const key = keyOf(at);
  return {
    words: value === ZERO ? memory.words.delete(key) : memory.words.set(key, value),
  };
}

/** Folds "`pages` pages from `pfn` on were cleared": what a new BO or a page given back gets. */
export function clearPages(memory: Memory, pfn: Page, pages: Page): Memory {
  const editor = memory.words.mutable();
  const from = pfn * WORDS_IN_PAGE;
  for (const { key } of memory.words.entries(from, from + pages * WORDS_IN_PAGE)) {
    editor.delete(key);
  }
  return { words: editor.freeze() };
}

/**
 * Folds "a BO moved": the contents of `pages` pages are copied, the source stays as it was
 * (xe_migrate_copy).
 */
export function copyPages(memory: Memory, from: Page, to: Page, pages: Page): Memory {
  const source = from * WORDS_IN_PAGE;
  const shift = (to - from) * WORDS_IN_PAGE;
  const words = [...memory.words.entries(source, source + pages * WORDS_IN_PAGE)];
  const editor = clearPages(memory, to, pages).words.mutable();
  for (const { key, value } of words) editor.set(key + shift, value);
  return { words: editor.freeze() };
}

/** The words that are not 0 in `pages` pages from `pfn` on, ascending, for dumps. */
export function* wordsIn(
  memory: Memory,
  pfn: Page,
  pages: Page,
): Generator<PhysicalWord & { readonly value: U64 }> {
  const from = pfn * WORDS_IN_PAGE;
  for (const { key, value } of memory.words.entries(from, from + pages * WORDS_IN_PAGE)) {
    yield { pfn: Math.floor(key / WORDS_IN_PAGE), word: key % WORDS_IN_PAGE, value };
  }
}
