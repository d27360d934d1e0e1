/** The steps of one client, in order, for scenarios from TypeScript. */
import type { Amount, BatchInput, Body, OpInput, StepInput } from './op-builders.ts';

export type { Amount } from './op-builders.ts';

/** What a step may be expected to return. */
interface Expecting {
  readonly expect?: Exclude<Body<'create'>, string>['expect'];
}

export class ClientBuilder {
  readonly steps: StepInput[] = [];

  /** panthor: what the device says of itself, a value or an errno */
  query(what: Body<'query'>['what'], expect: Body<'query'>['expect']): this {
    return this.#add({ query: { what, expect } });
  }

  #add(step: StepInput): this {
    this.steps.push(step);
    return this;
  }
  create(name: string, { expect }: Expecting = {}): this {
    return this.#add({ create: expect === undefined ? name : { name, expect } });
  }
  bind(vm: string, ops: OpInput[], options: Omit<Body<'bind'>, 'vm' | 'ops'> = {}): this {
    return this.#add({ bind: { vm, ops, ...options } });
  }
  /** runs a batch on an exec queue */
  exec(
    queue: string,
    batch: BatchInput[],
    options: Omit<Body<'exec'>, 'queue' | 'batch'> = {},
  ): this {
    return this.#add({ exec: { queue, batch, ...options } });
  }
  wait(what: Body<'wait'>): this {
    return this.#add({ wait: what });
  }
  waitUserFence(what: Body<'waitUserFence'>): this {
    return this.#add({ waitUserFence: what });
  }
  signal(what: Body<'signal'>): this {
    return this.#add({ signal: what });
  }
  gpuRead(vm: string, read: Amount, options: Pick<Body<'gpu'>, 'gt' | 'expect'> = {}): this {
    return this.#add({ gpu: { vm, read, ...options } });
  }
  gpuWrite(
    vm: string,
    write: Amount,
    value: Amount,
    options: Pick<Body<'gpu'>, 'gt' | 'expect'> = {},
  ): this {
    return this.#add({ gpu: { vm, write, value, ...options } });
  }
  /** adds to what is there, in one go */
  gpuAtomic(
    vm: string,
    atomic: Amount,
    value: Amount,
    options: Pick<Body<'gpu'>, 'gt' | 'expect'> = {},
  ): this {
    return this.#add({ gpu: { vm, atomic, value, ...options } });
  }
  cpuRead(bo: string, read: Amount, options: Pick<Body<'cpu'>, 'expect'> = {}): this {
    return this.#add({ cpu: { bo, read, ...options } });
  }
  cpuWrite(bo: string, write: Amount, value: Amount): this {
    return this.#add({ cpu: { bo, write, value } });
  }
  /** reads the process's own memory */
  userptrRead(userptr: string, read: Amount, options: Pick<Body<'cpu'>, 'expect'> = {}): this {
    return this.#add({ cpu: { userptr, read, ...options } });
  }
  userptrWrite(userptr: string, write: Amount, value: Amount): this {
    return this.#add({ cpu: { userptr, write, value } });
  }
  expect(what: Body<'expect'>): this {
    return this.#add({ expect: what });
  }
  sleep(ns: number): this {
    return this.#add({ sleep: { ns } });
  }
  /** memory pressure moves a BO out of VRAM */
  evict(bo: string): this {
    return this.#add({ evict: { bo } });
  }
  /** other pages behind the same addresses, or none with `gone` */
  invalidate(userptr: string, options: Omit<Body<'invalidate'>, 'userptr'> = {}): this {
    return this.#add({ invalidate: { userptr, ...options } });
  }
  reset(options: Body<'reset'> = {}): this {
    return this.#add({ reset: options });
  }
  accessCounter(
    vm: string,
    addr: Amount,
    options: Omit<Body<'accessCounter'>, 'vm' | 'addr'> = {},
  ): this {
    return this.#add({ accessCounter: { vm, addr, ...options } });
  }
  madvise(vm: string, advice: Omit<Body<'madvise'>, 'vm'>): this {
    return this.#add({ madvise: { vm, ...advice } });
  }
  close(name: string, { expect }: Expecting = {}): this {
    return this.#add({ close: expect === undefined ? name : { name, expect } });
  }
}
