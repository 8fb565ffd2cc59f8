import { describe, expect, it } from 'vitest';
import { profileNames } from '../../../harness/signing/profile-names.js';
import { profilesPage } from '../../../harness/signing/profile-page.js';
import { allTamperKinds } from '../../../harness/signing/tampers/tamper-kinds.js';
import { isHarmless, tamperKinds, tamperTable } from '../../../harness/signing/tampers/tampers.js';
import { truthOf } from '../../../harness/signing/tampers/truth-table.js';

describe('docs/signing-profiles.md', () => {
  it('says what profiles and truth table say', async () => {
    await expect(profilesPage()).toMatchFileSnapshot('../../../docs/signing-profiles.md');
  });

  it('has every profile and every way to spoil', () => {
    const page = profilesPage();
    for (const name of profileNames) expect(page).toContain(`\n### ${name}\n`);
    for (const kind of allTamperKinds) expect(page).toContain(`\n| \`${kind}\` |`);
  });
});

describe('the two tables of hmac-lines', () => {
  it('say the same of what both have', () => {
    for (const kind of tamperKinds) {
      expect([kind, truthOf('hmac-lines', kind)]).toEqual([kind, tamperTable[kind].mustAccept ? 'accept' : 'reject']);
    }
  });

  it('call harmless what every verifier takes, and of the rest hex in upper case', () => {
    const harmless = allTamperKinds.filter(isHarmless);
    expect(harmless).toEqual(['hex-case', 'extra-header', 'header-case']);
    for (const name of profileNames) {
      for (const kind of ['extra-header', 'header-case'] as const) expect(truthOf(name, kind)).toBe('accept');
    }
  });
});
