import { describe, expect, it } from 'vitest';
import type { EvidenceRequest } from '../../../harness/judge/verdict.js';
import { requestSentences } from '../../../harness/report/evidence-text.js';
import { suiteDocument } from '../../../harness/report/json.js';
import { renderJunit } from '../../../harness/report/junit.js';
import { renderMarkdown } from '../../../harness/report/markdown.js';
import { renderVerdict } from '../../../harness/report/terminal.js';
import { anExpectation, aVerdict } from './verdict-samples.js';

function aRequest(changes: Partial<EvidenceRequest> = {}): EvidenceRequest {
  return {
    intendedMs: 1500,
    sentMs: 1500.25,
    answeredMs: 1503.25,
    actor: 'customers',
    identity: 7,
    requestClass: 'order.place',
    outcome: 'throttled',
    limit: 'orders-key',
    ...changes,
  };
}

const sentenceOf = (changes: Partial<EvidenceRequest>): string | undefined =>
  requestSentences({ requests: [aRequest(changes)] })[0];

describe('a request under a failure', () => {
  it('says whose it was, when, and what came of it by which limit', () => {
    expect(sentenceOf({})).toBe(
      'customers 7 order.place: sent 1,500.25 ms, answered 1,503.25 ms (3 ms), throttled by orders-key',
    );
    expect(sentenceOf({ limit: null, outcome: 'refused' })).toBe(
      'customers 7 order.place: sent 1,500.25 ms, answered 1,503.25 ms (3 ms), refused',
    );
  });

  it('says when it was due where it was sent a millisecond later or more', () => {
    expect(sentenceOf({ intendedMs: 1499.25 })).toContain(': due 1,499.25 ms, sent 1,500.25 ms, ');
    expect(sentenceOf({ intendedMs: 1499.251 })).toContain(': sent 1,500.25 ms, ');
  });

  it('says that it was never answered, or never sent', () => {
    expect(sentenceOf({ answeredMs: null, limit: null, outcome: 'timeout' })).toBe(
      'customers 7 order.place: sent 1,500.25 ms, never answered, timeout',
    );
    expect(sentenceOf({ sentMs: null, answeredMs: null, limit: null, outcome: 'unsent' })).toBe(
      'customers 7 order.place: due 1,500 ms, never sent, unsent',
    );
  });

  it('says which signature it repeats, and that it can not be told', () => {
    expect(sentenceOf({ signature: 12, role: 'original' })).toMatch(/by orders-key, signature number 12 first$/);
    expect(sentenceOf({ signature: 12 })).toMatch(/by orders-key, signature number 12$/);
    expect(sentenceOf({ role: 'unsure' })).toMatch(/by orders-key \(perhaps\)$/);
  });

  it('is one of three, and the others are counted', () => {
    const requests = [1, 2, 3, 4, 5].map((identity) => aRequest({ identity }));
    const texts = (count: number) => requestSentences({ requests: requests.slice(0, count) });
    expect(texts(3)).toHaveLength(3);
    expect(texts(4)[3]).toBe('and 1 more request in verdict.json');
    expect(texts(5)[3]).toBe('and 2 more requests in verdict.json');
    expect(requestSentences({})).toEqual([]);
  });
});

describe('requests under a failure', () => {
  const failed = aVerdict({
    verdict: 'fail',
    expectations: [
      anExpectation({ pass: false, evidence: ['five were blocked'], requests: [aRequest({ actor: '<b>|`' })] }),
      anExpectation({ requests: [aRequest({ actor: 'passed' })] }),
    ],
  });
  const suite = suiteDocument([failed]);

  it('stand under its evidence in the terminal', () => {
    const text = renderVerdict(failed, { color: false, width: 120 });
    expect(text).toContain(
      '    - five were blocked\n        <b>|` 7 order.place: sent 1,500.25 ms, answered 1,503.25 ms (3 ms), throttled by orders-key\n',
    );
    expect(text).not.toContain('passed 7');
  });

  it('stand under it in Markdown and in JUnit, and bring no markup in', () => {
    expect(renderMarkdown(suite)).toContain(
      '  - five were blocked\n  - \\<b\\>\\|\\` 7 order.place: sent 1,500.25 ms, answered 1,503.25 ms (3 ms), throttled by orders-key\n',
    );
    expect(renderJunit(suite)).toContain(
      'five were blocked\n  &lt;b&gt;|` 7 order.place: sent 1,500.25 ms, answered 1,503.25 ms (3 ms), throttled by orders-key\n',
    );
    expect(renderMarkdown(suite)).not.toContain('passed 7');
    expect(renderJunit(suite)).not.toContain('passed 7');
  });
});
