//! Signatures that were used and are still fresh; see `harness/core/replay-window.ts`.
//!
//! A claim is live to the last instant at which its signature would be accepted, that instant included, and not longer.
//! When the memory is full, or one key has its part of it, nothing is forgotten to make room: signed requests are refused.
//! Memory is asked for once and touched as it is used: at most 68 bytes for each claim.
use crate::claim_expiry::{ClaimExpiry, Place, Placed};
use crate::error::GateError;
use crate::hash_index::HashIndex;
use crate::key_hash::{HashSecret, KeyHash};
use crate::spec::Decision;

/// One use of one signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    key_number: u32,
    /// The first 128 bits of the MAC.
    mac: [u8; 16],
    /// Who has a key can try messages until parts of MACs are equal, but not until their keyed hashes are.
    hash: KeyHash,
}

impl Claim {
    pub(crate) fn new(secret: HashSecret, key_number: u32, mac: [u8; 16]) -> Self {
        // Half of a MAC is enough to spread claims; the key counts, since many may have been given one secret. Multiplied
        // by a secret odd number, values that are chosen without it fall together no more often than by chance.
        let half = mac[..8].iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        let half = half ^ u64::from(key_number).rotate_left(32);
        let multiplier = u64::from(secret.k1) << 32 | u64::from(secret.k0) | 1;
        let product = u128::from(half ^ multiplier.swap_bytes()) * u128::from(multiplier | 1 << 63);
        let [hi, lo] = [product >> 96, product >> 64].map(|word| {
            let [a, b, c, d, ..] = word.to_le_bytes();
            u32::from_le_bytes([a, b, c, d])
        });
        Self {
            key_number,
            mac,
            hash: KeyHash::new(lo, hi),
        }
    }
}

/// Memory of one claim; when it is free, `home` is the next free one.
#[derive(Debug)]
struct Entry {
    key_number: u32,
    mac: [u8; 16],
    home: u32,
    place: Place,
}

impl Placed for Entry {
    fn place(&mut self) -> &mut Place {
        &mut self.place
    }
}

const NONE: u32 = u32::MAX;

pub(crate) struct ReplayWindow {
    capacity: usize,
    per_key: u64,
    longest_life_us: u64,
    /// The latest instant that it was asked at; what has expired then does not come back.
    now_us: u64,
    live: usize,
    /// Live claims by number of the key.
    counts: Vec<u32>,
    entries: Vec<Entry>,
    free: u32,
    index: HashIndex,
    expiry: ClaimExpiry,
}

impl ReplayWindow {
    /// `longest_life_us` is how long a claim can be live from the moment at which it is made.
    ///
    /// # Errors
    /// `GateError::Gate` when there is no memory for so many claims.
    pub(crate) fn new(capacity: u64, per_key: u64, longest_life_us: u64) -> Result<Self, GateError> {
        let no_memory = || GateError::Gate(format!("auth.replayCapacity: no memory for {capacity} claims"));
        let size = usize::try_from(capacity).map_err(|_| no_memory())?;
        let index = HashIndex::new(size)?;
        let mut entries = Vec::new();
        entries.try_reserve_exact(size).map_err(|_| no_memory())?;
        Ok(Self {
            capacity: size,
            per_key,
            longest_life_us,
            now_us: 0,
            live: 0,
            counts: Vec::new(),
            entries,
            free: NONE,
            index,
            expiry: ClaimExpiry::new(size, longest_life_us).map_err(|_| no_memory())?,
        })
    }

    /// What `claim` would say now.
    #[cfg(test)]
    fn look(&mut self, claim: Claim, now_us: u64) -> Decision {
        self.advance(now_us);
        self.judge(claim)
    }

    /// Claims the signature when the answer is `Admitted`.
    ///
    /// `Stale` when another thread was here at a later instant, at which the signature is not accepted any more: its claim
    /// may have been forgotten. `FromFuture` when it would be live longer than any claim may.
    pub(crate) fn claim(&mut self, claim: Claim, last_fresh_us: u64, now_us: u64) -> Decision {
        self.advance(now_us);
        if last_fresh_us < self.now_us {
            return Decision::Stale;
        }
        if last_fresh_us - self.now_us > self.longest_life_us {
            return Decision::FromFuture;
        }
        let decision = self.judge(claim);
        if decision == Decision::Admitted {
            self.insert(claim, last_fresh_us);
        }
        decision
    }

    /// Gives a claim back as if it had not been made; one that has expired since is gone already.
    pub(crate) fn release(&mut self, claim: Claim) {
        if let Some(entry) = self.find(claim) {
            self.expiry.remove(&mut self.entries, entry);
            self.forget(entry);
        }
    }

    fn advance(&mut self, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
        while let Some(entry) = self.expiry.pop(&mut self.entries, self.now_us) {
            self.forget(entry);
        }
    }

    fn judge(&self, claim: Claim) -> Decision {
        if self.find(claim).is_some() {
            Decision::Replayed
        } else if self.live < self.capacity && u64::from(self.count(claim.key_number)) < self.per_key {
            Decision::Admitted
        } else {
            Decision::ReplayFull
        }
    }

