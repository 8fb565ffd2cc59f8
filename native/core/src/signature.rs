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

fn decode_hex(text: &[u8], mac_bytes: usize) -> Option<Signature> {
    if text.len() != mac_bytes * 2 {
        return None;
    }
    let mut bytes = [0; MAC_BYTES_MAX];
    let mut faults = 0;
    for (byte, [high, low]) in bytes.iter_mut().zip(text.as_chunks::<2>().0) {
        let value = hex_value(*high) << 4 | hex_value(*low);
        faults |= value;
        *byte = value.to_le_bytes()[0];
    }
    (faults >= 0).then_some(bytes)
}

fn decode_base64(text: &[u8], mac_bytes: usize) -> Option<Signature> {
    const QUADS_MAX: usize = MAC_BYTES_MAX.div_ceil(3);
    let quads = mac_bytes.div_ceil(3);
    if text.len() != quads * 4 {
        return None;
    }
    let padding = quads * 3 - mac_bytes;
    let (digits, padded) = text.split_at(text.len() - padding);
    let mut full = [b'A'; QUADS_MAX * 4];
    full[..digits.len()].copy_from_slice(digits);

    let mut bytes = [0; QUADS_MAX * 3];
    let mut faults = 0;
    let targets = bytes.as_chunks_mut::<3>().0.iter_mut();
    for (target, quad) in targets.zip(full.as_chunks::<4>().0).take(quads) {
        let [a, b, c, d] = quad.map(|digit| i32::from(base64_value(digit)));
        let value = a << 18 | b << 12 | c << 6 | d;
        faults |= value;
        let [low, middle, high, _] = value.to_le_bytes();
        *target = [high, middle, low];
    }
    let is_padded = padded.iter().all(|byte| *byte == b'=');
    // Bits that no byte of the MAC takes would spell the same bytes in another way.
    let is_canonical = bytes[mac_bytes..].iter().all(|byte| *byte == 0);
    if faults < 0 || !is_padded || !is_canonical {
        return None;
    }
    bytes.first_chunk().copied()
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

/// 0 to 15, or -1 when it is no digit. A table would be read at a place that depends on the digit.
fn hex_value(digit: u8) -> i16 {
    let digit = i16::from(digit);
    -1 + (among(digit, b'0', b'9') & (digit - 47))
        + (among(digit, b'A', b'F') & (digit - 54))
        + (among(digit, b'a', b'f') & (digit - 86))
}

/// 0 to 63, or -1 when it is none of the alphabet.
fn base64_value(digit: u8) -> i16 {
    let digit = i16::from(digit);
    -1 + (among(digit, b'A', b'Z') & (digit - 64))
        + (among(digit, b'a', b'z') & (digit - 70))
        + (among(digit, b'0', b'9') & (digit + 5))
        + (among(digit, b'+', b'+') & 63)
        + (among(digit, b'/', b'/') & 64)
}

/// All bits set when the byte lies in the range, else none.
fn among(byte: i16, first: u8, last: u8) -> i16 {
    ((i16::from(first) - 1 - byte) & (byte - i16::from(last) - 1)) >> 8
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
                decode_hex(hex.as_bytes(), bytes.len()).unwrap()[..bytes.len()],
                *bytes.as_bytes()
            );
            assert_eq!(
                decode_base64(base64.as_bytes(), bytes.len()).unwrap()[..bytes.len()],
                *bytes.as_bytes()
            );
        }
    }

    #[test]
    fn every_byte_has_the_value_that_the_alphabet_gives_it_or_none() {
        let base64: Vec<u8> = (b'A'..=b'Z')
            .chain(b'a'..=b'z')
            .chain(b'0'..=b'9')
            .chain(*b"+/")
            .collect();
        for byte in 0..=u8::MAX {
            let hex = char::from(byte).to_digit(16).map_or(-1, i64::from);
            assert_eq!(i64::from(hex_value(byte)), hex, "{byte}");
            let place = base64.iter().position(|digit| *digit == byte);
            let expected = place.map_or(-1, |place| i16::try_from(place).unwrap());
            assert_eq!(base64_value(byte), expected, "{byte}");
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
