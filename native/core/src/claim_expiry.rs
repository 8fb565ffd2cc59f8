//! Says which claims of the replay window have expired, in a time that does not grow with their number.
//!
//! Time is cut into generations of equal width. A claim that expires in a later generation hangs in the list of that
//! one; the claims of the generation that runs are kept in order. When time enters a generation its list is put in order,
//! and lists that it has passed are over as a whole.
use std::cmp::Reverse;
use std::collections::{BinaryHeap, TryReserveError};

/// Lists in the ring, a power of two: as many generations as the longest life can lead ahead.
const GENERATIONS: usize = 1024;

const NONE: u32 = u32::MAX;
const IN_ORDER: u32 = u32::MAX - 1;

/// Where an entry of the window stands. In a list: the entries after and before it. In order: its stamp, and a mark.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The last instant at which the claim is live.
    last_fresh_us: u64,
    next: u32,
    previous: u32,
}

impl Place {
    pub(crate) fn new(last_fresh_us: u64) -> Self {
        Self {
            last_fresh_us,
            next: NONE,
            previous: NONE,
        }
    }
}

/// An entry that has a place.
pub(crate) trait Placed {
    fn place(&mut self) -> &mut Place;
}

#[derive(Debug)]
pub(crate) struct ClaimExpiry {
    /// A generation is 2^`width_bits` microseconds wide.
    width_bits: u32,
    /// The one that runs.
    generation: u64,
    /// First entry of each list.
    lists: Vec<u32>,
    /// Entries in the lists.
    listed: usize,
    /// Last fresh instant, entry, stamp: the claims of the generation that runs, the first to expire on top. One whose
    /// claim was given back stays here until it comes to the top or room is short; it is known by its stamp.
    order: BinaryHeap<Reverse<(u64, u32, u32)>>,
    stamps: u32,
}

impl ClaimExpiry {
    /// For `capacity` claims of which none lives longer than `longest_life_us`.
    pub(crate) fn new(capacity: usize, longest_life_us: u64) -> Result<Self, TryReserveError> {
        let mut order = BinaryHeap::new();
        // A quarter more, so that what was given back is cleared away at most once in so many claims.
        order.try_reserve_exact(capacity + capacity / 4 + 64)?;
        // An instant so far ahead lies at most one generation further than the life has whole ones.
        let is_wide = |bits: &u32| longest_life_us >> bits < GENERATIONS as u64;
        Ok(Self {
            width_bits: (0..u64::BITS).find(is_wide).unwrap_or(u64::BITS - 1),
            generation: 0,
            lists: vec![NONE; GENERATIONS],
            listed: 0,
            order,
            stamps: 0,
        })
    }

    /// Takes in an entry that has not expired, after `pop` has said that none has.
    pub(crate) fn push<E: Placed>(&mut self, entries: &mut [E], entry: u32) {
        let last_fresh_us = entries[entry as usize].place().last_fresh_us;
        if last_fresh_us >> self.width_bits <= self.generation {
            self.put_in_order(entries, entry);
            return;
        }
        let list = self.list_of(last_fresh_us);
        let first = self.lists[list];
        let place = entries[entry as usize].place();
        (place.next, place.previous) = (first, NONE);
        if first != NONE {
            entries[first as usize].place().previous = entry;
        }
        self.lists[list] = entry;
        self.listed += 1;
    }

    /// Takes out an entry that has not expired.
    pub(crate) fn remove<E: Placed>(&mut self, entries: &mut [E], entry: u32) {
        let Place {
            last_fresh_us,
            next,
            previous,
        } = *entries[entry as usize].place();
        if previous == IN_ORDER {
            entries[entry as usize].place().previous = NONE;
            return;
        }
        if next != NONE {
            entries[next as usize].place().previous = previous;
        }
        if previous == NONE {
            let list = self.list_of(last_fresh_us);
            self.lists[list] = next;
        } else {
            entries[previous as usize].place().next = next;
        }
        self.listed -= 1;
    }

