//! Sliding log; see `harness/core/sliding-log.ts`.
//!
//! Each slot has a ring of at most `capacity` instants with the cells that were charged then: each entry that still counts
//! has a cell at least, and together they have no more than the capacity. The last ring is the cold counter's. The memory
//! is the system's until it is first written to.
use crate::error::GateError;
use crate::family::{Charge, Counter};

/// So many instants are kept for a key at most.
pub(crate) const CAPACITY_MAX: u64 = 10_000;
pub(crate) const MEMORY_BYTES_MAX: u64 = 1 << 31;
/// An instant and its cells.
const ENTRY_BYTES: u64 = 12;

/// Of all rings; no overflow within the ranges of a spec.
pub(crate) fn memory_bytes(keys_max: u64, capacity: u64) -> u64 {
    keys_max * 5 / 4 * capacity * ENTRY_BYTES
}

#[derive(Debug)]
pub(crate) struct SlidingLog {
    pub(crate) capacity: u64,
    window_us: u64,
    rings: Box<[Ring]>,
    /// `capacity` of each for every ring.
    instants_us: Box<[u64]>,
    cells: Box<[u32]>,
}

/// Which entries of a slot's share are in use.
#[derive(Debug, Clone, Copy, Default, zerocopy::FromZeros)]
#[repr(C)]
struct Ring {
    first: u32,
    count: u32,
}

impl SlidingLog {
    pub(crate) fn new(capacity: u64, window_us: u64, slots: usize) -> Result<Self, GateError> {
        let rings = slots + 1;
        let size = usize::try_from(capacity).ok().and_then(|size| size.checked_mul(rings));
        let size = size.ok_or_else(no_memory)?;
        Ok(Self {
            capacity,
            window_us,
            rings: zeros(rings)?,
            instants_us: zeros(size)?,
            cells: zeros(size)?,
        })
    }

    /// The counter with those cells alone that still count.
    pub(crate) fn seen(&self, slot: usize, counter: Counter, now_us: u64) -> Counter {
        let over = self.entries(slot).take_while(|(at_us, _)| self.is_over(*at_us, now_us));
        let over: u64 = over.map(|(_, cells)| cells).sum();
        Counter {
            used: counter.used - over.cast_signed(),
            ..counter
        }
    }

    /// The instant at which so many cells have left the window that the cost fits. `counter` is as `seen` at `now_us`.
    pub(crate) fn retry_at_us(&self, slot: usize, counter: Counter, cost: u64, now_us: u64) -> u64 {
        let mut used = counter.used.cast_unsigned();
        let mut retry_at_us = now_us;
        for (at_us, cells) in self.entries(slot).skip_while(|(at_us, _)| self.is_over(*at_us, now_us)) {
            if used + cost <= self.capacity {
                break;
            }
            used -= cells;
            retry_at_us = at_us + self.window_us;
        }
        retry_at_us
    }

    pub(crate) fn charged(&mut self, slot: usize, counter: Counter, cost: u64, now_us: u64) -> Counter {
        let seen = self.seen(slot, counter, now_us);
        while self.rings[slot].count > 0 && self.is_over(self.entry(slot, 0).0, now_us) {
            let ring = self.rings[slot];
            self.rings[slot] = Ring {
                first: self.after(ring.first, 1),
                count: ring.count - 1,
            };
        }
        let ring = self.rings[slot];
        if ring.count > 0 && self.entry(slot, ring.count - 1).0 == now_us {
            let place = self.place(slot, ring.count - 1);
            self.cells[place] += word(cost);
        } else {
            self.set(slot, ring.count, (now_us, cost));
            self.rings[slot].count += 1;
        }
        Counter {
            at: now_us,
            used: seen.used + cost.cast_signed(),
        }
    }

    /// Takes the cells off their instant again, if it is still there; nothing else was changed by the charge.
    pub(crate) fn given_back(&mut self, slot: usize, counter: Counter, charge: Charge) -> Counter {
        let count = self.rings[slot].count;
        let Some(index) = (0..count)
            .rev()
            .find(|index| self.entry(slot, *index).0 == charge.at_us)
        else {
            return counter;
        };
        let (at_us, cells) = self.entry(slot, index);
        if cells > charge.cost {
            self.set(slot, index, (at_us, cells - charge.cost));
        } else {
            for later in index + 1..count {
                self.set(slot, later - 1, self.entry(slot, later));
            }
            self.rings[slot].count -= 1;
        }
        Counter {
            at: self.entries(slot).last().map_or(0, |(at_us, _)| at_us),
            used: counter.used - charge.cost.min(cells).cast_signed(),
        }
    }

