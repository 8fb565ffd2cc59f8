//! What a limit counts by, and the key that a request has there.
use crate::caller::{CallerKeys, Callers};
use crate::ip_prefix::prefix_hash;
use crate::key_hash::{HashSecret, KeyHash, key_hash};
use crate::spec::{IpPrefix, LimitPart, LimitSpec};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CountedBy {
    /// In their order, each once.
    parts: Vec<LimitPart>,
    prefix: Option<IpPrefix>,
    rule: Rule,
}

/// Most limits count by one text, whose hash is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Nothing,
    Text(LimitPart),
    Combination,
}

/// What keys are hashed with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hashing {
    pub(crate) secret: HashSecret,
    /// The key of limits that have one counter for all.
    pub(crate) global: KeyHash,
}

impl Hashing {
    pub(crate) fn new(secret: HashSecret) -> Self {
        Self {
            secret,
            global: key_hash(secret, b""),
        }
    }
}

impl CountedBy {
    pub(crate) fn new(spec: &LimitSpec) -> Self {
        let mut parts = spec.by.clone();
        parts.sort_unstable();
        let rule = match parts[..] {
            [] => Rule::Nothing,
            [LimitPart::Class] => Rule::Combination,
            [LimitPart::Ip] if spec.ip_prefix.is_some() => Rule::Combination,
            [part] => Rule::Text(part),
            _ => Rule::Combination,
        };
        Self {
            parts,
            prefix: spec.ip_prefix,
            rule,
        }
    }

    pub(crate) fn has(&self, part: LimitPart) -> bool {
        self.parts.contains(&part)
    }

    pub(crate) fn has_prefix(&self) -> bool {
        self.prefix.is_some()
    }

    /// Whether it stands before the verifier: by ip, and by nothing that only a valid signature proves.
    pub(crate) fn is_front(&self) -> bool {
        let proven = [LimitPart::Master, LimitPart::Account, LimitPart::Key];
        self.has(LimitPart::Ip) && !proven.into_iter().any(|part| self.has(part))
    }

    /// The request's key. None: a text of it is not known, or not of the right form.
    #[inline]
    pub(crate) fn key(&self, keys: &CallerKeys, class_id: usize, hashing: Hashing) -> Option<KeyHash> {
        match self.rule {
            Rule::Nothing => Some(hashing.global),
            Rule::Text(LimitPart::Ip) => keys.ip,
            Rule::Text(LimitPart::Master) => keys.master,
            Rule::Text(LimitPart::Account) => keys.account,
            Rule::Text(LimitPart::Key) => keys.key,
            Rule::Text(LimitPart::Class) | Rule::Combination => self.combined(keys, class_id, hashing.secret),
        }
    }

    /// Whether a key has to be made of several hashes, or of a part of an address.
    pub(crate) fn is_combined(&self) -> bool {
        self.rule == Rule::Combination
    }

    /// The keys of interned callers, where they lie ready.
    pub(crate) fn list<'c>(&self, callers: &'c Callers) -> KeyList<'c> {
        match self.rule {
            Rule::Nothing => KeyList::Global,
            Rule::Text(part) => callers.list(part).map_or(KeyList::Unready, KeyList::Ready),
            Rule::Combination => KeyList::Unready,
        }
    }

    /// The hash of the parts' hashes, of eight bytes each; a prefix alone is its own hash. Kept apart, or limits of one text
    /// would make ready what it needs too.
    #[inline(never)]
    fn combined(&self, keys: &CallerKeys, class_id: usize, secret: HashSecret) -> Option<KeyHash> {
        let mut bytes = [0; 8 * 5];
        let mut length = 0;
        for part in &self.parts {
            let hash = match (part, self.prefix) {
                (LimitPart::Ip, Some(prefix)) => {
                    let hash = prefix_hash(secret, prefix, keys.address?);
                    if self.parts.len() == 1 {
                        return Some(hash);
                    }
                    hash.get()
                }
                (LimitPart::Ip, None) => keys.ip?.get(),
                (LimitPart::Master, _) => keys.master?.get(),
                (LimitPart::Account, _) => keys.account?.get(),
                (LimitPart::Key, _) => keys.key?.get(),
                (LimitPart::Class, _) => class_id as u64,
            };
            bytes[length..length + 8].copy_from_slice(&hash.to_le_bytes());
            length += 8;
        }
        Some(key_hash(secret, &bytes[..length]))
    }
}

