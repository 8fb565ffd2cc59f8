/** The JSON Schemas of scenario and policy files, for editors. Made from the schemas that the files are checked with. */
import { z } from 'zod';
import { policySchema } from './policy-schema.js';
import { scenarioSchema } from './scenario-schema.js';

function generate(schema: z.ZodType, title: string): string {
  // Draft 7 is what YAML language servers know best. `input`: what a person writes, before defaults and units.
  const generated = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', reused: 'ref' });
  const { $schema, ...rest } = generated;
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}

/** Text of `schema/scenario.schema.json`. */
export function scenarioJsonSchema(): string {
  return generate(scenarioSchema, 'Floodproof scenario');
}

/** Text of `schema/policy.schema.json`. */
export function policyJsonSchema(): string {
  return generate(policySchema, 'Floodproof policy');
}