    pub(crate) fn remaining(&self, counter: Counter) -> u64 {
        self.capacity.saturating_sub(counter.used.cast_unsigned())
    }

    pub(crate) fn idle_at_us(&self, counter: Counter) -> u64 {
        if counter.used == 0 {
            0
        } else {
            counter.at + self.window_us
        }
    }

    pub(crate) fn copy(&mut self, from: usize, to: usize) {
        let ring = self.rings[from];
        self.rings[to] = Ring {
            first: 0,
            count: ring.count,
        };
        for index in 0..ring.count {
            self.set(to, index, self.entry(from, index));
        }
    }

    /// Takes over what `old` kept for a slot: the latest cells, no more than fit.
    pub(crate) fn carry(&mut self, old: &Self, slot: usize) -> Counter {
        let mut kept = Vec::new();
        let mut used = 0;
        for index in (0..old.rings[slot].count).rev() {
            let (at_us, cells) = old.entry(slot, index);
            let cells = cells.min(self.capacity - used);
            if cells == 0 {
                break;
            }
            kept.push((at_us, cells));
            used += cells;
        }
        self.rings[slot] = Ring::default();
        for (at_us, cells) in kept.iter().rev() {
            let count = self.rings[slot].count;
            self.set(slot, count, (*at_us, *cells));
            self.rings[slot].count += 1;
        }
        Counter {
            at: kept.first().map_or(0, |(at_us, _)| *at_us),
            used: used.cast_signed(),
        }
    }

    /// What was charged at t counts until just before t + window.
    fn is_over(&self, at_us: u64, now_us: u64) -> bool {
        at_us + self.window_us <= now_us
    }

    /// Oldest first.
    fn entries(&self, slot: usize) -> impl Iterator<Item = (u64, u64)> {
        (0..self.rings[slot].count).map(move |index| self.entry(slot, index))
    }

    fn entry(&self, slot: usize, index: u32) -> (u64, u64) {
        let place = self.place(slot, index);
        (self.instants_us[place], u64::from(self.cells[place]))
    }

    fn set(&mut self, slot: usize, index: u32, (at_us, cells): (u64, u64)) {
        let place = self.place(slot, index);
        self.instants_us[place] = at_us;
        self.cells[place] = word(cells);
    }

    fn place(&self, slot: usize, index: u32) -> usize {
        let size = self.cells.len() / self.rings.len();
        slot * size + self.after(self.rings[slot].first, index) as usize
    }

    fn after(&self, first: u32, steps: u32) -> u32 {
        (first + steps) % word(self.capacity)
    }
}

/// Cells of a log are at most its capacity.
fn word(cells: u64) -> u32 {
    u32::try_from(cells).unwrap_or(u32::MAX)
}

fn zeros<T: zerocopy::FromZeros>(count: usize) -> Result<Box<[T]>, GateError> {
    <[T] as zerocopy::FromZeros>::new_box_zeroed_with_elems(count).map_err(|_| no_memory())
}

