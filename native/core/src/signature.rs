//! Signatures as text: what is read is a whole MAC in its one encoding, or nothing.
//!
//! Reading and comparing take a time that depends on the length alone, so that it tells nothing of how near a guess was.
use crate::hmac_key::{MAC_BYTES_MAX, Mac};
use crate::spec::SignatureEncoding;
use subtle::ConstantTimeEq;

/// A signature of this length or none: bytes, and zeros behind them.
pub(crate) type Signature = [u8; MAC_BYTES_MAX];

/// The bytes that the text stands for; none when it has another length or alphabet than `mac_bytes` bytes have.
pub(crate) fn decode(encoding: SignatureEncoding, text: &[u8], mac_bytes: usize) -> Option<Signature> {
    match encoding {
        SignatureEncoding::Hex => decode_hex(text, mac_bytes),
        SignatureEncoding::Base64 => decode_base64(text, mac_bytes),
    }
}

/// The one text of a MAC that this harness writes: hex in lower case.
pub(crate) fn encode(encoding: SignatureEncoding, mac: &Mac) -> String {
    match encoding {
        SignatureEncoding::Hex => encode_hex(mac.as_bytes()),
        SignatureEncoding::Base64 => encode_base64(mac.as_bytes()),
    }
}

/// Compares to the end. Words, since each comparison of `subtle` costs the same whatever it compares.
pub(crate) fn is_equal(mac: &Mac, signature: &Signature) -> bool {
    let words = mac.as_bytes().len() / 8;
    let (own, given) = (words_of(mac.padded()), words_of(signature));
    own[..words].ct_eq(&given[..words]).into()
}

fn words_of(bytes: &[u8; MAC_BYTES_MAX]) -> [u64; MAC_BYTES_MAX / 8] {
    let mut words = [0; MAC_BYTES_MAX / 8];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *word = u64::from_ne_bytes(*bytes);
    }
    words
}

/// Eight digits at a time, each in a byte of one word.
fn decode_hex(text: &[u8], mac_bytes: usize) -> Option<Signature> {
    if text.len() != mac_bytes * 2 {
        return None;
    }
    let mut bytes = [0; MAC_BYTES_MAX];
    let mut is_digit = HIGH;
    for (target, digits) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(text.as_chunks().0) {
        let digits = u64::from_le_bytes(*digits);
        let (decimal, letter) = (among(digits, b'0', b'9'), among(digits | (ONES * 0x20), b'a', b'f'));
        is_digit &= decimal | letter;
        let values = (digits & (ONES * 0x0f)) + (letter >> 7) * 9;
        let pairs = (values << 4 | values >> 8) & 0x00ff_00ff_00ff_00ff;
        let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
        target.copy_from_slice(&(fours | fours >> 16).to_le_bytes()[..4]);
    }
    (is_digit == HIGH).then_some(bytes)
}

/// Eight digits at a time, each in a byte of one word, which hold six bytes.
fn decode_base64(text: &[u8], mac_bytes: usize) -> Option<Signature> {
    const WORDS_MAX: usize = MAC_BYTES_MAX.div_ceil(6);
    let length = mac_bytes.div_ceil(3) * 4;
    if text.len() != length {
        return None;
    }
    let padding = length / 4 * 3 - mac_bytes;
    let (digits, padded) = text.split_at(length - padding);
    let mut filled = [b'A'; WORDS_MAX * 8];
    filled[..digits.len()].copy_from_slice(digits);

    let mut bytes = [0; WORDS_MAX * 6];
    let mut is_digit = HIGH;
    let words = filled.as_chunks().0.iter().take(length.div_ceil(8));
    for (target, digits) in bytes.as_chunks_mut::<6>().0.iter_mut().zip(words) {
        let digits = u64::from_le_bytes(*digits);
        let (upper, lower) = (among(digits, b'A', b'Z'), among(digits, b'a', b'z'));
        let decimal = among(digits, b'0', b'9');
        let (plus, slash) = (among(digits, b'+', b'+'), among(digits, b'/', b'/'));
        is_digit &= upper | lower | decimal | plus | slash;
        let values = digits
            .wrapping_sub((upper >> 7) * 65 + (lower >> 7) * 71)
            .wrapping_add((decimal >> 7) * 4 + (plus >> 7) * 19 + (slash >> 7) * 16);
        let twelves = (values & 0x00ff_00ff_00ff_00ff) << 6 | values >> 8 & 0x00ff_00ff_00ff_00ff;
        let twenty_fours = (twelves & 0x0000_ffff_0000_ffff) << 12 | twelves >> 16 & 0x0000_ffff_0000_ffff;
        let all = twenty_fours << 24 | twenty_fours >> 32;
        target.copy_from_slice(&all.to_be_bytes()[2..]);
    }
    let is_padded = padded.iter().all(|byte| *byte == b'=');
    // Bits that no byte of the MAC takes would spell the same bytes in another way.
    let is_canonical = bytes[mac_bytes..].iter().all(|byte| *byte == 0);
    if is_digit != HIGH || !is_padded || !is_canonical {
        return None;
    }
    bytes.first_chunk().copied()
}

