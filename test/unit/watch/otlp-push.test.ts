import { describe, expect, test } from 'vitest';
import { withoutSecrets } from '../../../harness/watch/otlp-push.js';

const url = 'http://collector.test:4318/v1/tenant-7f3/metrics?token=a%2Fb-s3cret&key=k-99#frag';

describe('what a push that failed is told with', () => {
  test.each([
    { reason: `cannot POST ${url}`, told: 'cannot POST ...', because: 'the whole URL' },
    {
      reason: 'no route /v1/tenant-7f3/metrics?token=a%2Fb-s3cret&key=k-99',
      told: 'no route ...',
      because: 'its path and query',
    },
    { reason: 'token a/b-s3cret is unknown', told: 'token ... is unknown', because: 'a value as it reads decoded' },
    {
      reason: 'a%2Fb-s3cret, k-99, tenant-7f3',
      told: '..., ..., ...',
      because: 'each value and each part of the path',
    },
    { reason: 'connect ECONNREFUSED collector.test:4318', told: null, because: 'the host is no secret' },
  ])('$reason becomes $told: $because', ({ reason, told }) => {
    const shown = withoutSecrets(reason, url);
    for (const secret of ['s3cret', 'k-99', '7f3']) expect(shown).not.toContain(secret);
    expect(shown).toBe(told ?? reason);
  });

  test('a value that can not be decoded is left out as it stands', () => {
    expect(withoutSecrets('bad %E0%A4%A here', 'http://127.0.0.1/?t=%E0%A4%A')).toBe('bad ... here');
  });
});