    /// Takes out an entry that is not live any more at `now_us`, which never goes back; none when all are.
    pub(crate) fn pop<E: Placed>(&mut self, entries: &mut [E], now_us: u64) -> Option<u32> {
        let now_generation = now_us >> self.width_bits;
        loop {
            while let Some(&Reverse((last_fresh_us, entry, stamp))) = self.order.peek() {
                let is_there = stands(entries, last_fresh_us, entry, stamp);
                if is_there && last_fresh_us >= now_us {
                    break;
                }
                self.order.pop();
                if is_there {
                    entries[entry as usize].place().previous = NONE;
                    return Some(entry);
                }
            }
            if self.generation == now_generation {
                return None;
            }
            // Here nothing is left in order: whatever was has expired with its generation.
            if self.listed == 0 {
                self.generation = now_generation;
                return None;
            }
            let next = self.generation + 1;
            let list = self.lists[list_index(next)];
            if next == now_generation {
                self.generation = next;
                self.order_list(entries);
            } else if list == NONE {
                self.generation = next;
            } else {
                self.remove(entries, list);
                return Some(list);
            }
        }
    }

    /// Moves the list of the generation that runs into order.
    fn order_list<E: Placed>(&mut self, entries: &mut [E]) {
        let list = list_index(self.generation);
        let mut entry = std::mem::replace(&mut self.lists[list], NONE);
        while entry != NONE {
            let next = entries[entry as usize].place().next;
            self.listed -= 1;
            self.put_in_order(entries, entry);
            entry = next;
        }
    }

    fn put_in_order<E: Placed>(&mut self, entries: &mut [E], entry: u32) {
        if self.order.len() == self.order.capacity() {
            self.order
                .retain(|&Reverse((last_fresh_us, entry, stamp))| stands(entries, last_fresh_us, entry, stamp));
        }
        self.stamps = self.stamps.wrapping_add(1);
        let place = entries[entry as usize].place();
        (place.next, place.previous) = (self.stamps, IN_ORDER);
        self.order.push(Reverse((place.last_fresh_us, entry, self.stamps)));
    }

    fn list_of(&self, last_fresh_us: u64) -> usize {
        list_index(last_fresh_us >> self.width_bits)
    }
}

/// Whether the claim is there for which this was put in order. After 2^32 claims a stamp comes again; but an entry with
/// the same last instant has expired at the same time.
fn stands<E: Placed>(entries: &mut [E], last_fresh_us: u64, entry: u32, stamp: u32) -> bool {
    let place = entries[entry as usize].place();
    place.previous == IN_ORDER && place.next == stamp && place.last_fresh_us == last_fresh_us
}

fn list_index(generation: u64) -> usize {
    let [low, high, ..] = generation.to_le_bytes();
    usize::from(u16::from_le_bytes([low, high])) % GENERATIONS
}

#[cfg(test)]
impl ClaimExpiry {
    /// How many can be in order before memory is asked for again.
    pub(crate) fn room(&self) -> usize {
        self.order.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Placed for Place {
        fn place(&mut self) -> &mut Place {
            self
        }
    }

    #[test]
    fn what_was_given_back_makes_room_when_it_is_short() {
        let mut expiry = ClaimExpiry::new(2, 1 << 20).unwrap();
        let mut entries = [Place::new(20), Place::new(20)];
        for _ in 1..expiry.room() {
            expiry.push(&mut entries, 0);
            expiry.remove(&mut entries, 0);
        }
        expiry.push(&mut entries, 0);
        assert_eq!(expiry.order.len(), expiry.room());
        expiry.push(&mut entries, 1);
        assert_eq!(expiry.order.len(), 2, "the two that are there");
        assert_eq!(expiry.pop(&mut entries, 20), None);
        let expired = [expiry.pop(&mut entries, 21), expiry.pop(&mut entries, 21)];
        assert_eq!(expired, [Some(0), Some(1)]);
        assert_eq!(expiry.pop(&mut entries, 21), None);
    }
}
