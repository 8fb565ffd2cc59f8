/** A key opens what it was made for: its own account, its own scopes, and nothing once it is revoked. */
import fc from 'fast-check';
import { defineCheck } from '../check.js';
import { drafts, holders, Pen, starts } from '../drafts.js';
import { floorTo } from '../freshness.js';
import { sign } from '../signer.js';
import { shown } from '../timeline.js';

export const accountBound = defineCheck({
  name: 'account-bound',
  skip: ({ claims }) => (claims.accounts ? null : 'a request names no account: it acts for that of its key'),
  formula: () => 'a key is accepted for its own account only',
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts }),
  play: async (stage, { startUs, draft }) => {
    const pen = new Pen(stage.claims);
    const right = pen.write(draft, startUs);
    const own = pen.holderOf(draft).account;
    const accounts = [
      ...holders.map((holder) => holder.account),
      own.toUpperCase(),
      own.slice(0, 1),
      `${own}-2`,
      '*',
      '',
    ];
    for (const account of accounts) {
      if (account === own) continue;
      const broken = `the key ${right.keyId} of ${own} is accepted for the account ${shown(account)}`;
      const what = `a right request, for the account ${shown(account)}`;
      await stage.with((desk) => desk.wantRefused(startUs, { ...right, account }, broken, what));
    }
  },
});

export const scopeBound = defineCheck({
  name: 'scope-bound',
  skip: ({ claims }) => (claims.scopes ? null : 'keys have no scopes'),
  formula: () => 'a key is accepted only where the scope that is demanded is one of its own',
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts }),
  play: async (stage, { startUs, draft }) => {
    const pen = new Pen(stage.claims);
    const right = pen.write(draft, startUs);
    const { scopes } = pen.holderOf(draft);
    const wanted = ['read', 'trade', 'withdraw', 'rea', 'read,trade', 'read trade', 'READ', '*', 'reads'];
    for (const scope of wanted) {
      if (scopes.includes(scope)) continue;
      const broken = `the key ${right.keyId} has ${scopes.join(' and ')}, and is accepted where ${shown(scope)} is demanded`;
      const what = `a right request of ${right.keyId} where ${shown(scope)} is demanded`;
      await stage.with((desk) => desk.wantRefused(startUs, { ...right, scope }, broken, what));
    }
  },
});

export const revokedRefused = defineCheck({
  name: 'revoked-refused',
  formula: () =>
    'a key that is removed is refused from that instant on; when it comes back, its old secret and used signatures do not',
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts, later: fc.nat(20) }),
  play: (stage, { startUs, draft, later }) =>
    stage.with(async (desk) => {
      const { claims } = stage;
      const pen = new Pen(claims);
      const holder = pen.holderOf(draft);
      const used = pen.write({ ...draft, age: 0, window: 0 }, startUs);
      const wasAccepted = await desk.ask(startUs, used);
      const next = pen.write(draft, startUs);
      await desk.removeKey(holder);
      await desk.wantRefused(startUs, next, `the key ${holder.keyId} is removed, and accepted all the same`);
      await desk.addKey({ ...holder, secret: 'a new secret' }, 'added again with a new secret');
      const nowUs = startUs + floorTo((claims.windowUsMax / 1000) * later, claims.grainUs);
      const old = pen.write({ ...draft, age: 0 }, nowUs);
      await desk.wantRefused(nowUs, old, 'a signature by the secret that was replaced is accepted');
      const renewed = sign(claims, 'a new secret', pen.plain({ ...draft, age: 0 }, nowUs));
      const hasRoom = Math.min(claims.replayCapacity ?? 2, claims.replayPerKey ?? 2) >= 2;
      if (hasRoom) await desk.wantAccepted(nowUs, renewed, 'the key has a new secret, and is refused with it');
      if (claims.replay === 'allow' || !wasAccepted) return;
      await desk.addKey(holder, 'added again with its first secret');
      const broken = 'a key was removed and came back, and a signature that was accepted before is accepted again';
      await desk.wantRefused(startUs, used, broken, 'the first request again');
    }),
});
