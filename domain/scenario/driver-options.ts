/** The part of a scenario's device that speaks of the drivers in domain/driver. */
import { z } from 'zod';
import { QUIRKS, type QuirkId } from '../quirks/quirks.ts';

export const driverOptions = {
  /** of the driver, such as 1.8; each profile has a usual one */
  driverVersion: z
    .string()
    .regex(/^\d{1,3}\.\d{1,3}$/)
    .optional(),
  /** known bugs that the driver shall have */
  quirks: z.array(z.enum(QUIRKS.map(({ id }) => id) as [QuirkId, ...QuirkId[]])).optional(),
};