fn no_memory() -> GateError {
    GateError::Gate("the logs of a limit do not fit into memory".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A log with one slot and the cold one.
    fn log(capacity: u64, window_us: u64) -> SlidingLog {
        SlidingLog::new(capacity, window_us, 1).unwrap()
    }

    fn entries(log: &SlidingLog, slot: usize) -> Vec<(u64, u64)> {
        log.entries(slot).collect()
    }

    #[test]
    fn a_charge_counts_until_just_before_its_window_is_over() {
        let mut log = log(3, 100);
        let once = log.charged(0, Counter::default(), 2, 50);
        let twice = log.charged(0, once, 1, 60);
        assert_eq!(twice, Counter { at: 60, used: 3 });
        assert_eq!(log.retry_at_us(0, log.seen(0, twice, 149), 1, 149), 150);
        assert_eq!(log.retry_at_us(0, log.seen(0, twice, 149), 3, 149), 160);
        assert_eq!(log.seen(0, twice, 150).used, 1);
        assert_eq!(log.retry_at_us(0, log.seen(0, twice, 150), 2, 150), 150);
        assert_eq!((log.idle_at_us(twice), log.seen(0, twice, 160).used), (160, 0));
        assert_eq!(log.idle_at_us(Counter::default()), 0);
    }

    #[test]
    fn charges_of_one_instant_are_one_entry_and_the_ring_goes_round() {
        let mut log = log(2, 10);
        let mut counter = Counter::default();
        for (at_us, expected) in [
            (0, vec![(0, 1)]),
            (0, vec![(0, 2)]),
            (10, vec![(10, 1)]),
            (15, vec![(10, 1), (15, 1)]),
            (20, vec![(15, 1), (20, 1)]),
            (25, vec![(20, 1), (25, 1)]),
        ] {
            counter = log.charged(0, counter, 1, at_us);
            assert_eq!(entries(&log, 0), expected);
        }
        assert_eq!(entries(&log, 1), [], "the cold one is another");
    }

    #[test]
    fn a_copy_goes_on_by_itself() {
        let mut log = log(4, 10);
        let cold = log.charged(1, Counter::default(), 2, 5);
        log.copy(1, 0);
        let own = log.charged(0, cold, 1, 6);
        assert_eq!((entries(&log, 0), own.used), (vec![(5, 2), (6, 1)], 3));
        assert_eq!(entries(&log, 1), [(5, 2)]);
    }

    #[test]
    fn what_is_carried_into_a_smaller_log_are_the_latest_cells() {
        let mut old = log(9, 10);
        let mut counter = Counter::default();
        for (at_us, cells) in [(1, 2), (2, 3), (3, 1)] {
            counter = old.charged(0, counter, cells, at_us);
        }
        for (capacity, expected) in [
            (1, vec![(3, 1)]),
            (3, vec![(2, 2), (3, 1)]),
            (4, vec![(2, 3), (3, 1)]),
            (9, vec![(1, 2), (2, 3), (3, 1)]),
        ] {
            let mut new = log(capacity, 10);
            let carried = new.carry(&old, 0);
            assert_eq!(entries(&new, 0), expected);
            assert_eq!(
                carried,
                Counter {
                    at: 3,
                    used: capacity.min(6).cast_signed()
                }
            );
            assert_eq!((new.carry(&old, 1), entries(&new, 1)), (Counter::default(), vec![]));
        }
    }

    proptest! {
        /// Charges of which some are given back later, in any order, against a list of those that stand.
        #[test]
        fn counts_what_a_list_of_charges_says(
            capacity in 1_u64..6, window_us in 1_u64..20,
            charges in prop::collection::vec((1_u64..6, 0_u64..9, prop::option::of(0_usize..4)), 1..40),
        ) {
            let mut log = log(capacity, window_us);
            let (mut counter, mut now_us) = (Counter::default(), 0);
            let mut list: Vec<(u64, u64, Option<usize>)> = Vec::new();
            for (index, (cost, gap_us, returned_after)) in charges.into_iter().enumerate() {
                now_us += gap_us;
                let (due, rest): (Vec<_>, Vec<_>) =
                    list.into_iter().partition(|(.., due)| due.is_some_and(|due| due <= index));
                list = rest;
                for (at_us, cost, _) in due {
                    let charge = Charge { cost, at_us, before: Counter::default(), after: counter };
                    counter = log.given_back(0, counter, charge);
                }
                let used_at = |at_us: u64| -> u64 {
                    list.iter().filter(|(t, ..)| t + window_us > at_us).map(|(_, cost, _)| cost).sum()
                };
                let cost = cost.min(capacity);
                let seen = log.seen(0, counter, now_us);
                prop_assert_eq!(seen.used.cast_unsigned(), used_at(now_us));
                let retry_at_us = log.retry_at_us(0, seen, cost, now_us);
                prop_assert_eq!(Some(retry_at_us), (now_us..now_us + 2 * window_us).find(|at_us| used_at(*at_us) + cost <= capacity));
                prop_assert_eq!(log.remaining(seen), capacity - used_at(now_us));
                if retry_at_us == now_us {
                    counter = log.charged(0, counter, cost, now_us);
                    list.push((now_us, cost, returned_after.map(|turns| index + 1 + turns)));
                }
                prop_assert!(u64::from(log.rings[0].count) <= capacity);
            }
        }
    }
}
