//! The keys that a gate knows, by the hash of their id.
use crate::hmac_key::HmacKey;
use crate::key_hash::KeyHash;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// One API key. Nothing of it changes: a new secret is a new holder. Two lines of the processor's cache, since every signed
/// request reads one from memory that is seldom near.
#[repr(align(64))]
pub(crate) struct KeyHolder {
    pub(crate) hmac: HmacKey,
    /// What limits by account count the key's requests by; none when the key has no account.
    pub(crate) account: Option<KeyHash>,
    pub(crate) key_hash: KeyHash,
    pub(crate) key_id: Arc<str>,
    /// Names the id in replay claims, for the life of the gate, also when the key is removed and added again: 0, 1, 2 ...
    /// in the order in which ids came first.
    pub(crate) number: u32,
}

/// Names the key, shows no secret.
impl fmt::Debug for KeyHolder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeyHolder({}, {:?})", self.key_id, self.hmac)
    }
}

/// Holders by the hash of their id.
#[derive(Default)]
pub(crate) struct KeyHolders {
    first: HashMap<KeyHash, Arc<KeyHolder>, BuildHasherDefault<HashOfHash>>,
    /// Those whose hash another id had before them; at a million keys one of 40 million gates has any.
    collided: Vec<Arc<KeyHolder>>,
    count: usize,
}

impl KeyHolders {
    #[inline]
    pub(crate) fn find(&self, key_hash: KeyHash, key_id: &[u8]) -> Option<&Arc<KeyHolder>> {
        let is_it = |holder: &&Arc<KeyHolder>| holder.key_id.as_bytes() == key_id;
        let first = self.first.get(&key_hash).filter(is_it);
        first.or_else(|| self.collided.iter().find(is_it))
    }

    pub(crate) fn insert(&mut self, holder: &Arc<KeyHolder>) {
        self.remove(holder.key_hash, &holder.key_id);
        self.count += 1;
        match self.first.get_mut(&holder.key_hash) {
            Some(_) => self.collided.push(Arc::clone(holder)),
            None => {
                self.first.insert(holder.key_hash, Arc::clone(holder));
            }
        }
    }

    pub(crate) fn remove(&mut self, key_hash: KeyHash, key_id: &str) {
        let is_first = self
            .first
            .get(&key_hash)
            .is_some_and(|holder| *holder.key_id == *key_id);
        if is_first {
            self.first.remove(&key_hash);
            self.count -= 1;
        } else if let Some(at) = self.collided.iter().position(|holder| *holder.key_id == *key_id) {
            self.collided.swap_remove(at);
            self.count -= 1;
        }
    }

    /// The number of the ids of this hash, of which each has the same.
    pub(crate) fn number(&self, key_hash: KeyHash) -> Option<u32> {
        let mut collided = self.collided.iter().filter(|holder| holder.key_hash == key_hash);
        let holder = self.first.get(&key_hash).or_else(|| collided.next());
        holder.map(|holder| holder.number)
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<KeyHolder>> {
        self.first.values().chain(&self.collided)
    }
}

/// A `KeyHash` is a hash already.
#[derive(Default)]
pub(crate) struct HashOfHash(u64);

impl Hasher for HashOfHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("a KeyHash is written as one u64")
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::HashKind;

    #[test]
    fn ids_of_one_hash_are_told_apart() {
        let one_hash = KeyHash::new(1, 1);
        let holder = |key_id: &str| {
            Arc::new(KeyHolder {
                key_id: Arc::from(key_id),
                key_hash: one_hash,
                account: None,
                hmac: HmacKey::new(HashKind::Sha256, b"s"),
                number: 7,
            })
        };
        let mut holders = KeyHolders::default();
        for key_id in ["a", "b", "c"] {
            holders.insert(&holder(key_id));
        }
        let owner = |holders: &KeyHolders, key_id: &[u8]| {
            holders.find(one_hash, key_id).map(|holder| holder.key_id.to_string())
        };
        assert_eq!(owner(&holders, b"a").as_deref(), Some("a"));
        assert_eq!(owner(&holders, b"b").as_deref(), Some("b"));
        assert_eq!(owner(&holders, b"d"), None);
        assert_eq!((holders.count(), holders.number(one_hash)), (3, Some(7)));
        assert_eq!(holders.number(KeyHash::new(2, 1)), None);

        holders.remove(one_hash, "a");
        holders.remove(one_hash, "a");
        assert_eq!((owner(&holders, b"a"), holders.count()), (None, 2));
        assert_eq!(owner(&holders, b"c").as_deref(), Some("c"));
        assert_eq!(holders.number(one_hash), Some(7), "of those that are left");
        holders.insert(&holder("b"));
        holders.insert(&holder("d"));
        holders.remove(one_hash, "c");
        assert_eq!((owner(&holders, b"c"), holders.count()), (None, 2));
        assert_eq!(owner(&holders, b"b").as_deref(), Some("b"));
        let mut left: Vec<String> = holders.iter().map(|holder| holder.key_id.to_string()).collect();
        left.sort();
        assert_eq!(left, ["b", "d"]);
    }

    #[test]
    fn a_holder_is_two_lines_of_cache() {
        assert_eq!((size_of::<KeyHolder>(), align_of::<KeyHolder>()), (128, 64));
    }
}