/// Where a block of callers finds its keys.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KeyList<'c> {
    Global,
    Ready(&'c [Option<KeyHash>]),
    /// They have to be made for each.
    Unready,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::plan::Needs;

    const SECRET: HashSecret = HashSecret { k0: 8, k1: 9 };

    fn counted_by(parts: &[LimitPart], prefix: Option<IpPrefix>) -> CountedBy {
        let rule = match parts {
            [] => Rule::Nothing,
            [part] if *part != LimitPart::Class && prefix.is_none() => Rule::Text(*part),
            _ => Rule::Combination,
        };
        CountedBy {
            parts: parts.to_vec(),
            prefix,
            rule,
        }
    }

    fn key(by: &CountedBy, ip: &str, account: &str, class_id: usize) -> Option<KeyHash> {
        let caller = Caller {
            ip: ip.as_bytes(),
            account: account.as_bytes(),
            key_id: b"k",
        };
        let keys = CallerKeys::new(SECRET, caller, Needs::ALL_TEXTS);
        by.key(&keys, class_id, Hashing::new(SECRET))
    }

    #[test]
    fn one_text_is_its_own_hash_and_several_are_the_hash_of_theirs() {
        use LimitPart::{Account, Class, Ip, Key, Master};
        let hash = |text: &str| key_hash(SECRET, text.as_bytes());
        let joined = |hashes: &[u64]| {
            let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect();
            Some(key_hash(SECRET, &bytes))
        };
        let of = |parts: &[LimitPart]| key(&counted_by(parts, None), "i", "desk/one", 7);
        assert_eq!(of(&[]), Some(hash("")));
        assert_eq!((of(&[Ip]), of(&[Key])), (Some(hash("i")), Some(hash("k"))));
        assert_eq!(
            (of(&[Master]), of(&[Account])),
            (Some(hash("desk")), Some(hash("desk/one")))
        );
        assert_eq!(of(&[Class]), joined(&[7]));
        assert_eq!(of(&[Ip, Class]), joined(&[hash("i").get(), 7]));
        assert_eq!(
            of(&[Ip, Master, Account, Key, Class]),
            joined(
                &["i", "desk", "desk/one", "k"]
                    .map(|text| hash(text).get())
                    .into_iter()
                    .chain([7])
                    .collect::<Vec<_>>()
            )
        );
    }

    #[test]
    fn a_part_that_is_missing_leaves_no_key() {
        use LimitPart::{Account, Ip, Master};
        let prefix = Some(IpPrefix { v4: 8, v6: 8 });
        for (parts, prefix, ip, account, is_there) in [
            (&[Ip, Account][..], None, "i", "", false),
            (&[Ip, Account][..], None, "", "a", false),
            (&[Ip, Account][..], None, "i", "a", true),
            (&[Ip][..], prefix, "i", "", false),
            (&[Ip, Account][..], prefix, "i", "a", false),
            (&[Ip, Account][..], prefix, "::1", "a", true),
            (&[Master][..], None, "", "/a", false),
            (&[Account][..], None, "", "/a", true),
            (&[Master][..], None, "", "a /", false),
            (&[Master][..], None, "", "a/", true),
        ] {
            let key = key(&counted_by(parts, prefix), ip, account, 0);
            assert_eq!(key.is_some(), is_there, "{parts:?} {ip:?} {account:?}");
        }
    }

    #[test]
    fn stands_before_the_verifier_by_ip_alone_or_with_the_class() {
        use LimitPart::{Account, Class, Ip, Key, Master};
        for (parts, is_front) in [
            (&[][..], false),
            (&[Ip], true),
            (&[Ip, Class], true),
            (&[Class], false),
            (&[Ip, Account], false),
            (&[Ip, Master], false),
            (&[Ip, Key], false),
        ] {
            assert_eq!(counted_by(parts, None).is_front(), is_front, "{parts:?}");
        }
    }
}
