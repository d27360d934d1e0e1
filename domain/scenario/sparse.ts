/**
 * A family of scenarios: the life of one sparse resource. Its whole range is given a backing that can be read without
 * a fault, some tiles get memory of their own, lose it again, and the resource goes. Size, page size, tiles and backing
 * are parameters; what each phase costs is counted from the run (streams/compare).
 *
 * The question, and the 24,415 operations for 100e6 bytes, are from the cover letter of "Support repeated mappings in
 * GPUVM and Panthor" (2026-03-13); the backings are those that its thread names.
 */
import { type ClientBuilder, map, scenario, unmap } from './builder.ts';
import type { OpInput } from './op-builders.ts';
import { type Backing, BACKINGS, OPS_PER_IOCTL } from './sparse-backings.ts';
import type { Scenario } from './schema.ts';

export interface SparseRequest {
  readonly backing: Backing;
  /** of the resource; rounded up to whole pages of `pageBytes` */
  readonly sizeBytes: number;
  /** what one operation of the per-page backing maps, and the size of the dummy BO: 4 KiB or a multiple */
  readonly pageBytes: number;
  /** how many tiles get memory, spread evenly over the range */
  readonly tiles: number;
  readonly tileBytes: number;
}

export const PHASES = ['initialise', 'look', 'bind tiles', 'unbind tiles', 'destroy'] as const;
export type Phase = (typeof PHASES)[number];

export interface SparseScenario {
  readonly scenario: Scenario;
  /** phase of each step of the one client, by number; the last, closing the VM, is in none */
  readonly phaseOf: readonly Phase[];
}

export const CLIENT = 'app';
/** Where the resource begins: 2 MiB aligned, as a driver's allocator would put it. */
export const BASE = 0x4000_0000;
/** What the look phase writes. */
export const WRITTEN = 0xdead;

const VM = 'vm0';
const DUMMY = 'dummy';
const MEMORY = 'tiles';
const DONE = 'done';

export const roundUp = (bytes: number, unit: number): number => Math.ceil(bytes / unit) * unit;

/** First byte of each tile, from the start of the resource. */
export function tileOffsets({ sizeBytes, tiles, tileBytes }: SparseRequest): number[] {
  const places = Math.floor(sizeBytes / tileBytes);
  return Array.from({ length: tiles }, (_, i) => Math.floor((i * places) / tiles) * tileBytes);
}

/** The operations that give [addr, addr + range) its backing, none of which stands for more than one call takes. */
function backed({ backing, pageBytes }: SparseRequest, addr: number, range: number): OpInput[] {
  switch (BACKINGS[backing].map) {
    case 'each': {
      const most = OPS_PER_IOCTL * pageBytes;
      return Array.from({ length: Math.ceil(range / most) }, (_, i) => {
        const part = { addr: addr + i * most, range: Math.min(most, range - i * most) };
        return map({ ...part, bo: DUMMY, each: pageBytes });
      });
    }
    case 'repeat':
      return [map({ addr, range, bo: DUMMY, repeat: pageBytes })];
    case 'singlePage':
      return [map({ addr, range, bo: DUMMY, singlePage: true })];
    case 'null':
      return [map({ addr, range, null: true })];
  }
}

/** How many operations the ioctl carries for it. */
const carried = (op: OpInput): number =>
  'map' in op && op.map.each !== undefined ? Number(op.map.range) / Number(op.map.each) : 1;

/** As few ioctls as there may be. xe takes several operations only asynchronously: then the last one is waited for. */
function bindAll(client: ClientBuilder, ops: readonly OpInput[], isAsync: boolean): void {
  let call: OpInput[] = [];
  let size = 0;
  const flush = (): void => {
    if (call.length > 0) client.bind(VM, call, isAsync ? { out: [DONE] } : {});
    call = [];
    size = 0;
  };
  for (const op of ops) {
    if (size + carried(op) > OPS_PER_IOCTL) flush();
    call.push(op);
    size += carried(op);
  }
  flush();
  if (isAsync) client.wait(DONE);
}

/** The client's whole program, and the phase of each of its steps. */
function live(client: ClientBuilder, request: SparseRequest): Phase[] {
  const { backing, pageBytes, tileBytes, tiles } = request;
  const { isAsync } = BACKINGS[backing];
  const range = roundUp(request.sizeBytes, pageBytes);
  const offsets = tileOffsets(request);
  const phaseOf: Phase[] = [];
  const until = (phase: Phase): void => {
    while (phaseOf.length < client.steps.length) phaseOf.push(phase);
  };
  bindAll(client, backed(request, BASE, range), isAsync);
  until('initialise');
  client
    .gpuRead(VM, BASE)
    .gpuWrite(VM, BASE, WRITTEN)
    .gpuRead(VM, BASE)
    .gpuRead(VM, BASE + range - pageBytes);
  until('look');
  if (tiles > 0) {
    const bound = offsets.map((offset, i) =>
      map({ addr: BASE + offset, range: tileBytes, bo: MEMORY, offset: i * tileBytes }),
    );
    bindAll(client, bound, isAsync);
    until('bind tiles');
    const back = offsets.flatMap((offset) => backed(request, BASE + offset, tileBytes));
    bindAll(client, back, isAsync);
    until('unbind tiles');
  }
  bindAll(client, [unmap({ addr: BASE, range })], isAsync);
  until('destroy');
  // closing the VM is no part of it: it flushes the whole address space
  client.close(VM);
  return phaseOf;
}

/** @throws FencelabError when the request is no scenario (see check-*.ts) */
export function sparseScenario(request: SparseRequest): SparseScenario {
  const { backing, pageBytes, tileBytes, tiles } = request;
  const { profile, map: how, isAsync } = BACKINGS[backing];
  const begun = scenario(`sparse-${backing}`)
    .device({ profile, costs: {} })
    .vm(VM, { async: isAsync });
  if (isAsync) begun.syncobj(DONE);
  if (how !== 'null') begun.bo(DUMMY, { size: pageBytes });
  if (tiles > 0) begun.bo(MEMORY, { size: tiles * tileBytes });
  let phaseOf: readonly Phase[] = [];
  begun.client(CLIENT, (client) => {
    phaseOf = live(client, request);
    return client;
  });
  return { scenario: begun.build(), phaseOf };
}
