//! Which texts may name a key, an account or an address.

const ID_LENGTH_MAX: usize = 256;
const IP_LENGTH_MAX: usize = 64;

/// The text as an id, when it is 1 to 256 visible ASCII characters.
pub(crate) fn id(bytes: &[u8]) -> Option<&str> {
    visible_ascii(bytes, ID_LENGTH_MAX)
}

/// The text as an address, when it is 1 to 64 visible ASCII characters.
pub(crate) fn ip(bytes: &[u8]) -> Option<&str> {
    visible_ascii(bytes, IP_LENGTH_MAX)
}

fn visible_ascii(bytes: &[u8], length_max: usize) -> Option<&str> {
    let is_formed =
        !bytes.is_empty() && bytes.len() <= length_max && bytes.iter().all(|byte| (0x21..=0x7e).contains(byte));
    if is_formed {
        std::str::from_utf8(bytes).ok()
    } else {
        None
    }
}
