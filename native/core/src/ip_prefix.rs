//! Addresses that share their first bits; see `harness/core/ip-address.ts`.
use crate::key_hash::{HashSecret, KeyHash, key_hash};
use crate::spec::IpPrefix;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address that a text says, in a form that has one spelling: an IPv4-mapped one is that IPv4 address.
pub(crate) fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    let address = text.parse::<Ipv4Addr>().map(IpAddr::V4);
    let address = address.or_else(|_| text.parse::<Ipv6Addr>().map(IpAddr::V6));
    address.ok().map(|address| address.to_canonical())
}

/// Hashes version, prefix length and the 16 bytes of the masked address; IPv4 has zeros after its four.
pub(crate) fn prefix_hash(secret: HashSecret, prefix: IpPrefix, address: IpAddr) -> KeyHash {
    let (version, length, bits) = match address {
        IpAddr::V4(address) => (4, prefix.v4, u128::from(address.to_bits()) << 96),
        IpAddr::V6(address) => (6, prefix.v6, address.to_bits()),
    };
    let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
    let mut bytes = [version, length, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes[2..].copy_from_slice(&(bits & mask).to_be_bytes());
    key_hash(secret, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: HashSecret = HashSecret { k0: 1, k1: 2 };

    fn hash(prefix: (u8, u8), text: &str) -> Option<KeyHash> {
        let prefix = IpPrefix {
            v4: prefix.0,
            v6: prefix.1,
        };
        address(text.as_bytes()).map(|address| prefix_hash(SECRET, prefix, address))
    }

    #[test]
    fn addresses_of_one_prefix_count_as_one_and_others_do_not() {
        for (prefix, one, other, are_one) in [
            ((24, 64), "10.0.0.0", "10.0.0.255", true),
            ((24, 64), "10.0.0.255", "10.0.1.0", false),
            ((25, 64), "10.0.0.127", "10.0.0.128", false),
            ((32, 64), "10.0.0.1", "10.0.0.2", false),
            ((1, 64), "0.0.0.0", "127.255.255.255", true),
            ((1, 64), "127.255.255.255", "128.0.0.0", false),
            ((24, 64), "2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true),
            ((24, 64), "2001:db8::1", "2001:db8:0:1::1", false),
            ((24, 128), "2001:db8::1", "2001:db8::2", false),
            ((24, 1), "::", "7fff::", true),
            ((24, 1), "7fff::", "8000::", false),
            ((24, 64), "::ffff:10.0.0.9", "10.0.0.1", true),
            ((24, 64), "::FFFF:a00:9", "10.0.0.1", true),
            ((32, 128), "::10.0.0.1", "10.0.0.1", false),
            ((8, 8), "0.0.0.0", "::", false),
        ] {
            let (one_hash, other_hash) = (hash(prefix, one), hash(prefix, other));
            assert!(one_hash.is_some() && other_hash.is_some(), "{one} {other}");
            assert_eq!(one_hash == other_hash, are_one, "{prefix:?} {one} {other}");
        }
    }

    #[test]
    fn what_is_no_address_has_no_prefix() {
        for text in [
            "",
            "a",
            "1.2.3",
            "1.2.3.4.5",
            "01.2.3.4",
            "1.2.3.256",
            " 1.2.3.4",
            "::1%eth0",
            "1::2::3",
            ":::",
            "12345::",
            "1:2:3:4:5:6:7",
            "[::1]",
            "1.2.3.4:80",
            "::1.2.3",
            "::01.2.3.4",
            "0x1.2.3.4",
        ] {
            assert_eq!(hash((24, 64), text), None, "{text}");
        }
        assert_eq!(address(b"\xff"), None);
    }

    #[test]
    fn the_same_bits_under_prefixes_of_two_lengths_are_two_keys() {
        assert_ne!(hash((24, 64), "10.0.0.0"), hash((25, 64), "10.0.0.0"));
        let bytes = [4, 24, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(hash((24, 64), "10.0.0.7"), Some(key_hash(SECRET, &bytes)));
    }
}
