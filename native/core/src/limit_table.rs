//! One limit with its counters; see `harness/core/limit-table.ts`, where it is shown why no key gets more than its limit.
//!
//! Entries lie in one vector and never move; the map holds their index, and the queue an instant before which an
//! entry is not over.
use crate::error::GateError;
use crate::family::{Counter, Family};
use crate::spec::{BanSpec, Decision, LimitBy, LimitSpec};
use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

#[derive(Debug)]
struct Entry {
    key: Arc<str>,
    counter: Counter,
    /// Throttles since the last admission.
    strikes: u64,
    /// 0: not banned. A ban ends at this very microsecond.
    banned_until_us: u64,
}

/// Ordered by due time, equals by arrival.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ticket {
    due_us: u64,
    order: u64,
    slot: usize,
}

/// What a limit said to a request, and what it needs to know to charge it in the same instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) decision: Decision,
    /// First instant at which the request could pass this limit; 0 when it passes, or never can.
    pub(crate) retry_at_us: u64,
    pub(crate) remaining: u64,
    pub(crate) reset_at_us: u64,
    pub(crate) is_cold: bool,
    slot: Option<usize>,
    is_slot_free: bool,
    cost: u64,
    now_us: u64,
}

#[derive(Debug)]
pub(crate) struct LimitTable {
    pub(crate) by: LimitBy,
    family: Family,
    ban: Option<BanSpec>,
    keys_max: usize,
    slots: HashMap<Arc<str>, usize>,
    entries: Vec<Entry>,
    queue: BinaryHeap<Reverse<Ticket>>,
    cold: Counter,
    arrivals: u64,
}

impl LimitTable {
    pub(crate) fn new(spec: &LimitSpec, origin_us: u64) -> Result<Self, GateError> {
        Ok(Self {
            by: spec.by,
            family: Family::new(&spec.numbers, origin_us)?,
            ban: spec.ban,
            keys_max: usize::try_from(spec.max_keys).unwrap_or(usize::MAX),
            slots: HashMap::new(),
            entries: Vec::new(),
            queue: BinaryHeap::new(),
            cold: Counter::default(),
            arrivals: 0,
        })
    }

    /// What this limit says to the request; nothing is taken yet.
    pub(crate) fn look(&mut self, key: &str, cost: u64, now_us: u64) -> Look {
        let slot = self.slots.get(key).copied();
        let is_slot_free = slot.is_none() && self.has_slot(now_us);
        let (counter, banned_until_us) = match slot {
            Some(slot) => (self.entries[slot].counter, self.entries[slot].banned_until_us),
            None => (self.cold, 0),
        };
        let mut look = Look {
            decision: Decision::Never,
            retry_at_us: 0,
            remaining: self.family.remaining(counter, now_us),
            reset_at_us: now_us.max(self.family.idle_at_us(counter)),
            is_cold: slot.is_none() && (!is_slot_free || self.family.idle_at_us(self.cold) > now_us),
            slot,
            is_slot_free,
            cost,
            now_us,
        };
        if cost > self.family.capacity() {
            return look;
        }
        let retry_at_us = self.family.retry_at_us(counter, cost, now_us);
        if banned_until_us > now_us {
            look.decision = Decision::Banned;
            look.retry_at_us = retry_at_us.max(banned_until_us);
        } else if retry_at_us > now_us {
            look.decision = Decision::Throttled;
            look.retry_at_us = retry_at_us;
        } else {
            look.decision = Decision::Admitted;
        }
        look
    }

    /// Takes the cells of a request that fits, and brings the look up to date.
    pub(crate) fn charge(&mut self, key: &str, look: &mut Look, is_admitted: bool) {
        let slot = self.own_slot(key, look);
        let before = slot.map_or(self.cold, |slot| self.entries[slot].counter);
        let after = self.family.charged(before, look.cost, look.now_us);
        look.remaining = self.family.remaining(after, look.now_us);
        look.reset_at_us = self.family.idle_at_us(after);
        let Some(slot) = slot else {
            self.cold = after;
            return;
        };
        let entry = &mut self.entries[slot];
        if is_admitted || self.family.idle_at_us(before) <= look.now_us {
            entry.strikes = 0;
        }
        entry.counter = after;
        self.enqueue_new(slot, look);
    }

