/** Small words that all generators use: addresses as hex, names of syncs. */
import type { ClientBuilder } from '../../../domain/scenario/builder.ts';
import type { ScenarioInput } from '../../../domain/scenario/schema.ts';

export const PAGE = 0x1000;
export const MIB = 0x10_0000;

/** What a store job of IGT writes. */
export const STORED = '0xc0ffee';

export type Sync = Parameters<ClientBuilder['signal']>[0];
type BindOptions = NonNullable<Parameters<ClientBuilder['bind']>[2]>;
export type Outcome = NonNullable<BindOptions['expect']>;

/** An op, and the words of a scenario by section. */
export type Op = Parameters<ClientBuilder['bind']>[1][number];
type Section<K extends 'vms' | 'bos'> = NonNullable<ScenarioInput[K]>[string];
export type VmOptions = Section<'vms'>;

/** Addresses, ranges and offsets are written in hex. */
export const hex = (value: number): string => `0x${value.toString(16)}`;

/** A place in a BO; an offset of 0 is not spelled out. */
export const inBo = (
  bo: string,
  offset: number,
): { readonly bo: string; readonly offset?: string } =>
  offset === 0 ? { bo } : { bo, offset: hex(offset) };

export const range = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => i);

/** In order, each once. */
export const distinct = (numbers: readonly number[]): readonly number[] =>
  [...new Set(numbers)].sort((a, b) => a - b);

/** `4 pages`, `1 page`. */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The options of a bind, in a bind queue of its own or not. */
export const onQueue = <T extends object>(options: T, queue: string | undefined): T =>
  queue === undefined ? options : { ...options, queue };
