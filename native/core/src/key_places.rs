//! The place of each key by the hash of its id, found in the same steps whether the key is there or not.
//!
//! A table that stops at the first match takes another way for an id that is unknown, and the time of an answer tells the
//! ways apart. Here a bucket is always read to its end, without a branch.
use crate::key_hash::KeyHash;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Hashes of a bucket: one line of the cache.
const BUCKET_SIZE: usize = 8;

/// Keys for each bucket at most, on the average; of 300 buckets one then has more keys than fit.
const LOAD_MAX: usize = 3;

#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
struct Hashes([u64; BUCKET_SIZE]);

#[derive(Debug)]
pub(crate) struct KeyPlaces {
    /// 0 where a bucket has room. The number of buckets is a power of two.
    hashes: Vec<Hashes>,
    places: Vec<[u32; BUCKET_SIZE]>,
    /// Of buckets that are full.
    spilled: HashMap<KeyHash, u32, BuildHasherDefault<HashOfHash>>,
    count: usize,
}

impl Default for KeyPlaces {
    fn default() -> Self {
        Self::with_buckets(1)
    }
}

impl KeyPlaces {
    fn with_buckets(count: usize) -> Self {
        Self {
            hashes: vec![Hashes::default(); count],
            places: vec![[0; BUCKET_SIZE]; count],
            spilled: HashMap::default(),
            count: 0,
        }
    }

    /// 0 when the hash has none.
    #[inline]
    pub(crate) fn get(&self, hash: KeyHash) -> u32 {
        let bucket = self.bucket(hash);
        let Hashes(hashes) = &self.hashes[bucket];
        let pairs = hashes.iter().zip(&self.places[bucket]);
        let found = pairs.fold(0, |found, (other, place)| {
            found | u64::from(*place) & same(*other, hash.get())
        });
        let [a, b, c, d, ..] = found.to_le_bytes();
        let found = u32::from_le_bytes([a, b, c, d]);
        if hashes[BUCKET_SIZE - 1] == 0 || found != 0 {
            return found;
        }
        self.spilled.get(&hash).copied().unwrap_or(0)
    }

    /// `place` is not 0.
    pub(crate) fn set(&mut self, hash: KeyHash, place: u32) {
        self.remove(hash);
        self.put(hash, place);
        if self.count > LOAD_MAX * self.hashes.len() {
            self.grow();
        }
    }

    pub(crate) fn remove(&mut self, hash: KeyHash) {
        if self.spilled.remove(&hash).is_some() {
            self.count -= 1;
            return;
        }
        let bucket = self.bucket(hash);
        let Hashes(hashes) = &mut self.hashes[bucket];
        let Some(at) = hashes.iter().position(|other| *other == hash.get()) else {
            return;
        };
        hashes[at] = 0;
        self.count -= 1;
        // Whoever looks in a bucket with room at its end looks nowhere else.
        let spilled = self.spilled.keys().copied().find(|other| self.bucket(*other) == bucket);
        if let Some((spilled, place)) = spilled.and_then(|hash| self.spilled.remove_entry(&hash)) {
            self.count -= 1;
            self.put(spilled, place);
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    fn put(&mut self, hash: KeyHash, place: u32) {
        let bucket = self.bucket(hash);
        self.count += 1;
        match self.hashes[bucket].0.iter().position(|other| *other == 0) {
            Some(at) => {
                self.hashes[bucket].0[at] = hash.get();
                self.places[bucket][at] = place;
            }
            None => {
                self.spilled.insert(hash, place);
            }
        }
    }

    fn grow(&mut self) {
        let grown = Self::with_buckets(self.hashes.len() * 2);
        let old = std::mem::replace(self, grown);
        let hashes = old.hashes.iter().flat_map(|Hashes(hashes)| hashes);
        for (hash, place) in hashes.zip(old.places.as_flattened()) {
            if let Some(hash) = KeyHash::from_number(*hash) {
                self.put(hash, *place);
            }
        }
        for (hash, place) in old.spilled {
            self.put(hash, place);
        }
    }

    fn bucket(&self, hash: KeyHash) -> usize {
        hash.lo() as usize & (self.hashes.len() - 1)
    }
}

/// All bits set when the numbers are equal, else none. Written out, since a comparison is made a branch.
fn same(a: u64, b: u64) -> u64 {
    let difference = a ^ b;
    ((difference | difference.wrapping_neg()) >> 63).wrapping_sub(1)
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
    use proptest::prelude::*;

    /// Hashes of few buckets, so that buckets are full.
    fn crowded() -> impl Strategy<Value = KeyHash> {
        (0_u32..3, 0_u32..16).prop_map(|(bucket, other)| KeyHash::new(bucket << 8, other))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn holds_what_a_map_would_hold(changes in prop::collection::vec((crowded(), any::<bool>(), 1_u32..9), 0..400)) {
            let mut places = KeyPlaces::default();
            let mut model: HashMap<KeyHash, u32> = HashMap::new();
            let mut spilled_max = 0;
            for (hash, is_set, place) in changes {
                if is_set {
                    places.set(hash, place);
                    model.insert(hash, place);
                } else {
                    places.remove(hash);
                    model.remove(&hash);
                }
                spilled_max = spilled_max.max(places.spilled.len());
                prop_assert_eq!(places.count(), model.len());
                for (bucket, other) in (0..3).flat_map(|bucket| (0..16).map(move |other| (bucket, other))) {
                    let hash = KeyHash::new(bucket << 8, other);
                    prop_assert_eq!(places.get(hash), model.get(&hash).copied().unwrap_or(0));
                }
            }
            prop_assert!(spilled_max > 0 || model.len() < 3 * BUCKET_SIZE + 1);
        }
    }

    #[test]
    fn grows_with_its_keys_and_spills_few() {
        let mut places = KeyPlaces::default();
        for number in 1..=30_000_u32 {
            places.set(KeyHash::new(number.wrapping_mul(0x9e37_79b9), number), number);
        }
        assert_eq!(places.count(), 30_000);
        assert_eq!(places.hashes.len(), 16_384);
        assert!(places.spilled.len() < 100, "{}", places.spilled.len());
        for number in 1..=30_000_u32 {
            assert_eq!(
                places.get(KeyHash::new(number.wrapping_mul(0x9e37_79b9), number)),
                number
            );
        }
    }
}
