/** Who manages memory, and who copies for it. */
import type { ActorId } from '../contract/messages.ts';

export const MEMORY: ActorId = 'memory';
/** The queue of the kernel's own copies (tile->migrate), on the first GT. */
export const COPY_QUEUE: ActorId = 'memory/copy';
export const MOVE_FENCE = 'move';
