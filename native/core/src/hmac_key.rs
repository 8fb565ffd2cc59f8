//! HMAC under one key (RFC 2104, FIPS 180-4) with SHA-256, SHA-384 or SHA-512.
//!
//! Kept of a key are the two states of the hash after its padded block, so that a message costs the compressions of its
//! own blocks and one more, and nothing else: no heap, no copy of a hasher with its buffer.
use crate::spec::HashKind;
use sha2::block_api::{compress256, compress512};
use std::fmt;

/// The longest MAC, that of SHA-512.
pub(crate) const MAC_BYTES_MAX: usize = 64;

/// 32, 48 or 64 bytes, with zeros behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mac {
    bytes: [u8; MAC_BYTES_MAX],
    length: usize,
}

impl Mac {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// The MAC and the zeros behind it.
    pub(crate) fn padded(&self) -> &[u8; MAC_BYTES_MAX] {
        &self.bytes
    }

    /// Enough of it to tell two requests apart: 128 bits.
    pub(crate) fn head(&self) -> [u8; 16] {
        let mut head = [0; 16];
        head.copy_from_slice(&self.bytes[..16]);
        head
    }
}

/// Who knows these states can sign as if he knew the secret.
#[derive(Clone)]
pub(crate) enum HmacKey {
    Sha256(KeyedSha256),
    /// Apart, so that the many keys of the other kind take half the room.
    Sha384(Box<KeyedSha512>),
    Sha512(Box<KeyedSha512>),
}

/// Shows nothing of the key.
impl fmt::Debug for HmacKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sha256(_) => "HmacKey(sha256)",
            Self::Sha384(_) => "HmacKey(sha384)",
            Self::Sha512(_) => "HmacKey(sha512)",
        })
    }
}

impl HmacKey {
    pub(crate) fn new(kind: HashKind, secret: &[u8]) -> Self {
        match kind {
            HashKind::Sha256 => Self::Sha256(KeyedSha256::new(&SHA256_START, secret, kind.mac_bytes())),
            HashKind::Sha384 => Self::Sha384(Box::new(KeyedSha512::new(&SHA384_START, secret, kind.mac_bytes()))),
            HashKind::Sha512 => Self::Sha512(Box::new(KeyedSha512::new(&SHA512_START, secret, kind.mac_bytes()))),
        }
    }

    pub(crate) fn mac(&self, message: &[u8]) -> Mac {
        let mut bytes = [0; MAC_BYTES_MAX];
        let kind = match self {
            Self::Sha256(keyed) => {
                bytes[..32].copy_from_slice(&keyed.mac::<32>(message));
                HashKind::Sha256
            }
            Self::Sha384(keyed) => {
                bytes[..48].copy_from_slice(&keyed.mac::<48>(message)[..48]);
                HashKind::Sha384
            }
            Self::Sha512(keyed) => {
                bytes = keyed.mac::<64>(message);
                HashKind::Sha512
            }
        };
        Mac {
            bytes,
            length: kind.mac_bytes(),
        }
    }
}

/// HMAC-SHA256, 32 bytes. A key that is used more than once is kept as an `HmacKey`.
pub fn hmac_sha256(secret: &[u8], message: &[u8]) -> [u8; 32] {
    KeyedSha256::new(&SHA256_START, secret, 32).mac::<32>(message)
}

/// The two widths of SHA-2 differ in words, block and length field alone.
macro_rules! keyed_sha {
    ($name:ident, $word:ty, $block:literal, $digest:literal, $length_field:literal, $compress:path) => {
        #[derive(Clone)]
        pub(crate) struct $name {
            inner: [$word; 8],
            outer: [$word; 8],
        }

        impl $name {
            /// `cut` is how many bytes of the digest this kind of the hash keeps.
            fn new(start: &[$word; 8], secret: &[u8], cut: usize) -> Self {
                let mut key = [0_u8; $block];
                if secret.len() > $block {
                    key[..cut].copy_from_slice(&Self::finish(start, 0, secret)[..cut]);
                } else {
                    key[..secret.len()].copy_from_slice(secret);
                }
                let keyed = |pad: u8| {
                    let mut state = *start;
                    $compress(&mut state, &[key.map(|byte| byte ^ pad)]);
                    state
                };
                Self {
                    inner: keyed(0x36),
                    outer: keyed(0x5c),
                }
            }

            #[inline]
            fn mac<const CUT: usize>(&self, message: &[u8]) -> [u8; $digest] {
                let inner = Self::finish(&self.inner, $block, message);
                Self::finish(&self.outer, $block, &inner[..CUT])
            }

            /// The digest of `taken` bytes that led to this state, whole blocks, and the message behind them.
            #[inline]
            fn finish(state: &[$word; 8], taken: u64, message: &[u8]) -> [u8; $digest] {
                let mut state = *state;
                let (blocks, rest) = message.as_chunks::<$block>();
                if !blocks.is_empty() {
                    $compress(&mut state, blocks);
                }
                let mut last = [[0_u8; $block]; 2];
                last[0][..rest.len()].copy_from_slice(rest);
                last[0][rest.len()] = 0x80;
                let count = if rest.len() < $block - $length_field { 1 } else { 2 };
                let bits = (taken + message.len() as u64) * 8;
                last[count - 1][$block - 8..].copy_from_slice(&bits.to_be_bytes());
                $compress(&mut state, &last[..count]);
                let mut digest = [0; $digest];
                for (bytes, word) in digest.chunks_exact_mut(size_of::<$word>()).zip(state) {
                    bytes.copy_from_slice(&word.to_be_bytes());
                }
                digest
            }
        }
    };
}

