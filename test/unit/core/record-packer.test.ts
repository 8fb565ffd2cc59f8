import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeRecord, RecordPacker, type RequestRecord } from '../../../harness/core/index.js';
import { RecordReader } from '../../../harness/core/record-reader.js';

function record(changes: Partial<RequestRecord>): RequestRecord {
  const times = { nowUs: 1.5, timestampUs: 2, windowUs: 3 };
  const texts = { ip: '10.0.0.1', account: 'ann', keyId: 'k', message: 'a message', signature: '00ff' };
  return { ...times, classId: 7, ...texts, ...changes };
}

/** The format of `harness/core/record.ts` written down once more, field by field. */
function plainRecord({ message, ...request }: RequestRecord): Buffer {
  const fields = [request.ip, request.account, request.keyId, request.signature].map((text) =>
    Buffer.from(text, 'utf8'),
  );
  const body = typeof message === 'string' ? Buffer.from(message, 'utf8') : Buffer.from(message);
  const header = Buffer.alloc(52);
  header.writeDoubleLE(request.nowUs, 0);
  header.writeDoubleLE(request.timestampUs, 8);
  header.writeDoubleLE(request.windowUs, 16);
  header.writeDoubleLE(request.ageUs ?? 0, 24);
  header.writeUInt16LE(request.classId, 36);
  header.writeUInt16LE(request.elements ?? 1, 46);
  for (const [index, field] of fields.entries()) header.writeUInt16LE(field.length, 38 + 2 * index);
  header.writeUInt32LE(body.length, 48);
  const used = Buffer.concat([header, ...fields, body]);
  const padded = Buffer.concat([used, Buffer.alloc((8 - (used.length % 8)) % 8)]);
  padded.writeUInt32LE(padded.length, 32);
  return padded;
}

const texts = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 20 }),
);
const records: fc.Arbitrary<RequestRecord> = fc.record(
  {
    nowUs: fc.double(),
    timestampUs: fc.double(),
    windowUs: fc.double(),
    classId: fc.nat(0xffff),
    ip: texts,
    account: texts,
    keyId: texts,
    message: fc.oneof(texts, fc.uint8Array({ maxLength: 60 })),
    signature: texts,
    elements: fc.integer({ min: 1, max: 0xffff }),
    ageUs: fc.double(),
  },
  {
    requiredKeys: ['nowUs', 'timestampUs', 'windowUs', 'classId', 'ip', 'account', 'keyId', 'message', 'signature'],
  },
);

describe('a packer of records', () => {
  test('writes one record after the other in the documented form, whatever was in its buffer before', () => {
    const packer = new RecordPacker(4096);
    const property = fc.property(fc.array(records, { maxLength: 8 }), (list) => {
      packer.clear();
      for (const [index, each] of list.entries()) {
        expect(packer.pack(each)).toBe(true);
        expect(packer.count).toBe(index + 1);
        expect(Buffer.from(encodeRecord(each)).equals(plainRecord(each))).toBe(true);
      }
      expect(Buffer.from(packer.bytes).equals(Buffer.concat(list.map(plainRecord)))).toBe(true);
    });
    fc.assert(property, { seed: 44, numRuns: 1000 });
  });

  const larger = [
    { name: 'ASCII', each: record({}) },
    { name: 'a binary message', each: record({ message: Uint8Array.of(1, 2, 3) }) },
    { name: 'a message of many bytes a character', each: record({ message: '\u20ac'.repeat(9) }) },
    {
      name: 'an id of many bytes a character',
      each: record({ account: '\u20ac'.repeat(9), message: new Uint8Array(8) }),
    },
  ];
  test.each(larger)(
    'says that there is no room to the byte, and leaves what was packed as it was: $name',
    ({ each }) => {
      const { length } = plainRecord(each);
      const packer = new RecordPacker(2 * length + length - 1);
      expect([packer.pack(each), packer.pack(each), packer.pack(each)]).toEqual([true, true, false]);
      expect(packer.count).toBe(2);
      expect(Buffer.from(packer.bytes).equals(Buffer.concat([plainRecord(each), plainRecord(each)]))).toBe(true);
      expect(new RecordPacker(length).pack(each)).toBe(true);
    },
  );

  test.each([0, -1, 1.5, 65_536, Number.NaN])(
    'refuses a record of %d elements, whether there is room or not',
    (elements) => {
      for (const size of [10, 1_000]) {
        for (const text of ['a', '\u20ac']) {
          const packer = new RecordPacker(size);
          expect(() => packer.pack(record({ elements, account: text }))).toThrow(RangeError);
          expect(packer.count).toBe(0);
        }
      }
    },
  );

  test('starts anew after it was cleared', () => {
    const packer = new RecordPacker(256);
    packer.pack(record({}));
    packer.clear();
    expect([packer.count, packer.bytes.length]).toEqual([0, 0]);
    packer.pack(record({ message: '' }));
    expect(Buffer.from(packer.bytes).equals(plainRecord(record({ message: '' })))).toBe(true);
  });

  test.each(['ip', 'account', 'keyId', 'signature'] as const)(
    'refuses a %s that is too long for its length',
    (field) => {
      for (const size of [10, 1_000_000]) {
        const packer = new RecordPacker(size);
        expect(() => packer.pack(record({ [field]: 'a'.repeat(65_536) }))).toThrow(RangeError);
        expect(() => packer.pack(record({ [field]: '\u20ac'.repeat(21_846) }))).toThrow(RangeError);
        expect(packer.count).toBe(0);
      }
      expect(encodeRecord(record({ [field]: 'a'.repeat(65_535) })).length).toBeGreaterThan(65_535);
    },
  );
});

describe('a reader of records', () => {
  test('reads 0 elements as 1, which is what a writer leaves that knows of none', () => {
    const bytes = plainRecord(record({}));
    bytes.writeUInt16LE(0, 46);
    const reader = new RecordReader();
    expect(reader.read(bytes, 0)).toBeNull();
    expect(reader.elements).toBe(1);
  });

  test('reads what was packed, at any offset, from one memory after another', () => {
    const reader = new RecordReader();
    const property = fc.property(records, fc.nat({ max: 9 }), (each, offset) => {
      const bytes = Buffer.concat([Buffer.alloc(offset, 0xff), plainRecord(each), Buffer.alloc(3, 0xff)]);
      expect(reader.read(bytes, offset)).toBeNull();
      expect([reader.nowUs, reader.timestampUs, reader.windowUs]).toEqual([
        each.nowUs,
        each.timestampUs,
        each.windowUs,
      ]);
      expect([reader.classId, reader.byteLength]).toEqual([each.classId, plainRecord(each).length]);
      expect([reader.elements, reader.ageUs]).toEqual([each.elements ?? 1, each.ageUs ?? 0]);
      expect(reader.ip).toBe(Buffer.from(each.ip, 'utf8').toString('latin1'));
      expect(reader.keyId).toBe(Buffer.from(each.keyId, 'utf8').toString('latin1'));
      expect(reader.signature).toBe(Buffer.from(each.signature, 'utf8').toString('latin1'));
      expect(Buffer.from(reader.message).equals(Buffer.from(each.message as string))).toBe(true);
    });
    fc.assert(property, { seed: 45, numRuns: 500 });
  });
});
