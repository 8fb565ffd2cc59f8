//! The keys that a gate knows, by the hash of their id.
use crate::hash_index::{ENTRIES_MAX, HashIndex};
use crate::hmac_key::HmacKey;
use crate::key_hash::KeyHash;
use crate::prefetch::prefetch;
use crate::spec::HashKind;
use std::fmt;
use std::hash::Hasher;
use std::sync::Arc;

/// Keys for which there is room from the start.
const CAPACITY_MIN: usize = 64;

/// One API key. Nothing of it changes: a new secret is a new holder. Two lines of the processor's cache, since every signed
/// request reads one from memory that is seldom near.
#[derive(Clone)]
#[repr(align(64))]
pub(crate) struct KeyHolder {
    pub(crate) hmac: HmacKey,
    /// What limits by account count the key's requests by; none when the key has no account.
    pub(crate) account: Option<KeyHash>,
    /// The same for limits by master.
    pub(crate) master: Option<KeyHash>,
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

/// What a search has found: the holder of the id, or one that stands in for it, so that whatever is done with it takes
/// nearly as long as if the id were known.
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

/// Holders by the hash of their id. Each handle on a gate has copies of its own, in a row, so that the way to one is short.
pub(crate) struct KeyHolders {
    index: HashIndex,
    /// Keys for which the index has room.
    capacity: usize,
    /// At place 0 nobody, who stands in for ids that are not known while there is no other.
    row: Vec<KeyHolder>,
    /// Those whose hash another id had before them; at a million keys one of 40 million gates has any.
    collided: Vec<KeyHolder>,
}

impl KeyHolders {
    pub(crate) fn new(hash: HashKind) -> Self {
        let nobody = KeyHolder {
            key_id: Arc::from(""),
            key_hash: KeyHash::new(0, 0),
            account: None,
            master: None,
            hmac: HmacKey::new(hash, b"no such key"),
            number: u32::MAX,
        };
        Self {
            index: index_for(CAPACITY_MIN),
            capacity: CAPACITY_MIN,
            row: vec![nobody],
            collided: Vec::new(),
        }
    }

    /// Another key stands in for one that is not there, chosen by the hash: one that stood in for all would be the only one
    /// that always lies in the cache, and the time of an answer would tell it.
    ///
    /// An id is known by its hash, which saves the look at its text in memory that is seldom near. Nobody can aim at the
    /// hash of another's id, and who hits it by chance would still have to sign with that one's secret.
    #[inline]
    pub(crate) fn find(&self, key_hash: KeyHash, key_id: &[u8]) -> Found<'_> {
        match self.place(key_hash) {
            Some(place) if self.collided.is_empty() => Found {
                holder: &self.row[place],
                is_known: true,
            },
            place => self.find_further(place, key_hash, key_id),
        }
    }

