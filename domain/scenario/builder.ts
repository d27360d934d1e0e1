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
import { ClientBuilder } from './client-builder.ts';
import { parseScenario } from './parse.ts';
import { pathText } from './problem.ts';
import { type Scenario, SCENARIO_VERSION, type ScenarioInput } from './schema.ts';

export { type Amount, ClientBuilder } from './client-builder.ts';
export {
  atomic,
  map,
  mapUserptr,
  prefetch,
  raw,
  read,
  restart,
  syncOnly,
  spin,
  unmap,
  unmapAll,
  write,
} from './op-builders.ts';

type Section<K extends 'vms' | 'bos' | 'syncobjs' | 'queues' | 'userptrs'> = NonNullable<
  ScenarioInput[K]
>;

/** What exists, then who does what. */
export class ScenarioBuilder {
  readonly #input: ScenarioInput & {
    readonly bos: Section<'bos'>;
    readonly syncobjs: Section<'syncobjs'>;
    readonly queues: Section<'queues'>;
    readonly userptrs: Section<'userptrs'>;
  };

  constructor(name: string) {
    const objects = { vms: {}, bos: {}, syncobjs: {}, queues: {}, userptrs: {} };
    this.#input = { fencelab: SCENARIO_VERSION, name, ...objects, clients: {} };
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
  vm(name: string, options: Section<'vms'>[string] = {}): this {
    return this.#declare(this.#input.vms, name, options);
  }
  bo(name: string, options: Section<'bos'>[string]): this {
    return this.#declare(this.#input.bos, name, options);
  }
  syncobj(name: string, options: Section<'syncobjs'>[string] = {}): this {
    return this.#declare(this.#input.syncobjs, name, options);
  }
  /** a queue of a VM, for batches unless it says `kind: 'bind'` */
  queue(name: string, options: Section<'queues'>[string]): this {
    return this.#declare(this.#input.queues, name, options);
  }
  /** memory of the process */
  userptr(name: string, options: Section<'userptrs'>[string]): this {
    return this.#declare(this.#input.userptrs, name, options);
  }
  client(name: string, write: (client: ClientBuilder) => ClientBuilder): this {
    return this.#declare(this.#input.clients, name, write(new ClientBuilder()).steps);
  }

  /** What was given so far, unchecked and with no defaults: to print it as a person would have written it. */
  get written(): Readonly<ScenarioInput> {
    return this.#input;
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
