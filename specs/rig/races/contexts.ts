/** The contexts that can meet in the driver and on the hardware, one id each, in the order of the race page. */
export const CONTEXTS = {
  ioctl: 'bind ioctl',
  worker: 'async worker',
  restart: 'RESTART',
  exec: 'exec',
  rebind: 'rebind worker',
  preempt: 'preempt-fence worker',
  notifier: 'userptr notifier',
  evict: 'eviction and move',
  fault: 'page-fault handler',
  counter: 'access-counter handler',
  ack: 'G2H handler (acks)',
  flush: 'TLB-invalidation worker',
  ufence: 'user-fence worker',
  gpu: 'GPU: jobs',
  copy: 'GPU: copy ring',
  reset: 'GT reset',
  close: 'close and last put',
} as const;

export type ContextId = keyof typeof CONTEXTS;
export const CONTEXT_IDS = Object.keys(CONTEXTS) as readonly ContextId[];
