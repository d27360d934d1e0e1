/** The device-wide ordered queue that writes user fences (xe->ordered_wq). */
import type { ActorId } from '../contract/messages.ts';

export const UFENCES: ActorId = 'ufences';
