/** Spaces for the specs of domain/va/, made with little to write. */
import { PLAIN, type Mapping, type MapRequest, type Span } from '../../../domain/va/mapping.ts';
import { applyOps, mapOp } from '../../../domain/va/ops.ts';
import type { Semantics } from '../../../domain/va/range-check.ts';
import { insertRegion } from '../../../domain/va/regions.ts';
import { refused, type OrErrno } from '../../../domain/va/result.ts';
import { createVaSpace, type VaSpace } from '../../../domain/va/va-space.ts';

/** The three ways a space can behave. */
export type Kind = 'merging' | '2023' | '6.18';
export const KINDS: readonly Kind[] = ['merging', '2023', '6.18'];

export const semanticsOf = (kind: Kind): Semantics =>
  kind === '6.18' ? 'gpuvm-6.18' : 'gpuva-2023';

/** What was asked for; an errno fails the test. */
export function accepted<T extends object>(result: OrErrno<T>): T {
  if (refused(result)) throw new Error(`refused: ${result}`);
  return result;
}

export interface SpaceOptions {
  readonly start?: number;
  readonly range?: number;
  readonly reserved?: Span | null;
  /** Start and range of each, for a merging space; by default one over all of it. */
  readonly regions?: readonly (readonly [number, number])[];
}

/** An empty space. */
export function emptySpace(kind: Kind, options: SpaceOptions = {}): VaSpace {
  const { start = 0, range = 64, reserved = null } = options;
  const config = { name: kind, start, range, reserved, semantics: semanticsOf(kind) };
  let space = createVaSpace(config, kind === 'merging');
  if (kind !== 'merging') return space;
  for (const [addr, length] of options.regions ?? [[start, range] as const]) {
    space = accepted(insertRegion(space, { addr, range: length, sparse: false }));
  }
  return space;
}

export const mapping = (
  id: number,
  addr: number,
  range: number,
  obj: string | null = 'a',
  offset = addr,
): Mapping => ({ id, addr, range, obj, offset, repeat: null, attrs: PLAIN });

export const request = (
  addr: number,
  range: number,
  obj: string | null = 'a',
  offset = addr,
): MapRequest => ({ addr, range, obj, offset, attrs: PLAIN });

/** The space with these in it, inserted and linked in this order with ids from 1. */
export function spaceWith(space: VaSpace, requests: readonly MapRequest[]): VaSpace {
  return accepted(applyOps(space, requests.map(mapOp), 1)).space;
}

export const contents = (space: VaSpace): Mapping[] => [...space.mappings.values()];
