import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { element, renderXml } from '../../../harness/report/xml.js';
import { readXml } from './xml-reader.js';

describe('renderXml', () => {
  test('any text comes back as it was, but for characters that XML cannot hold', () => {
    const binary = fc.string({ unit: 'binary', maxLength: 40 });
    const hostile = fc.constantFrom(
      ']]>',
      '<!--',
      '&amp;',
      '"\'',
      '\u0000\u001b',
      '\ud800',
      '\ufffe',
      '\r\n',
      '\t',
      '</a>',
    );
    const text = fc.array(fc.oneof(binary, hostile), { maxLength: 4 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (attribute, inner) => {
        const root = readXml(renderXml(element('root', { attribute }, [element('leaf', {}, [inner])])));
        expect(root.attributes.attribute).toBe(held(attribute));
        expect(root.children[0]?.text ?? '').toBe(held(inner));
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  test('an element without children closes itself', () => {
    expect(renderXml(element('root', { tests: 0 }))).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<root tests="0"/>\n',
    );
  });
});

describe('the reader that the reports are checked with', () => {
  const head = '<?xml version="1.0" encoding="UTF-8"?>';
  test.each([
    { source: `${head}<a>`, because: 'an element is never closed' },
    { source: `${head}<a></b>`, because: 'another element is closed' },
    { source: `${head}<a b="<"/>`, because: '< stands in an attribute' },
    { source: `${head}<a b="1" b="2"/>`, because: 'an attribute stands twice' },
    { source: `${head}<a>&nbsp;</a>`, because: 'the entity is not one of XML' },
    { source: `${head}<a>a & b</a>`, because: '& begins no entity' },
    { source: `${head}<a>]]></a>`, because: ']]> must not stand in text' },
    { source: `${head}<a>\u0001</a>`, because: 'control characters are not allowed' },
    { source: `${head}<a/><b/>`, because: 'there is one root' },
    { source: '<a/>', because: 'the declaration is missing' },
  ])('refuses a document when $because', ({ source }) => {
    expect(() => readXml(source)).toThrow();
  });
});

/** What XML can hold of a text: half of a pair, control characters and the like become U+FFFD. */
function held(text: string): string {
  let kept = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const fine =
      code === 9 ||
      code === 10 ||
      code === 13 ||
      (code >= 32 && code < 0xd800) ||
      (code > 0xdfff && code < 0xfffe) ||
      code > 0xffff;
    kept += fine ? character : '\ufffd';
  }
  return kept;
}