    /// As `find`, where the text of the id is not at hand: of two ids of one hash the one that came first.
    #[inline]
    pub(crate) fn find_hash(&self, key_hash: KeyHash) -> Found<'_> {
        let place = self.place(key_hash);
        Found {
            holder: &self.row[place.unwrap_or_else(|| self.stand_in(key_hash))],
            is_known: place.is_some(),
        }
    }

    /// Asks for the memory of the key, which `find` will read.
    #[inline]
    pub(crate) fn expect(&self, key_hash: KeyHash) {
        if let Some(place) = self.index.guess(key_hash) {
            let holder = &self.row[place as usize];
            prefetch(&holder.hmac);
            prefetch(&holder.number);
        }
    }

    fn find_further(&self, place: Option<usize>, key_hash: KeyHash, key_id: &[u8]) -> Found<'_> {
        let first = place.map(|place| &self.row[place]);
        let known = first
            .into_iter()
            .chain(&self.collided)
            .find(|holder| holder.key_id.as_bytes() == key_id);
        Found {
            holder: known.unwrap_or_else(|| &self.row[self.stand_in(key_hash)]),
            is_known: known.is_some(),
        }
    }

    #[inline]
    fn place(&self, key_hash: KeyHash) -> Option<usize> {
        let place = self
            .index
            .find(key_hash, |place| self.row[place as usize].key_hash == key_hash);
        place.map(|place| place as usize)
    }

    /// A place from 1 on, or 0 when there is no other.
    fn stand_in(&self, key_hash: KeyHash) -> usize {
        let others = self.row.len() as u64 - 1;
        let [.., a, b, c, d] = (u64::from(key_hash.hi()) * others).to_le_bytes();
        u32::from_le_bytes([a, b, c, d]) as usize + usize::from(others > 0)
    }

    pub(crate) fn insert(&mut self, holder: &KeyHolder) {
        self.remove(holder.key_hash, &holder.key_id);
        if self.place(holder.key_hash).is_some() {
            self.collided.push(holder.clone());
            return;
        }
        if self.row.len() > self.capacity {
            self.grow();
        }
        self.index.insert(holder.key_hash, number(self.row.len()));
        self.row.push(holder.clone());
    }

    pub(crate) fn remove(&mut self, key_hash: KeyHash, key_id: &str) {
        let place = self.place(key_hash);
        let Some(place) = place.filter(|place| *self.row[*place].key_id == *key_id) else {
            self.collided.retain(|holder| *holder.key_id != *key_id);
            return;
        };
        let last = self.row.len() - 1;
        self.take_out(place);
        if last != place {
            self.take_out(last);
            self.index.insert(self.row[last].key_hash, number(place));
        }
        self.row.swap_remove(place);
    }

    /// The number of the ids of this hash, of which each has the same.
    pub(crate) fn number(&self, key_hash: KeyHash) -> Option<u32> {
        let first = self.place(key_hash).map(|place| &self.row[place]);
        let mut collided = self.collided.iter().filter(|holder| holder.key_hash == key_hash);
        first.or_else(|| collided.next()).map(|holder| holder.number)
    }

    pub(crate) fn count(&self) -> usize {
        self.row.len() - 1 + self.collided.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &KeyHolder> {
        self.row.iter().skip(1).chain(&self.collided)
    }

    fn take_out(&mut self, place: usize) {
        let Self { index, row, .. } = self;
        let words = index.words();
        index.remove(number(place), |place| {
            HashIndex::home_in(words, row[place as usize].key_hash)
        });
    }

    fn grow(&mut self) {
        self.capacity = (self.capacity * 2).min(ENTRIES_MAX);
        self.index = index_for(self.capacity);
        for (place, holder) in self.row.iter().enumerate().skip(1) {
            self.index.insert(holder.key_hash, number(place));
        }
    }
}

/// # Panics
/// When there is no memory for it.
fn index_for(capacity: usize) -> HashIndex {
    HashIndex::new(capacity).unwrap_or_else(|error| panic!("{error}"))
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or_else(|_| unreachable!("an index holds fewer than 2^24"))
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
        let holder = |key_id: &str| KeyHolder {
            key_id: Arc::from(key_id),
            key_hash: one_hash,
            account: None,
            master: None,
            hmac: HmacKey::new(HashKind::Sha256, b"s"),
            number: 7,
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

    #[test]
    fn keys_that_come_and_go_are_found_where_a_map_would_hold_them() {
        // Miri takes a thousand times as long.
        let rounds = if cfg!(miri) { 300 } else { 3_000 };
        let hmac = HmacKey::new(HashKind::Sha256, b"s");
        let mut holders = KeyHolders::new(HashKind::Sha256);
        let mut model = std::collections::BTreeMap::new();
        for round in 0..rounds {
            let key = u32::wrapping_mul(round, 0x9e37_79b9) >> 22;
            let (hash, key_id) = (KeyHash::new(key.wrapping_mul(0x85eb_ca6b), key), format!("k{key}"));
            if round % 3 == 2 {
                holders.remove(hash, &key_id);
                model.remove(&key);
            } else {
                holders.insert(&KeyHolder {
                    key_id: Arc::from(&*key_id),
                    key_hash: hash,
                    account: None,
                    master: None,
                    hmac: hmac.clone(),
                    number: round,
                });
                model.insert(key, round);
            }
            assert_eq!(holders.count(), model.len());
            let found = holders.find(hash, key_id.as_bytes());
            assert_eq!(found.known().map(|holder| holder.number), model.get(&key).copied());
        }
        for key in 0..1024_u32 {
            let hash = KeyHash::new(key.wrapping_mul(0x85eb_ca6b), key);
            let found = holders.find(hash, format!("k{key}").as_bytes());
            assert_eq!(found.known().map(|holder| holder.number), model.get(&key).copied());
        }
        assert!(holders.capacity > CAPACITY_MIN, "it has grown");
    }
}
