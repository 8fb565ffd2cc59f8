//! The keys that a gate knows, by the hash of their id.
use crate::hmac_key::HmacKey;
use crate::key_hash::KeyHash;
use crate::spec::HashKind;
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

/// What a search has found: the holder of the id, or one that stands in for it, so that whatever is done with it takes as
/// long as if the id were known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'k> {
    pub(crate) holder: &'k KeyHolder,
    pub(crate) is_known: bool,
}

impl<'k> Found<'k> {
    pub(crate) fn known(self) -> Option<&'k KeyHolder> {
        self.is_known.then_some(self.holder)
    }
}

/// Holders by the hash of their id.
pub(crate) struct KeyHolders {
    first: HashMap<KeyHash, Held, BuildHasherDefault<HashOfHash>>,
    /// The same holders in a row, and at place 0 nobody: from here one is taken that stands in for an id which is not known.
    row: Vec<Arc<KeyHolder>>,
    /// Those whose hash another id had before them; at a million keys one of 40 million gates has any.
    collided: Vec<Arc<KeyHolder>>,
}

struct Held {
    holder: Arc<KeyHolder>,
    place: usize,
}

impl KeyHolders {
    pub(crate) fn new(hash: HashKind) -> Self {
        let nobody = KeyHolder {
            key_id: Arc::from(""),
            key_hash: KeyHash::new(0, 0),
            account: None,
            hmac: HmacKey::new(hash, b"no such key"),
            number: u32::MAX,
        };
        Self {
            first: HashMap::default(),
            row: vec![Arc::new(nobody)],
            collided: Vec::new(),
        }
    }

    /// Another key stands in for one that is not there, chosen by the hash: one that stood in for all would be the only one
    /// that always lies in the cache, and the time of an answer would tell it.
    #[inline]
    pub(crate) fn find(&self, key_hash: KeyHash, key_id: &[u8]) -> Found<'_> {
        match self.first.get(&key_hash) {
            Some(held) if held.holder.key_id.as_bytes() == key_id => Found {
                holder: &held.holder,
                is_known: true,
            },
            _ => self.find_further(key_hash, key_id),
        }
    }

    fn find_further(&self, key_hash: KeyHash, key_id: &[u8]) -> Found<'_> {
        let collided = self.collided.iter().find(|other| other.key_id.as_bytes() == key_id);
        Found {
            holder: collided.unwrap_or_else(|| &self.row[self.stand_in(key_hash)]),
            is_known: collided.is_some(),
        }
    }

    /// A place from 1 on, or 0 when there is no other.
    fn stand_in(&self, key_hash: KeyHash) -> usize {
        let others = self.row.len() as u64 - 1;
        let [.., a, b, c, d] = (u64::from(key_hash.hi()) * others).to_le_bytes();
        u32::from_le_bytes([a, b, c, d]) as usize + usize::from(others > 0)
    }

    pub(crate) fn insert(&mut self, holder: &Arc<KeyHolder>) {
        self.remove(holder.key_hash, &holder.key_id);
        if self.first.contains_key(&holder.key_hash) {
            self.collided.push(Arc::clone(holder));
            return;
        }
        let held = Held {
            holder: Arc::clone(holder),
            place: self.row.len(),
        };
        self.row.push(Arc::clone(holder));
        self.first.insert(holder.key_hash, held);
    }

    pub(crate) fn remove(&mut self, key_hash: KeyHash, key_id: &str) {
        let is_first = |held: &&Held| *held.holder.key_id == *key_id;
        let Some(place) = self.first.get(&key_hash).filter(is_first).map(|held| held.place) else {
            self.collided.retain(|holder| *holder.key_id != *key_id);
            return;
        };
        self.first.remove(&key_hash);
        self.row.swap_remove(place);
        if let Some(moved) = self.row.get(place) {
            if let Some(held) = self.first.get_mut(&moved.key_hash) {
                held.place = place;
            }
        }
    }

    /// The number of the ids of this hash, of which each has the same.
    pub(crate) fn number(&self, key_hash: KeyHash) -> Option<u32> {
        let mut collided = self.collided.iter().filter(|holder| holder.key_hash == key_hash);
        let first = self.first.get(&key_hash).map(|held| &held.holder);
        first.or_else(|| collided.next()).map(|holder| holder.number)
    }

    pub(crate) fn count(&self) -> usize {
        self.first.len() + self.collided.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<KeyHolder>> {
        self.row.iter().skip(1).chain(&self.collided)
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
        let mut holders = KeyHolders::new(HashKind::Sha256);
        for key_id in ["a", "b", "c"] {
            holders.insert(&holder(key_id));
        }
        let owner = |holders: &KeyHolders, key_id: &[u8]| {
            holders
                .find(one_hash, key_id)
                .known()
                .map(|holder| holder.key_id.to_string())
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
