//! Which texts may name a key, an account or an address.

pub(crate) const ID_LENGTH_MAX: usize = 256;
const IP_LENGTH_MAX: usize = 64;

/// Whether it is an id: 1 to 256 visible ASCII characters.
pub(crate) fn is_id(bytes: &[u8]) -> bool {
    is_visible_ascii(bytes, ID_LENGTH_MAX)
}

/// The text as an id, when it is 1 to 256 visible ASCII characters.
pub(crate) fn id(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| is_id(text.as_bytes()))
}

/// Whether it is an address: 1 to 64 visible ASCII characters.
pub(crate) fn is_ip(bytes: &[u8]) -> bool {
    is_visible_ascii(bytes, IP_LENGTH_MAX)
}

/// Eight bytes at a time: a byte from 0x21 to 0x7e has no high bit, has none when 1 is added, and has one when 0x5f is.
fn is_visible_ascii(bytes: &[u8], length_max: usize) -> bool {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let faults_of = |word: [u8; 8]| {
        let word = u64::from_le_bytes(word);
        word | word.wrapping_add(ONES) | !word.wrapping_add(ONES * 0x5f)
    };
    let (words, rest) = bytes.as_chunks();
    let mut last = [b'!'; 8];
    last[..rest.len()].copy_from_slice(rest);
    let faults = words
        .iter()
        .fold(faults_of(last), |faults, word| faults | faults_of(*word));
    !bytes.is_empty() && bytes.len() <= length_max && faults & (ONES << 7) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_visible_ascii_alone_at_every_place_of_a_word() {
        for (byte, length) in (0..=u8::MAX).flat_map(|byte| (1..=17).map(move |length| (byte, length))) {
            for (place, other) in (0..length).flat_map(|place| [(place, b'!'), (place, b'~')]) {
                let mut text = vec![other; length];
                text[place] = byte;
                assert_eq!(is_id(&text), byte.is_ascii_graphic(), "{byte} at {place} of {length}");
            }
        }
    }

    #[test]
    fn has_from_1_to_256_characters_for_an_id_and_64_for_an_address() {
        for (length, expected_id, expected_ip) in [
            (0, false, false),
            (1, true, true),
            (64, true, true),
            (65, true, false),
            (256, true, false),
            (257, false, false),
        ] {
            let text = vec![b'a'; length];
            assert_eq!((is_id(&text), is_ip(&text)), (expected_id, expected_ip), "{length}");
        }
    }
}
