import { expect, it } from 'vitest';
import { Outcome } from '../../../../harness/actors/outcome.js';
import { virtualPlan } from '../../../../harness/bench/virtual/virtual-plan.js';
import { requestClasses } from '../../../../harness/scenario/plan.js';
import { playVirtually } from '../../../support/virtual-play.js';

it.each([
  { kind: 'signed', classes: ['account'] },
  { kind: 'unsigned', classes: ['ticker'] },
  { kind: 'orders', classes: ['order.cancel', 'order.place'] },
] as const)('$kind requests are all admitted, and of the classes $classes', ({ kind, classes }) => {
  const { rows } = playVirtually(virtualPlan({ kind, identities: 50, requests: 2_000 }));
  expect(rows.length).toBeGreaterThan(1_800);
  expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set([Outcome.admitted]));
  expect([...new Set(rows.map(({ requestClass }) => requestClasses[requestClass]))].sort()).toEqual(classes);
  expect(new Set(rows.map(({ identity }) => identity)).size).toBe(50);
});
