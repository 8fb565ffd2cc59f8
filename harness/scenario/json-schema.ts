/** The JSON Schemas of scenario and policy files, for editors. Made from the schemas that the files are checked with. */
import { z } from 'zod';
import { adapterSchema } from './adapter-schema.js';
import { partTable, providedParts } from './plan.js';
import { policySchema } from './policy-schema.js';
import { scenarioSchema } from './scenario-schema.js';
import { waitingSchema } from './waiting.js';

function generate(schema: z.ZodType, title: string): string {
  // Draft 7 is what YAML language servers know best. `input`: what a person writes, before defaults and units.
  const generated = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', reused: 'ref' });
  const { $schema, ...rest } = generated;
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}

/** Text of `schema/scenario.schema.json`. Of a scenario that waits for a part only so much is checked as is read of it. */
export function scenarioJsonSchema(): string {
  const { $schema, definitions, ...playable } = z.toJSONSchema(scenarioSchema, {
    io: 'input',
    target: 'draft-7',
    reused: 'ref',
  });
  // Without shared parts, whose names would clash with those of the other.
  const { $schema: _, ...waiting } = z.toJSONSchema(waitingSchema, { io: 'input', target: 'draft-7' });
  const missing = Object.keys(partTable).filter((part) => !(providedParts as readonly string[]).includes(part));
  const waits = { required: ['needs'], properties: { needs: { contains: { enum: missing } } } };
  const title = 'Floodproof scenario';
  const choice = Object.fromEntries([
    ['if', waits],
    ['then', waiting],
    ['else', playable],
  ]);
  return `${JSON.stringify({ $schema, title, ...choice, definitions }, null, 2)}\n`;
}

/** Text of `schema/adapter.schema.json`. */
export function adapterJsonSchema(): string {
  return generate(adapterSchema, 'Floodproof adapter');
}

/** Text of `schema/policy.schema.json`. */
export function policyJsonSchema(): string {
  return generate(policySchema, 'Floodproof policy');
}
