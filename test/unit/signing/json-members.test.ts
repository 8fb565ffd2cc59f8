/** Members of a JSON object where they stand in its text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonMembers, withFirstMember, withoutMember } from '../../../harness/signing/fields/json-members.js';

const blank = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 2 });
const name = fc.string({ unit: fc.constantFrom('a', '"', '\\', '{', '}', ',', ':', 'é', '🚀'), maxLength: 4 });
const member = fc.tuple(name, fc.jsonValue(), fc.array(blank, { minLength: 4, maxLength: 4 }));
const object = fc.tuple(fc.array(member, { maxLength: 5 }), blank).map(([members, inside]) => {
  const parts = members.map(
    ([key, value, [a, b, c, d]]) => `${a}${JSON.stringify(key)}${b}:${c}${JSON.stringify(value)}${d}`,
  );
  return { members, text: `{${parts.length === 0 ? inside : parts.join(',')}}` };
});

test('are found in order, as they were written', () => {
  const property = fc.property(object, blank, ({ members, text }, outside) => {
    const found = jsonMembers(`${outside}${text}${outside}`);
    expect(found?.map((one) => [one.name, one.value])).toEqual(
      members.map(([key, value]) => [key, JSON.stringify(value)]),
    );
  });
  fc.assert(property, { numRuns: 2_000, seed: 20_260_729 });
});

test('one that is put first and taken out again leaves the text as it was', () => {
  const property = fc.property(object, ({ text }) => {
    const longer = withFirstMember(text, '"x":[1,{"y":"}"}]');
    const members = jsonMembers(longer) ?? [];
    expect(members[0]).toMatchObject({ name: 'x', value: '[1,{"y":"}"}]' });
    expect(withoutMember(longer, members, 0)).toBe(text);
  });
  fc.assert(property, { numRuns: 2_000, seed: 20_260_730 });
});

test('whichever is taken out, the others stay and the text stays JSON', () => {
  const property = fc.property(object, fc.nat(4), ({ text }, which) => {
    const members = jsonMembers(text) ?? [];
    fc.pre(which < members.length);
    const rest = jsonMembers(withoutMember(text, members, which));
    const kept = members.filter((_one, index) => index !== which);
    expect(rest?.map((one) => [one.name, one.value])).toEqual(kept.map((one) => [one.name, one.value]));
  });
  fc.assert(property, { numRuns: 2_000, seed: 20_260_731 });
});

describe('there are none in', () => {
  test.each(['', '[]', '1', '"{}"', 'null', '{', '{"a":1', '{"a":1}x', '{a:1}', '{"a":1,}', '\u00a0{"a":1}'])(
    '%s',
    (text) => {
      expect(jsonMembers(text)).toBeNull();
    },
  );
});