const ONES: u64 = u64::from_le_bytes([1; 8]);
/// The high bit of each byte.
const HIGH: u64 = ONES << 7;

/// The high bit of each byte that lies in the range. A table would be read at a place that depends on the digit.
///
/// A byte from 128 on is in no range, also when the one before it carries into it, but it may carry and make a wrong byte
/// of the next one; so the answer holds when it says yes of all.
fn among(bytes: u64, first: u8, last: u8) -> u64 {
    let at_least = |least: u8| bytes.wrapping_add(ONES * u64::from(0x80 - least));
    at_least(first) & !at_least(last + 1) & HIGH
}

fn encode_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

fn encode_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let mut padded = [0; 4];
        padded[1..=group.len()].copy_from_slice(group);
        let value = u32::from_be_bytes(padded);
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let digit = char::from(DIGITS[(value >> shift) as usize & 63]);
            text.push(if at <= group.len() { digit } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hmac_key::HmacKey;
    use crate::spec::HashKind;
    use proptest::prelude::*;

    const KINDS: [HashKind; 3] = [HashKind::Sha256, HashKind::Sha384, HashKind::Sha512];
    const ENCODINGS: [SignatureEncoding; 2] = [SignatureEncoding::Hex, SignatureEncoding::Base64];

    fn bytes_of(text: &str) -> Vec<u8> {
        text.bytes().collect()
    }

    #[test]
    fn writes_the_texts_of_rfc_4648() {
        for (bytes, hex, base64) in [
            ("", "", ""),
            ("f", "66", "Zg=="),
            ("fo", "666f", "Zm8="),
            ("foo", "666f6f", "Zm9v"),
            ("foob", "666f6f62", "Zm9vYg=="),
            ("fooba", "666f6f6261", "Zm9vYmE="),
            ("foobar", "666f6f626172", "Zm9vYmFy"),
        ] {
            assert_eq!(encode_hex(bytes.as_bytes()), hex);
            assert_eq!(encode_base64(bytes.as_bytes()), base64);
            assert_eq!(
                decode_base64(base64.as_bytes(), bytes.len()).unwrap()[..bytes.len()],
                *bytes.as_bytes()
            );
        }
    }

    /// At every place of a word, beside digits of both ends of the alphabet.
    #[test]
    fn every_byte_has_the_value_that_the_alphabet_gives_it_or_none() {
        let base64: Vec<u8> = (b'A'..=b'Z')
            .chain(b'a'..=b'z')
            .chain(b'0'..=b'9')
            .chain(*b"+/")
            .collect();
        for (byte, place) in (0..=u8::MAX).flat_map(|byte| (0..8).map(move |place| (byte, place))) {
            for (low, high) in [(b'0', b'f'), (b'f', b'0')] {
                let mut text = [[low, high]; 32].concat();
                let mut expected: Vec<u8> = text.iter().map(|digit| if *digit == b'0' { 0 } else { 15 }).collect();
                text[place] = byte;
                let value = char::from(byte).to_digit(16).map(|value| u8::try_from(value).unwrap());
                expected[place] = value.unwrap_or(0);
                let expected: Vec<u8> = expected.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
                let found = decode_hex(&text, 32).map(|signature| signature[..32].to_vec());
                assert_eq!(found, value.map(|_| expected), "{byte} at {place}");
            }
            for (low, high) in [(b'A', b'/'), (b'/', b'A')] {
                let mut text = [[low, high]; 32].concat();
                let mut expected: Vec<u8> = text.iter().map(|digit| if *digit == b'A' { 0 } else { 63 }).collect();
                text[place] = byte;
                let value = base64.iter().position(|digit| *digit == byte);
                expected[place] = value.map_or(0, |value| u8::try_from(value).unwrap());
                let sixes = expected
                    .chunks(4)
                    .map(|quad| quad.iter().fold(0_u32, |sum, six| sum << 6 | u32::from(*six)));
                let expected: Vec<u8> = sixes.flat_map(|sum| sum.to_be_bytes()[1..].to_vec()).collect();
                let found = decode_base64(&text, 48).map(|signature| signature[..48].to_vec());
                assert_eq!(found, value.map(|_| expected), "{byte} at {place}");
            }
        }
    }

    #[test]
    fn hex_is_read_in_either_case_and_in_full_length_alone() {
        let texts = ["aF".repeat(32), "Af".repeat(32), "AF".repeat(32), "af".repeat(32)];
        for text in &texts {
            assert_eq!(decode_hex(text.as_bytes(), 32).unwrap()[..32], [0xaf; 32]);
        }
        for wrong in [
            "",
            "a",
            &"a".repeat(63),
            &"a".repeat(65),
            &"a".repeat(96),
            &" a".repeat(32),
            &"é".repeat(32),
        ] {
            assert_eq!(decode_hex(wrong.as_bytes(), 32), None, "{wrong}");
        }
    }

    #[test]
    fn base64_has_one_spelling_for_the_same_bytes() {
        // 32 bytes leave 2 bits of the last digit unused, 64 bytes leave 4, 48 bytes none.
        for (kind, unused_bits) in KINDS.into_iter().zip([2_u32, 0, 4]) {
            let mac = HmacKey::new(kind, b"s").mac(b"m");
            let text = encode_base64(mac.as_bytes());
            let last_digit = text.trim_end_matches('=').len() - 1;
            let accepted = (0..=u8::MAX).filter(|digit| {
                let mut spoiled = bytes_of(&text);
                spoiled[last_digit] = *digit;
                decode_base64(&spoiled, kind.mac_bytes()).is_some()
            });
            assert_eq!(accepted.count(), 64 >> unused_bits, "{kind:?}");
        }
    }

    #[test]
    fn base64_with_other_padding_or_alphabet_is_none() {
        let text = encode_base64(&[0xfb; 32]);
        assert_eq!(decode_base64(text.as_bytes(), 32).unwrap()[..32], [0xfb; 32]);
        let unpadded = text.trim_end_matches('=');
        for wrong in [
            unpadded,
            &format!("{unpadded}=="),
            &format!("{unpadded}A"),
            &format!("{unpadded}-"),
            &format!("{unpadded} "),
            &format!(" {unpadded}"),
            &text.replace('+', "-"),
            &text.replace('/', "_"),
            &format!("{text}\n"),
            &format!("{text}===="),
            &"=".repeat(44),
            "",
        ] {
            assert_eq!(decode_base64(wrong.as_bytes(), 32), None, "{wrong}");
        }
        assert_eq!(
            decode_base64(encode_base64(&[1; 64]).replace("==", "=A").as_bytes(), 64),
            None
        );
        assert_eq!(
            decode_base64(encode_base64(&[1; 64]).replace("==", "A=").as_bytes(), 64),
            None
        );
    }

    #[test]
    fn a_signature_that_differs_in_any_one_bit_is_another() {
        for kind in KINDS {
            let mac = HmacKey::new(kind, b"s").mac(b"m");
            assert!(is_equal(&mac, mac.padded()));
            for bit in 0..kind.mac_bytes() * 8 {
                let mut other = *mac.padded();
                other[bit / 8] ^= 1 << (bit % 8);
                assert!(!is_equal(&mac, &other), "{kind:?}, bit {bit}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(message in prop::collection::vec(any::<u8>(), 0..40)) {
            for (kind, encoding) in KINDS.into_iter().flat_map(|kind| ENCODINGS.map(|encoding| (kind, encoding))) {
                let mac = HmacKey::new(kind, b"s").mac(&message);
                let text = encode(encoding, &mac);
                prop_assert_eq!(decode(encoding, text.as_bytes(), kind.mac_bytes()), Some(*mac.padded()));
            }
        }

        #[test]
        fn a_text_that_is_read_is_the_one_that_would_be_written(
            mut text in prop::collection::vec(prop::sample::select(bytes_of("AQgw/+=-_ z09\u{e9}")), 44),
            ends_right in any::<bool>(),
        ) {
            if ends_right {
                text[43] = b'=';
            }
            if let Some(signature) = decode_base64(&text, 32) {
                prop_assert_eq!(encode_base64(&signature[..32]).into_bytes(), text);
            }
        }
    }
}
