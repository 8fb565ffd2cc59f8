import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadAdapterFile } from '../../../harness/cli/adapted-run.js';
import { scenariosWithin } from '../../../harness/cli/catalogue.js';
import { doctorDemand } from '../../../harness/cli/doctor/doctor-demand.js';
import { loadScenarios } from '../../../harness/cli/load.js';
import { demandOf, uncovered } from '../../../harness/targets/consent/consent-demand.js';
import { readConsent } from '../../../harness/targets/consent/consent-document.js';

const page = readFileSync('docs/consent.md', 'utf8');
const [, text = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
const { consent } = readConsent(text);
if (consent === null) throw new Error('docs/consent.md holds no consent');
const { plans } = loadScenarios(scenariosWithin(['scenarios/release']), { capacityPerSecond: null });
const demands = plans.map(demandOf);
const asking = {
  host: 'staging.example',
  port: 443,
  operator: consent.operators[0] ?? null,
  nowMs: consent.expiresAtMs - 1_000_000,
};

describe('the consent of docs/consent.md', () => {
  it('covers what its commands play: the release suite and a doctor', () => {
    const adapter = loadAdapterFile('scenarios/adapters/binance.yaml');
    const auth = plans.find(({ policy }) => policy.auth !== null)?.policy.auth ?? null;
    expect(demands.length).toBeGreaterThan(5);
    expect(uncovered(consent, { ...asking, demands: [...demands, doctorDemand(adapter, auth)] })).toEqual([]);
  });

  it('is what its "consent new" makes', () => {
    const command = page.replaceAll('\\\n', '');
    expect(command).toContain(`--rate ${consent.ratePerSecond}/s`);
    expect(command).toContain(`--kinds ${consent.kinds.join(',')} `);
  });

  it('is told to lack whole requests a second', () => {
    const faults = uncovered({ ...consent, ratePerSecond: 1211 }, { ...asking, demands });
    expect(faults.map(({ message }) => message)).toEqual([
      'order-flood-100x sends up to 1212 requests a second, and 1211 are agreed to',
    ]);
  });
});
