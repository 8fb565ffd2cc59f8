import { describe, expect, it } from 'vitest';
import { contentDigest, isDigestOf } from '../../../harness/signing/standards/content-digest.js';

describe('Content-Digest', () => {
  const body = '{"hello": "world"}';
  // The Content-Digest of the test request of RFC 9421, appendix B.2.
  const sha512 = 'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:';

  it('is that of RFC 9530, appendix B', () => {
    expect(contentDigest('{"hello": "world"}\n')).toBe('sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:');
    expect(isDigestOf(sha512, body)).toBe(true);
  });

  it.each([
    { because: 'both hashes', field: `${contentDigest(body)}, ${sha512}`, is: true },
    { because: 'one that is not known beside one that is', field: `md5=:AAAA:, ${sha512}`, is: true },
    { because: 'only one that is not known', field: 'md5=:AAAA:', is: false },
    { because: 'one of two is wrong', field: `${contentDigest(`${body} `)}, ${sha512}`, is: false },
    {
      because: 'a string instead of bytes',
      field: 'sha-256="RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg="',
      is: false,
    },
    { because: 'hex instead of base64', field: 'sha-256=44af', is: false },
    { because: 'nothing', field: '', is: false },
    { because: 'half a field', field: 'sha-256=:RK/0', is: false },
    { because: 'a list of hashes', field: 'sha-256=(:AAAA:)', is: false },
  ])('is $is with $because', ({ field, is }) => {
    expect(isDigestOf(field, body)).toBe(is);
  });
});
