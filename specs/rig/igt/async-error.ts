/** vm-async-ops-err and vm-async-ops-err-destroy of xe_vm.c in March 2023: errors injected into an ASYNC VM. */
import {
  type ClientBuilder,
  map,
  restart,
  scenario,
  type ScenarioBuilder,
  unmap,
} from '../../../domain/scenario/builder.ts';
import type { IgtRow } from './row.ts';
import { section } from './sections.ts';
import { ASYNC_ERROR } from './table.ts';
import { counted, hex, range } from './words.ts';

const { bo_size: SIZE, phases: PHASES, n_binds: BINDS } = ASYNC_ERROR;
const ADDR = Number(ASYNC_ERROR.addr);
/** Where the watcher binds while the VM is in error. */
const ASIDE = 0x201a_0000;
/** Where the kernel writes what went wrong. */
const CAPTURE = 0x7f00_0000_0000;
/** The watcher gives the other binds so long to queue up. */
const GRACE_NS = 5_000_000;

const at = (base: number, n: number): string => hex(base + n * 2 * SIZE);

/** The binds of all phases, each with a syncobj of its own; one op of each phase fails once. */
function binds(app: ClientBuilder): void {
  let sync = 0;
  for (const { op, n, inject_at } of PHASES) {
    section(app, `${op} ${n} times; number ${inject_at + 1} fails once`);
    for (const i of range(n)) {
      const span = { addr: at(ADDR, i), range: hex(SIZE) };
      const how = { ...span, ...(i === inject_at ? { injectError: true } : {}) };
      app.bind('vm0', [op === 'MAP' ? map({ ...how, bo: 'bo0' }) : unmap(how)], {
        out: [`sync${sync++}`],
      });
    }
  }
}

/**
 * mirrors vm_async_ops_err_thread; it clears the record before RESTART, since after it the next error may be lost, and
 * by the fence of its bind, since no CPU access reaches a word outside the areas of the process
 */
function watcher(client: ClientBuilder): ClientBuilder {
  for (const n of range(PHASES.length)) {
    section(client, `error ${n + 1}: a synchronous call works in it, then the VM goes on`);
    client.waitUserFence({ vmError: 'vm0' });
    const span = { addr: at(ASIDE, Math.floor(n / 2)), range: hex(SIZE) };
    const aside = n % 2 === 0 ? map({ ...span, bo: 'bo0' }) : unmap(span);
    client.bind('vm0', [aside], { async: false, out: [{ userFence: hex(CAPTURE), value: 0 }] });
    client.waitUserFence({ addr: hex(CAPTURE), value: 0 });
    client.bind('vm0', [restart()]);
  }
  return client;
}

/** The VM is destroyed while it is in error, with all binds queued. */
function destroyer(client: ClientBuilder): ClientBuilder {
  client.waitUserFence({ vmError: 'vm0' });
  return client.wait('queued').sleep(GRACE_NS).close('vm0');
}

/** mirrors vm_async_ops_err */
function draft(name: string, destroy: boolean): ScenarioBuilder {
  const what = `${BINDS} asynchronous binds, of which one in each of ${counted(PHASES.length, 'phase')} fails once.`;
  const rest = destroy
    ? 'The VM is destroyed in the first error, and still every out-sync signals.'
    : 'In the error a synchronous call works; RESTART tries the failed op again; every out-sync signals.';
  const made = scenario(name).about(`${what} ${rest}`);
  made.vm('vm0', { async: true, errorCapture: hex(CAPTURE) });
  made.bo('bo0', { size: hex(SIZE), vm: 'vm0' });
  for (const n of range(BINDS)) made.syncobj(`sync${n}`);
  made.syncobj('queued', { pending: true });
  if (!destroy) made.syncobj('watched', { pending: true });
  made.client('app', (app) => {
    binds(app);
    section(app, 'all of them signal');
    app.signal('queued');
    for (const n of range(BINDS)) app.wait(`sync${n}`);
    if (destroy) return app;
    return app.wait('watched').expect({ vm: 'vm0', mappings: [] }).close('vm0');
  });
  return made.client('watcher', (client) =>
    destroy ? destroyer(client) : watcher(client).signal('watched'),
  );
}

export const asyncErrorRows: readonly IgtRow[] = [
  ['2023-vm-async-ops-err', false] as const,
  ['2023-vm-async-ops-err-destroy', true] as const,
].map(([name, destroy]) => ({ name, draft: () => draft(name, destroy), expected: [] }));
