/**
 * A scenario from TypeScript: the same shape as the file, fluent and typed, held to the same schema and check. The
 * result is the canonical form, so YAML and code that mean the same give the same bytes.
 *
 *     scenario('null-bind').vm('vm0').syncobj('done')
 *       .client('app', (c) => c
 *         .bind('vm0', [map({ addr: 0, range: 0x8000, null: true })], { out: ['done'] })
 *         .wait('done')
 *         .gpuRead('vm0', 0x3ff8, { expect: 0 }))
 *       .build()
 */
import { FencelabError } from '../errors.ts';
import { parseScenario } from './parse.ts';
import { pathText } from './problem.ts';
import { type Scenario, SCENARIO_VERSION, type ScenarioInput } from './schema.ts';

type StepInput = ScenarioInput['clients'][string][number];
type BindInput = Extract<StepInput, { bind: unknown }>['bind'];
type OpInput = BindInput['ops'][number];
type MapInput = Extract<OpInput, { map: unknown }>['map'];
type UnmapInput = Extract<OpInput, { unmap: unknown }>['unmap'];
type GpuInput = Extract<StepInput, { gpu: unknown }>['gpu'];
type CpuInput = Extract<StepInput, { cpu: unknown }>['cpu'];
type WaitInput = Extract<StepInput, { wait: unknown }>['wait'];
type SignalInput = Extract<StepInput, { signal: unknown }>['signal'];
type ExpectInput = Extract<StepInput, { expect: unknown }>['expect'];
/** 64 bits: `0x1000n`, `'0x1000'` or a safe integer. */
export type Amount = MapInput['addr'];

export const map = (request: MapInput): OpInput => ({ map: request });
export const unmap = (request: UnmapInput): OpInput => ({ unmap: request });
export const unmapAll = (bo: string): OpInput => ({ unmapAll: { bo } });

/** The steps of one client, in order. */
export class ClientBuilder {
  readonly steps: StepInput[] = [];

  #add(step: StepInput): this {
    this.steps.push(step);
    return this;
  }
  create(name: string): this {
    return this.#add({ create: name });
  }
  bind(vm: string, ops: OpInput[], options: Omit<BindInput, 'vm' | 'ops'> = {}): this {
    return this.#add({ bind: { vm, ops, ...options } });
  }
  wait(what: WaitInput): this {
    return this.#add({ wait: what });
  }
  signal(what: SignalInput): this {
    return this.#add({ signal: what });
  }
  gpuRead(vm: string, read: Amount, options: Pick<GpuInput, 'gt' | 'expect'> = {}): this {
    return this.#add({ gpu: { vm, read, ...options } });
  }
  gpuWrite(
    vm: string,
    write: Amount,
    value: Amount,
    options: Pick<GpuInput, 'gt' | 'expect'> = {},
  ): this {
    return this.#add({ gpu: { vm, write, value, ...options } });
  }
  cpuRead(bo: string, read: Amount, options: Pick<CpuInput, 'expect'> = {}): this {
    return this.#add({ cpu: { bo, read, ...options } });
  }
  cpuWrite(bo: string, write: Amount, value: Amount): this {
    return this.#add({ cpu: { bo, write, value } });
  }
  expect(what: ExpectInput): this {
    return this.#add({ expect: what });
  }
  sleep(ns: number): this {
    return this.#add({ sleep: { ns } });
  }
  close(name: string): this {
    return this.#add({ close: name });
  }
}

/** What exists, then who does what. */
export class ScenarioBuilder {
  readonly #input: ScenarioInput & {
    readonly bos: NonNullable<ScenarioInput['bos']>;
    readonly syncobjs: NonNullable<ScenarioInput['syncobjs']>;
  };

  constructor(name: string) {
    this.#input = { fencelab: SCENARIO_VERSION, name, vms: {}, bos: {}, syncobjs: {}, clients: {} };
  }
  about(text: string): this {
    this.#input.about = text;
    return this;
  }
  device(device: NonNullable<ScenarioInput['device']>): this {
    this.#input.device = device;
    return this;
  }
  latency(latency: NonNullable<ScenarioInput['latency']>): this {
    this.#input.latency = latency;
    return this;
  }
  vm(name: string, options: ScenarioInput['vms'][string] = {}): this {
    return this.#declare(this.#input.vms, name, options);
  }
  bo(name: string, options: NonNullable<ScenarioInput['bos']>[string]): this {
    return this.#declare(this.#input.bos, name, options);
  }
  syncobj(name: string, options: NonNullable<ScenarioInput['syncobjs']>[string] = {}): this {
    return this.#declare(this.#input.syncobjs, name, options);
  }
  client(name: string, write: (client: ClientBuilder) => ClientBuilder): this {
    return this.#declare(this.#input.clients, name, write(new ClientBuilder()).steps);
  }

  /** @throws FencelabError with every problem, when there is one */
  build(): Scenario {
    const parsed = parseScenario(this.#input);
    if (parsed.ok) return parsed.scenario;
    const [first, ...rest] = parsed.problems;
    if (first === undefined) throw new FencelabError('FL901', 'refused without a problem');
    const others = rest.map((p) => `; ${p.code}: ${p.what} (${pathText(p.path)})`).join('');
    throw new FencelabError(first.code, `${first.what}${others}`, pathText(first.path));
  }

  #declare<T>(section: Record<string, T>, name: string, value: T): this {
    if (Object.hasOwn(section, name)) {
      throw new FencelabError(
        'FL111',
        `\`${name}\` is declared twice`,
        `scenario ${this.#input.name}`,
      );
    }
    section[name] = value;
    return this;
  }
}

/** Begins a scenario. */
export function scenario(name: string): ScenarioBuilder {
  return new ScenarioBuilder(name);
}