    fn find(&self, claim: Claim) -> Option<u32> {
        self.index.find(claim.hash, |entry| {
            let entry = &self.entries[entry as usize];
            entry.mac == claim.mac && entry.key_number == claim.key_number
        })
    }

    fn count(&self, key_number: u32) -> u32 {
        self.counts.get(key_number as usize).copied().unwrap_or(0)
    }

    fn insert(&mut self, claim: Claim, last_fresh_us: u64) {
        let made = Entry {
            key_number: claim.key_number,
            mac: claim.mac,
            home: self.index.home(claim.hash),
            place: Place::new(last_fresh_us),
        };
        let entry = if self.free == NONE {
            self.entries.push(made);
            u32::try_from(self.entries.len() - 1).unwrap_or_else(|_| unreachable!("the index holds fewer than 2^24"))
        } else {
            let entry = self.free;
            self.free = self.entries[entry as usize].home;
            self.entries[entry as usize] = made;
            entry
        };
        self.index.insert(claim.hash, entry);
        self.expiry.push(&mut self.entries, entry);
        let number = claim.key_number as usize;
        if number >= self.counts.len() {
            self.counts.resize(number + 1, 0);
        }
        self.counts[number] += 1;
        self.live += 1;
    }

    /// Frees an entry that `expiry` has let go.
    fn forget(&mut self, entry: u32) {
        let Self { index, entries, .. } = self;
        index.remove(entry, |entry| entries[entry as usize].home);
        let freed = &mut self.entries[entry as usize];
        self.counts[freed.key_number as usize] -= 1;
        freed.home = std::mem::replace(&mut self.free, entry);
        self.live -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: HashSecret = HashSecret { k0: 3, k1: 4 };

    fn claim(key_number: u32, mac: u8) -> Claim {
        Claim::new(SECRET, key_number, [mac; 16])
    }

    #[test]
    fn a_claim_is_kept_to_the_last_fresh_microsecond_and_frees_its_place_after_it() {
        let mut window = ReplayWindow::new(1, 1, 1000).unwrap();
        assert_eq!(window.claim(claim(0, 1), 100, 0), Decision::Admitted);
        assert_eq!(window.look(claim(0, 1), 100), Decision::Replayed);
        assert_eq!(window.look(claim(0, 2), 100), Decision::ReplayFull);
        assert_eq!(window.look(claim(0, 2), 101), Decision::Admitted);
    }

    #[test]
    fn one_key_gets_its_part_and_leaves_the_rest_to_others() {
        let mut window = ReplayWindow::new(4, 3, 1000).unwrap();
        for mac in 0..3 {
            assert_eq!(window.claim(claim(7, mac), 100, 0), Decision::Admitted);
        }
        assert_eq!(window.claim(claim(7, 3), 100, 0), Decision::ReplayFull);
        assert_eq!(
            window.claim(claim(7, 0), 100, 0),
            Decision::Replayed,
            "known before full"
        );
        assert_eq!(
            window.claim(claim(8, 0), 100, 0),
            Decision::Admitted,
            "the same MAC under another key"
        );
        assert_eq!(
            window.claim(claim(8, 1), 100, 0),
            Decision::ReplayFull,
            "no room for anybody"
        );
        window.release(claim(7, 1));
        assert_eq!(window.claim(claim(7, 3), 100, 0), Decision::Admitted);
        assert_eq!(window.look(claim(7, 1), 0), Decision::ReplayFull);
    }

    #[test]
    fn a_claim_that_came_too_late_or_would_live_too_long_is_refused() {
        let mut window = ReplayWindow::new(4, 4, 1000).unwrap();
        assert_eq!(window.look(claim(0, 0), 500), Decision::Admitted);
        assert_eq!(window.claim(claim(0, 0), 499, 400), Decision::Stale);
        assert_eq!(window.claim(claim(0, 0), 500, 400), Decision::Admitted);
        assert_eq!(window.claim(claim(0, 1), 1500, 400), Decision::Admitted);
        assert_eq!(window.claim(claim(0, 2), 1501, 500), Decision::FromFuture);
        assert_eq!(window.look(claim(0, 1), 1500), Decision::Replayed);
    }

    #[test]
    fn claims_that_are_given_back_over_and_over_take_no_more_memory() {
        // Generations of 1024 microseconds: all of these expire in the one that runs, after the first.
        let mut window = ReplayWindow::new(8, 8, 1 << 20).unwrap();
        assert_eq!(window.claim(claim(1, 0), 10, 0), Decision::Admitted);
        let (entries, order) = (window.entries.capacity(), window.expiry.room());
        for _ in 0..10_000 {
            for (mac, last_fresh_us) in [(1, 20), (2, 20), (3, 5000)] {
                assert_eq!(window.claim(claim(0, mac), last_fresh_us, 0), Decision::Admitted);
            }
            for mac in [1, 2, 3] {
                window.release(claim(0, mac));
            }
        }
        assert_eq!((window.entries.capacity(), window.expiry.room()), (entries, order));
        assert_eq!((window.live, window.count(0), window.count(1)), (1, 0, 1));
        assert_eq!(window.look(claim(1, 0), 10), Decision::Replayed);
        assert_eq!(window.look(claim(1, 0), 11), Decision::Admitted);
        assert_eq!(window.live, 0);
    }

    #[test]
    fn keys_with_one_secret_do_not_claim_for_each_other() {
        let mut window = ReplayWindow::new(5000, 1, 1000).unwrap();
        for key_number in 0..5000 {
            assert_eq!(window.claim(claim(key_number, 1), 100, 0), Decision::Admitted);
        }
        assert_eq!(window.claim(claim(4999, 1), 100, 0), Decision::Replayed);
    }

    /// The window as it is meant: a list of what was claimed.
    struct Model {
        claims: Vec<(Claim, u64)>,
        now_us: u64,
    }

    impl Model {
        fn look(&mut self, claim: Claim, now_us: u64, room: Room) -> Decision {
            self.now_us = self.now_us.max(now_us);
            let now_us = self.now_us;
            self.claims.retain(|(_, last_fresh_us)| now_us <= *last_fresh_us);
            let of_key = |(other, _): &&(Claim, u64)| other.key_number == claim.key_number;
            if self.claims.iter().any(|(other, _)| *other == claim) {
                Decision::Replayed
            } else if self.claims.len() as u64 >= room.capacity
                || self.claims.iter().filter(of_key).count() as u64 >= room.per_key
            {
                Decision::ReplayFull
            } else {
                Decision::Admitted
            }
        }
    }

    #[derive(Debug, Clone, Copy)]
    struct Room {
        capacity: u64,
        per_key: u64,
        longest_life_us: u64,
    }

    #[derive(Debug, Clone)]
    enum Act {
        Look,
        Claim,
        Release,
    }

    /// Lives at the ends of a range and within it; the window of the last is one generation.
    fn lives() -> impl Strategy<Value = u64> {
        prop::sample::select(vec![1, 3, 500, 1023, 1024, 2049, 4095, 60_000_000, 1 << 40, 1 << 49])
    }

    fn rooms() -> impl Strategy<Value = Room> {
        (1_u64..20, lives()).prop_flat_map(|(capacity, longest_life_us)| {
            (1..=capacity).prop_map(move |per_key| Room {
                capacity,
                per_key,
                longest_life_us,
            })
        })
    }

    /// A part of the longest life: nothing, a microsecond, a little, some, all of it.
    fn part(longest_life_us: u64, kind: u8, fraction: u16) -> u64 {
        let some = (u128::from(longest_life_us) * u128::from(fraction)) >> 16;
        match kind {
            0 => 0,
            1 => 1,
            2 => u64::try_from(some).unwrap() / 1000,
            3 => u64::try_from(some).unwrap(),
            _ => longest_life_us,
        }
    }

    /// What is done, by which key with which MAC, how long it is to live, and how far time goes before it.
    type Step = (Act, u32, u8, (u8, u16), (u8, u16));

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let act = prop_oneof![2 => Just(Act::Look), 5 => Just(Act::Claim), 2 => Just(Act::Release)];
        let step = (act, 0_u32..3, 0_u8..8, (0_u8..5, any::<u16>()), (0_u8..8, any::<u16>()));
        prop::collection::vec(step, 0..120)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn decides_as_a_list_of_claims_would(room in rooms(), start_us in 0_u64..1 << 50, steps in steps()) {
            let mut window = ReplayWindow::new(room.capacity, room.per_key, room.longest_life_us).unwrap();
            let mut model = Model { claims: Vec::new(), now_us: 0 };
            let mut now_us = start_us;
            for (act, key_number, mac, (life, life_part), (gone, gone_part)) in steps {
                now_us = match gone {
                    // To the last instant of some claim, or the microsecond after it.
                    5 | 6 => model.claims.get(usize::from(gone_part) % 8).map_or(now_us, |(_, last_fresh_us)| {
                        now_us.max(last_fresh_us + u64::from(gone) - 5)
                    }),
                    // Far beyond everything, or back.
                    7 if gone_part % 2 == 0 => now_us + 3 * room.longest_life_us,
                    7 => now_us.saturating_sub(5),
                    _ => now_us + part(room.longest_life_us, gone, gone_part),
                };
                let claim = claim(key_number, mac);
                match act {
                    Act::Look => prop_assert_eq!(window.look(claim, now_us), model.look(claim, now_us, room)),
                    Act::Claim => {
                        let last_fresh_us = now_us.max(model.now_us) + part(room.longest_life_us, life, life_part);
                        let expected = model.look(claim, now_us, room);
                        if expected == Decision::Admitted {
                            model.claims.push((claim, last_fresh_us));
                        }
                        prop_assert_eq!(window.claim(claim, last_fresh_us, now_us), expected);
                    }
                    Act::Release => {
                        window.release(claim);
                        model.claims.retain(|(other, _)| *other != claim);
                    }
                }
            }
            let last = model.claims.iter().map(|(_, last_fresh_us)| *last_fresh_us).max().unwrap_or(0);
            window.look(claim(9, 9), last + 1);
            prop_assert_eq!((window.live, window.counts.iter().sum::<u32>()), (0, 0));
        }
    }
}