keyed_sha!(KeyedSha256, u32, 64, 32, 8, compress256);
keyed_sha!(KeyedSha512, u64, 128, 64, 16, compress512);

// First states, FIPS 180-4 section 5.3.
const SHA256_START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];
const SHA384_START: [u64; 8] = [
    0xcbbb_9d5d_c105_9ed8,
    0x629a_292a_367c_d507,
    0x9159_015a_3070_dd17,
    0x152f_ecd8_f70e_5939,
    0x6733_2667_ffc0_0b31,
    0x8eb4_4a87_6858_1511,
    0xdb0c_2e0d_64f9_8fa7,
    0x47b5_481d_befa_4fa4,
];
const SHA512_START: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, KeyInit, Mac as _};
    use proptest::prelude::*;
    use serde_json::Value;

    const KINDS: [(HashKind, &str, usize); 3] = [
        (HashKind::Sha256, "sha256", 32),
        (HashKind::Sha384, "sha384", 48),
        (HashKind::Sha512, "sha512", 64),
    ];

    fn bytes_of(hex: &Value) -> Vec<u8> {
        let digits = hex.as_str().unwrap().as_bytes();
        let pairs = digits.chunks_exact(2).map(|pair| std::str::from_utf8(pair).unwrap());
        pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    }

    #[test]
    fn gives_every_mac_of_rfc_4231() {
        let vectors: Value = serde_json::from_str(include_str!("../../../test/support/rfc4231.json")).unwrap();
        let cases = vectors["tests"].as_array().unwrap();
        assert_eq!(cases.len(), 6);
        for case in cases {
            let (secret, message) = (bytes_of(&case["keyHex"]), bytes_of(&case["dataHex"]));
            for (kind, name, length) in KINDS {
                let expected = bytes_of(&case["mac"][name]);
                assert_eq!(expected.len(), length);
                let mac = HmacKey::new(kind, &secret).mac(&message);
                assert_eq!(mac.as_bytes(), expected, "{name}, test case {}", case["tcId"]);
                assert_eq!(mac.padded()[..length], expected[..]);
                assert!(mac.padded()[length..].iter().all(|byte| *byte == 0));
            }
            assert_eq!(hmac_sha256(&secret, &message)[..], bytes_of(&case["mac"]["sha256"]));
        }
    }

    macro_rules! other_mac {
        ($hash:ty, $secret:expr, $message:expr) => {{
            let keyed = Hmac::<$hash>::new_from_slice($secret).unwrap();
            keyed.chain_update($message).finalize().into_bytes().to_vec()
        }};
    }

    fn mac_of_another_hand(kind: HashKind, secret: &[u8], message: &[u8]) -> Vec<u8> {
        match kind {
            HashKind::Sha256 => other_mac!(sha2::Sha256, secret, message),
            HashKind::Sha384 => other_mac!(sha2::Sha384, secret, message),
            HashKind::Sha512 => other_mac!(sha2::Sha512, secret, message),
        }
    }

    #[test]
    fn pads_messages_of_every_length_around_two_blocks() {
        for (kind, name, _) in KINDS {
            for length in 0..=270_u16 {
                let message: Vec<u8> = (0..length).map(|at| at.to_le_bytes()[0] ^ 0x5a).collect();
                let mac = HmacKey::new(kind, b"secret").mac(&message);
                let expected = mac_of_another_hand(kind, b"secret", &message);
                assert_eq!(mac.as_bytes(), expected, "{name}, {length} bytes");
            }
        }
    }

    proptest! {
        #[test]
        fn equals_another_implementation_for_any_secret_and_message(
            secret in prop::collection::vec(any::<u8>(), 1..300),
            message in prop::collection::vec(any::<u8>(), 0..700),
        ) {
            for (kind, ..) in KINDS {
                let key = HmacKey::new(kind, &secret);
                let expected = mac_of_another_hand(kind, &secret, &message);
                let mac = key.mac(&message);
                prop_assert_eq!(mac.as_bytes(), &expected[..]);
                prop_assert_eq!(&mac.head()[..], &expected[..16]);
            }
        }
    }

    #[test]
    fn shows_no_secret() {
        let shown = KINDS.map(|(kind, ..)| format!("{:?}", HmacKey::new(kind, b"s")));
        assert_eq!(shown, ["HmacKey(sha256)", "HmacKey(sha384)", "HmacKey(sha512)"]);
    }
}
