/** What can be read of a value that has faults: they are told elsewhere, and what the rest means is to be told with them. */
import type { z } from 'zod';
import { entriesOf } from './yaml-source.js';

/**
 * The value without those parts of it that have no right shape and that it can do without. No part that is left out makes
 * another one wrong.
 *
 * @param stands - What stands for parts that it can not do without and that make nothing else wrong, such as a name.
 * @returns null when a part is at fault that it cannot do without.
 */
export function readable<T>(
  schema: z.ZodType<T>,
  raw: unknown,
  stands: Readonly<Record<string, unknown>> = {},
): T | null {
  const whole = schema.safeParse(raw);
  if (whole.success) return whole.data;
  const rest = { ...entriesOf(raw) };
  for (const issue of whole.error.issues) {
    const [key] = issue.path;
    if (key !== undefined) delete rest[String(key)];
    else if (issue.code === 'unrecognized_keys') for (const unknown of issue.keys) delete rest[unknown];
  }
  return schema.safeParse({ ...rest, ...stands }).data ?? null;
}
