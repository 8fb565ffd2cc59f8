/** What axe has to say against a page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

interface AxeViolation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A line for each rule that the page breaks, with where. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Put in by the debugger, since the page's own policy lets no other script in.
  await page.evaluate(axe);
  const violations: readonly AxeViolation[] = await page.evaluate(
    'axe.run(document).then((result) => result.violations)',
  );
  return violations.map(
    ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  );
}
