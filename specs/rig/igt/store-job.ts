/** A store job of IGT: a batch of one MI_STORE_DWORD_IMM on an exec queue, with in- and out-syncs. */
import { type ClientBuilder, read, write } from '../../../domain/scenario/builder.ts';
import { STORED, type Sync } from './words.ts';

export interface StoreJob {
  readonly queue: string;
  readonly at: string;
  readonly in?: Sync;
  readonly out?: Sync;
}

/** Stores 0xc0ffee at an address. A fault fails the run. */
export function storeJob(client: ClientBuilder, job: StoreJob): ClientBuilder {
  return client.exec(job.queue, [write(job.at, STORED, 'ok')], {
    ...(job.in === undefined ? {} : { in: [job.in] }),
    ...(job.out === undefined ? {} : { out: [job.out] }),
  });
}

/** A job finds nothing at any of these addresses. */
export function faultingJob(
  client: ClientBuilder,
  queue: string,
  addrs: readonly string[],
  out: Sync,
): ClientBuilder {
  const batch = addrs.map((addr) => read(addr, 'fault'));
  return client.exec(queue, batch, { out: [out] }).wait(out);
}
