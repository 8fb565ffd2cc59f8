//! The keys that a gate knows, by the hash of their id.
use crate::hmac_key::HmacKey;
use crate::key_hash::KeyHash;
use crate::key_places::KeyPlaces;
use crate::spec::HashKind;
use std::fmt;
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
    /// At place 0 nobody, who stands in while there is no other.
    holders: Vec<Arc<KeyHolder>>,
    places: KeyPlaces,
    /// Those whose hash another id had before them; at a million keys one of 40 million gates has any.
    collided: Vec<Arc<KeyHolder>>,
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
            holders: vec![Arc::new(nobody)],
            places: KeyPlaces::default(),
            collided: Vec::new(),
        }
    }

    /// Takes the same steps whether the id is there or not. Another key stands in for one that is not, chosen by the hash:
    /// one that stood in for all would be the only one that always lies in the cache.
    #[inline]
    pub(crate) fn find(&self, key_hash: KeyHash, key_id: &[u8]) -> Found<'_> {
        let place = self.places.get(key_hash) as usize;
        let is_there = usize::from(place != 0);
        let stand_in = self.stand_in(key_hash) & is_there.wrapping_sub(1);
        let holder = &*self.holders[place | stand_in];
        // An id that is not there is compared with itself.
        let own_id = [key_id, holder.key_id.as_bytes()][is_there];
        let is_same = own_id == key_id;
        if !is_same || !self.collided.is_empty() {
            let collided = self.collided.iter().find(|other| other.key_id.as_bytes() == key_id);
            if let Some(holder) = collided {
                return Found { holder, is_known: true };
            }
        }
        Found {
            holder,
            is_known: (is_there == 1) & is_same,
        }
    }

    /// A place from 1 on, or 0 when there is no other.
    fn stand_in(&self, key_hash: KeyHash) -> usize {
        let others = self.holders.len() as u64 - 1;
        let [.., a, b, c, d] = (u64::from(key_hash.hi()) * others).to_le_bytes();
        u32::from_le_bytes([a, b, c, d]) as usize + usize::from(others > 0)
    }

    pub(crate) fn insert(&mut self, holder: &Arc<KeyHolder>) {
        self.remove(holder.key_hash, &holder.key_id);
        if self.places.get(holder.key_hash) != 0 {
            self.collided.push(Arc::clone(holder));
            return;
        }
        let place = u32::try_from(self.holders.len()).unwrap_or_else(|_| unreachable!("numbers of keys end before"));
        self.places.set(holder.key_hash, place);
        self.holders.push(Arc::clone(holder));
    }

    pub(crate) fn remove(&mut self, key_hash: KeyHash, key_id: &str) {
        let place = self.places.get(key_hash);
        if place == 0 || *self.holders[place as usize].key_id != *key_id {
            self.collided.retain(|holder| *holder.key_id != *key_id);
            return;
        }
        self.places.remove(key_hash);
        self.holders.swap_remove(place as usize);
        if let Some(moved) = self.holders.get(place as usize) {
            self.places.set(moved.key_hash, place);
        }
    }

    /// The number of the ids of this hash, of which each has the same.
    pub(crate) fn number(&self, key_hash: KeyHash) -> Option<u32> {
        let place = self.places.get(key_hash);
        let mut collided = self.collided.iter().filter(|holder| holder.key_hash == key_hash);
        let first = (place != 0).then(|| &self.holders[place as usize]);
        first.or_else(|| collided.next()).map(|holder| holder.number)
    }

    pub(crate) fn count(&self) -> usize {
        self.places.count() + self.collided.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<KeyHolder>> {
        self.holders.iter().skip(1).chain(&self.collided)
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
