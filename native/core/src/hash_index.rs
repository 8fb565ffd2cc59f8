//! Finds an entry of a list by its hash: claims of the replay window, keys of the keyring.
use crate::error::GateError;
use crate::key_hash::KeyHash;

/// Low bits of a word: number of the entry + 1, so that an empty word is 0. The bits above hold a part of the hash, which
/// spares the look at nearly every other entry.
const ENTRY_BITS: u32 = 24;
const ENTRY_MASK: u32 = (1 << ENTRY_BITS) - 1;
pub(crate) const ENTRIES_MAX: usize = ENTRY_MASK as usize - 1;

/// Open addressing with linear probing; at most half of the words are in use, and a removal moves those behind it up, so
/// that a search ends at the first empty word however long the gate has run.
#[derive(Debug)]
pub(crate) struct HashIndex {
    words: Vec<u32>,
}

impl HashIndex {
    /// # Errors
    /// `GateError::Gate` when there is no memory for it, or `capacity` is above `ENTRIES_MAX`.
    pub(crate) fn new(capacity: usize) -> Result<Self, GateError> {
        if capacity > ENTRIES_MAX {
            return Err(GateError::Gate(format!("an index of {capacity} is out of range")));
        }
        let size = capacity * 2;
        // Zeroed memory that is not touched yet comes from `vec!` alone, which aborts where there is none; so it is asked
        // for the other way first.
        let mut attempt: Vec<u32> = Vec::new();
        attempt
            .try_reserve_exact(size)
            .map_err(|_| GateError::Gate(format!("no memory for an index of {capacity}")))?;
        drop(attempt);
        Ok(Self { words: vec![0; size] })
    }

    /// Where the search for a hash begins.
    pub(crate) fn home(&self, hash: KeyHash) -> u32 {
        Self::home_in(self.words.len(), hash)
    }

    /// The same for an index of so many words.
    pub(crate) fn home_in(words: usize, hash: KeyHash) -> u32 {
        let scaled = u64::from(hash.lo()) * words as u64;
        let [.., a, b, c, d] = scaled.to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }

    pub(crate) fn words(&self) -> usize {
        self.words.len()
    }

    /// The entry that `is_it` says yes to, among those of this hash.
    pub(crate) fn find(&self, hash: KeyHash, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let tag = tag(hash);
        let mut at = self.home(hash) as usize;
        loop {
            let word = self.words[at];
            if word == 0 {
                return None;
            }
            if word & !ENTRY_MASK == tag && is_it((word & ENTRY_MASK) - 1) {
                return Some((word & ENTRY_MASK) - 1);
            }
            at = self.after(at);
        }
    }

    /// The entry that `find` will ask about first, most likely the one that it finds.
    #[inline]
    pub(crate) fn guess(&self, hash: KeyHash) -> Option<u32> {
        let word = self.words[self.home(hash) as usize];
        (word != 0 && word & !ENTRY_MASK == tag(hash)).then(|| (word & ENTRY_MASK) - 1)
    }

    /// `entry` is not in the index yet, and there is room: `capacity` holds no more.
    pub(crate) fn insert(&mut self, hash: KeyHash, entry: u32) {
        let mut at = self.home(hash) as usize;
        while self.words[at] != 0 {
            at = self.after(at);
        }
        self.words[at] = tag(hash) | (entry + 1);
    }

    /// Takes out an entry that is in the index; `home_of` says where the search for an entry begins.
    pub(crate) fn remove(&mut self, entry: u32, home_of: impl Fn(u32) -> u32) {
        let mut hole = home_of(entry) as usize;
        while self.words[hole] & ENTRY_MASK != entry + 1 {
            hole = self.after(hole);
        }
        let mut at = hole;
        loop {
            at = self.after(at);
            let word = self.words[at];
            if word == 0 {
                break;
            }
            // It may move up to the hole when its search passes there: when its home lies as far back or further.
            let origin = home_of((word & ENTRY_MASK) - 1) as usize;
            if self.distance(origin, at) >= self.distance(hole, at) {
                self.words[hole] = word;
                hole = at;
            }
        }
        self.words[hole] = 0;
    }

    fn after(&self, at: usize) -> usize {
        if at + 1 == self.words.len() { 0 } else { at + 1 }
    }

    /// Steps of a search from one place to another.
    fn distance(&self, from: usize, to: usize) -> usize {
        if to >= from {
            to - from
        } else {
            to + self.words.len() - from
        }
    }
}

fn tag(hash: KeyHash) -> u32 {
    hash.hi() << ENTRY_BITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Hashes that crowd: few homes, of which some are the last places, and few tags.
    fn crowded() -> impl Strategy<Value = KeyHash> {
        (0_u32..8, 0_u32..2).prop_map(|(place, tag)| KeyHash::new(place.wrapping_sub(4) << 29, tag))
    }

    proptest! {
        #[test]
        fn finds_what_is_there_and_nothing_else_after_any_history(
            changes in prop::collection::vec((0_u32..12, crowded()), 1..200),
        ) {
            let mut index = HashIndex::new(12).unwrap();
            let mut hashes: [Option<KeyHash>; 12] = [None; 12];
            for (entry, hash) in changes {
                if hashes[entry as usize].take().is_some_and(|old| {
                    let homes = hashes.map(|hash| hash.map(|hash| index.home(hash)));
                    let own = index.home(old);
                    index.remove(entry, |other| homes[other as usize].unwrap_or(own));
                    true
                }) {
                    prop_assert_eq!(index.find(hash, |found| found == entry), None);
                } else {
                    index.insert(hash, entry);
                    hashes[entry as usize] = Some(hash);
                }
                for (entry, hash) in (0..).zip(hashes) {
                    if let Some(hash) = hash {
                        prop_assert_eq!(index.find(hash, |found| found == entry), Some(entry));
                    }
                }
                let used = index.words.iter().filter(|word| **word != 0).count();
                prop_assert_eq!(used, hashes.iter().flatten().count());
            }
        }
    }

    #[test]
    fn asks_only_about_entries_that_share_the_tag() {
        let mut index = HashIndex::new(4).unwrap();
        index.insert(KeyHash::new(5, 1), 0);
        index.insert(KeyHash::new(5, 2), 1);
        let found = index.find(KeyHash::new(5, 2), |entry| {
            assert_eq!(entry, 1);
            true
        });
        assert_eq!(found, Some(1));
        assert_eq!(
            index.find(KeyHash::new(5, 3), |_| unreachable!("no entry has this tag")),
            None
        );
    }

    #[test]
    fn refuses_more_claims_than_its_words_can_name() {
        assert!(HashIndex::new((1 << 24) - 2).is_ok());
        assert!(HashIndex::new((1 << 24) - 1).is_err());
    }
}