    /// Remembers that this limit throttled the request, and bans the key when it was once too often.
    pub(crate) fn strike(&mut self, key: &str, look: &mut Look) {
        let Some(ban) = self.ban else { return };
        let Some(slot) = self.own_slot(key, look) else { return };
        let entry = &mut self.entries[slot];
        entry.strikes += 1;
        if entry.strikes >= ban.after_throttles {
            entry.strikes = 0;
            entry.banned_until_us = look.now_us + ban.for_us;
            look.retry_at_us = look.retry_at_us.max(entry.banned_until_us);
        }
        self.enqueue_new(slot, look);
    }

    /// The key's slot, taken when one is free; none when the cold counter serves the key.
    fn own_slot(&mut self, key: &str, look: &Look) -> Option<usize> {
        if look.slot.is_some() || !look.is_slot_free {
            return look.slot;
        }
        let key: Arc<str> = Arc::from(key);
        let entry = Entry {
            key: Arc::clone(&key),
            counter: self.cold,
            strikes: 0,
            banned_until_us: 0,
        };
        let slot = if self.entries.len() < self.keys_max {
            self.entries.push(entry);
            self.entries.len() - 1
        } else {
            // The look has found the head of the queue to be over.
            let Reverse(ticket) = self.queue.pop()?;
            self.slots.remove(&self.entries[ticket.slot].key);
            self.entries[ticket.slot] = entry;
            ticket.slot
        };
        self.slots.insert(key, slot);
        Some(slot)
    }

    /// An entry joins the queue after its first change, when its due time is known.
    fn enqueue_new(&mut self, slot: usize, look: &mut Look) {
        if look.slot.is_none() {
            let ticket = Ticket {
                due_us: self.due_us(slot),
                order: self.arrivals,
                slot,
            };
            self.queue.push(Reverse(ticket));
            self.arrivals += 1;
            look.slot = Some(slot);
        }
    }

    /// Whether a new key can have a slot. Entries become due later than they were queued for, never earlier.
    fn has_slot(&mut self, now_us: u64) -> bool {
        if self.entries.len() < self.keys_max {
            return true;
        }
        let until_us = self.family.reusable_until_us(self.cold, now_us);
        while let Some(Reverse(first)) = self.queue.peek() {
            if first.due_us > until_us {
                return false;
            }
            let due_us = self.due_us(first.slot);
            if due_us == first.due_us {
                return true;
            }
            if let Some(mut first) = self.queue.peek_mut() {
                first.0.due_us = due_us;
                drop::<PeekMut<'_, _>>(first);
            }
        }
        false
    }

    fn due_us(&self, slot: usize) -> u64 {
        let entry = &self.entries[slot];
        self.family.idle_at_us(entry.counter).max(entry.banned_until_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{LimitNumbers, WindowAnchor};

    fn table(numbers: LimitNumbers, max_keys: u64) -> LimitTable {
        LimitTable::new(
            &LimitSpec {
                by: LimitBy::Ip,
                numbers,
                costs: vec![1],
                ban: None,
                max_keys,
            },
            0,
        )
        .unwrap()
    }

    fn admits(table: &mut LimitTable, key: &str, now_us: u64) -> bool {
        let mut look = table.look(key, 1, now_us);
        let is_admitted = look.decision == Decision::Admitted;
        if is_admitted {
            table.charge(key, &mut look, true);
        }
        is_admitted
    }

    #[test]
    fn a_key_that_gets_a_slot_after_the_cold_counter_served_it_does_not_get_its_cells_twice() {
        let mut table = table(
            LimitNumbers::TokenBucket {
                capacity: 2,
                refill_cells: 1,
                refill_period_us: 10,
            },
            1,
        );
        assert!(admits(&mut table, "a", 0), "has the only slot until 10");
        assert!(
            admits(&mut table, "b", 9) && admits(&mut table, "b", 9),
            "on the cold counter"
        );
        assert!(
            !admits(&mut table, "b", 10),
            "has a slot now, with the debt of the cold counter"
        );
        assert!(admits(&mut table, "b", 19), "one cell is back");
    }

    #[test]
    fn a_slot_is_kept_while_its_first_hit_window_overlaps_the_cold_one() {
        let numbers = LimitNumbers::FixedWindow {
            capacity: 1,
            window_us: 10,
            anchor: WindowAnchor::FirstHit,
        };
        let mut table = table(numbers, 1);
        assert!(admits(&mut table, "a", 0));
        assert!(admits(&mut table, "b", 5), "starts the cold window");
        assert!(
            !admits(&mut table, "b", 11),
            "the slot of a is idle, but b must not leave the cold window"
        );
        assert!(admits(&mut table, "a", 11), "a kept its slot");
        assert_eq!(table.entries.len(), 1);
    }
}
