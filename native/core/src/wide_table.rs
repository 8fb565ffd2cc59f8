//! The counters of limits whose state is more than one word: all but buckets, and all that ban. Behind a mutex where
//! threads share them; see `harness/core/limit-table.ts`, where it is shown why no key gets more than its limit.
//!
//! Every look reads the gate's clock behind the mutex, so that time never goes back from one to the next.
use crate::ban::{Ban, Record};
use crate::clock::Clock;
use crate::concurrency::Concurrency;
use crate::error::GateError;
use crate::family::{Charge, Counter, Family};
use crate::key_hash::KeyHash;
use crate::layout::{LINE_SLOTS, Layout};
use crate::look::{Look, Place};
use crate::spec::{BanSpec, CELLS_MAX, Decision, LimitNumbers};

#[cfg(test)]
mod tests;

#[derive(Debug, Clone, Copy, zerocopy::FromZeros)]
#[repr(C)]
struct Entry {
    /// 0: no key ever.
    key: u64,
    counter: Counter,
    record: Record,
}

#[derive(Debug)]
pub(crate) struct WideTable {
    family: Family,
    ban: Option<Ban>,
    layout: Layout,
    entries: Box<[Entry]>,
    cold: Counter,
    /// Credits of which not all cells were taken.
    cuts: u64,
}

impl WideTable {
    pub(crate) fn new(
        numbers: &LimitNumbers,
        ban: Option<&BanSpec>,
        keys_max: u64,
        origin_us: u64,
    ) -> Result<Self, GateError> {
        let layout = Layout::new(keys_max);
        let count = layout.slot_count();
        let entries = <[Entry] as zerocopy::FromZeros>::new_box_zeroed_with_elems(count)
            .map_err(|_| GateError::Gate(format!("a table of {count} slots does not fit into memory")))?;
        Ok(Self {
            family: Family::new(numbers, origin_us, count)?,
            ban: ban.map(Ban::new),
            layout,
            entries,
            cold: Counter::default(),
            cuts: 0,
        })
    }

    /// What this limit says to a request of the look's cost; nothing is taken yet.
    pub(crate) fn look(&self, key: KeyHash, look: &mut Look, clock: &Clock) {
        let now_us = clock.now_us();
        let place = self.find(key).map_or_else(
            || self.find_free(key, now_us).map_or(Place::Cold, Place::Free),
            Place::Own,
        );
        let (counter, record) = match place {
            Place::Own(slot) => (self.entries[slot].counter, self.entries[slot].record),
            Place::Free(_) => (self.cold, Record::default()),
            Place::Cold => (self.family.cold(self.cold), Record::default()),
        };
        look.is_cold = match place {
            Place::Own(_) => false,
            Place::Free(_) => self.family.idle_at_us(self.cold) > now_us,
            Place::Cold => true,
        };
        look.now_us = now_us;
        look.counter = self.family.seen(self.number(place), counter, now_us);
        look.place = place;
        look.seen = u64::from(record.strikes);
        (look.before, look.cuts) = (counter, self.cuts);
        (look.decision, look.retry_at_us) = self.judge(look, record);
    }

    #[inline]
    fn judge(&self, look: &Look, record: Record) -> (Decision, u64) {
        if look.cost > CELLS_MAX || self.family.is_too_much(look.cost) {
            return (Decision::Never, 0);
        }
        let slot = self.number(look.place);
        let fits_at_us = self.family.retry_at_us(slot, look.counter, look.cost, look.now_us);
        let retry_at_us = fits_at_us.max(record.banned_until_us);
        if record.banned_until_us > look.now_us {
            (Decision::Banned, retry_at_us)
        } else if retry_at_us > look.now_us {
            (Decision::Throttled, retry_at_us)
        } else {
            (Decision::Admitted, 0)
        }
    }

    /// Looks once more, since other threads may have been here, and takes the cells if they still fit.
    pub(crate) fn charge(&mut self, key: KeyHash, look: &mut Look, clock: &Clock, is_admitted: bool) -> bool {
        self.look(key, look, clock);
        if look.decision != Decision::Admitted {
            return false;
        }
        self.take(key, look, is_admitted);
        true
    }

    /// Counts a request that was denied, here or elsewhere, and says from when on it could pass.
    pub(crate) fn count_denied(&mut self, key: KeyHash, look: &mut Look, clock: &Clock) {
        let (decision, is_cold) = (look.decision, look.is_cold);
        self.look(key, look, clock);
        self.take(key, look, false);
        (look.decision, look.is_cold) = (decision, is_cold);
        look.retry_at_us = if decision == Decision::Never {
            0
        } else {
            self.retry_at_us(look)
        };
    }

    /// Strikes end with an admission, or when the counter was full before.
    fn take(&mut self, key: KeyHash, look: &mut Look, is_admitted: bool) {
        let is_fresh = self.family.idle_at_us(look.counter) <= look.now_us;
        let own = self.own(key, look);
        let slot = own.unwrap_or(self.entries.len());
        let after = self.family.charged(slot, look.before, look.cost, look.now_us);
        look.counter = after;
        let Some(slot) = own else {
            self.cold = after;
            return;
        };
        let entry = &mut self.entries[slot];
        entry.counter = after;
        if is_admitted || is_fresh {
            entry.record.strikes = 0;
        }
    }

    /// Gives back what an earlier charge of this decision took, since a later limit said no. Not when a credit was cut off
    /// since: had the charge not been, it might have been cut off more, so that the charge has cost nothing.
    pub(crate) fn give_back(&mut self, key: KeyHash, look: &Look, clock: &Clock) {
        let charge = Charge {
            cost: look.cost,
            at_us: look.now_us,
            before: look.before,
            after: look.counter,
        };
        let is_kept = self.cuts != look.cuts;
        let slot = self.number(look.place);
        let counter = match self.entries.get_mut(slot) {
            Some(entry) if entry.key == key.get() => {
                if entry.record.strikes == 0 {
                    entry.record.strikes = u32::try_from(look.seen).unwrap_or(u32::MAX);
                }
                &mut entry.counter
            }
            // It was idle, so nothing of the charge is left.
            Some(_) => return,
            None => &mut self.cold,
        };
        if !is_kept {
            *counter = self.family.given_back(slot, *counter, charge, clock.now_us());
        }
    }

    /// Remembers that this limit throttled the request, and bans the key when it was once too often.
    pub(crate) fn strike(&mut self, key: KeyHash, look: &mut Look, clock: &Clock) {
        if self.ban.is_none() {
            return;
        }
        self.look(key, look, clock);
        // Other threads may have seen to it that it is banned already, or would be admitted now.
        if look.decision != Decision::Throttled {
            look.decision = Decision::Throttled;
            look.retry_at_us = look.retry_at_us.max(look.now_us + 1);
            return;
        }
        if let (Some(slot), Some(ban)) = (self.own(key, look), &self.ban) {
            let entry = &mut self.entries[slot];
            let is_fresh = self.family.idle_at_us(entry.counter) <= look.now_us;
            let banned_until_us = ban.strike(&mut entry.record, is_fresh, look.now_us);
            look.retry_at_us = look.retry_at_us.max(banned_until_us.unwrap_or(0));
        }
    }

    /// Gives cells to the key's own counter; whether it took them. The cold one takes none: others would spend them.
    pub(crate) fn credit(&mut self, key: KeyHash, cells: u64, clock: &Clock) -> bool {
        let mut look = Look::unasked(1, 0);
        self.look(key, &mut look, clock);
        if !matches!(look.place, Place::Own(_)) && !self.family.starts_by_credit() {
            return false;
        }
        let Some(slot) = self.own(key, &mut look) else {
            return false;
        };
        let counter = self.entries[slot].counter;
        let Some(credited) = self.family.credited(counter, cells, look.now_us) else {
            return false;
        };
        self.entries[slot].counter = credited.counter;
        self.cuts += u64::from(credited.is_cut);
        true
    }

    /// Frees cells that a request of the key held in flight.
    pub(crate) fn release(&mut self, key: KeyHash, cost: u64) {
        if let (Family::Concurrency(_), Some(slot)) = (&self.family, self.find(key)) {
            let entry = &mut self.entries[slot];
            entry.counter = Concurrency::released(entry.counter, cost);
        }
    }

    /// Takes over the counters of a table with as many slots, and brings them to this one's numbers.
    pub(crate) fn carry(&mut self, old: &Self, now_us: u64) {
        for (slot, entry) in old.entries.iter().enumerate().filter(|(_, entry)| entry.key != 0) {
            self.entries[slot] = Entry {
                key: entry.key,
                counter: self.family.carried(&old.family, slot, entry.counter, now_us),
                record: match (&self.ban, &old.ban) {
                    (Some(ban), Some(old)) => ban.carried(old, entry.record, now_us),
                    _ => Record::default(),
                },
            };
        }
        let cold = self.entries.len();
        self.cold = self.family.carried(&old.family, cold, old.cold, now_us);
    }

    pub(crate) fn remaining(&self, look: &Look) -> u64 {
        self.family.remaining(look.counter, look.now_us)
    }

    pub(crate) fn reset_at_us(&self, look: &Look) -> u64 {
        self.family.idle_at_us(look.counter).max(look.now_us)
    }

    pub(crate) fn delay_us(&self, look: &Look) -> u64 {
        self.family.delay_us(look.counter, look.now_us)
    }

    /// From when on the request could pass, its ban included; the look's time when it could now.
    fn retry_at_us(&self, look: &Look) -> u64 {
        let slot = self.number(look.place);
        let retry_at_us = self.family.retry_at_us(slot, look.counter, look.cost, look.now_us);
        match look.place {
            Place::Own(slot) => retry_at_us.max(self.entries[slot].record.banned_until_us),
            _ => retry_at_us,
        }
    }

    /// Under which number the family knows the counter.
    fn number(&self, place: Place) -> usize {
        match place {
            Place::Own(slot) => slot,
            Place::Free(_) | Place::Cold => self.entries.len(),
        }
    }

    /// The key's slot, taken where the look found one free; none when the cold counter serves the key.
    fn own(&mut self, key: KeyHash, look: &mut Look) -> Option<usize> {
        match look.place {
            Place::Own(slot) => Some(slot),
            Place::Free(slot) => {
                look.place = Place::Own(slot);
                self.family.copy(self.entries.len(), slot);
                self.entries[slot] = Entry {
                    key: key.get(),
                    counter: self.cold,
                    record: Record::default(),
                };
                Some(slot)
            }
            Place::Cold => None,
        }
    }

    fn find(&self, key: KeyHash) -> Option<usize> {
        let mut searched = self.slots(key).take_while(|slot| self.entries[*slot].key != 0);
        searched.find(|slot| self.entries[*slot].key == key.get())
    }

    /// The first slot in the order of the search that is empty, or idle with nothing held against its key.
    fn find_free(&self, key: KeyHash, now_us: u64) -> Option<usize> {
        let until_us = self.family.reusable_until_us(self.cold, now_us);
        self.slots(key).find(|slot| {
            let entry = &self.entries[*slot];
            let forgotten_at_us = self.ban.as_ref().map_or(0, |ban| ban.forgotten_at_us(entry.record));
            entry.key == 0 || self.family.idle_at_us(entry.counter).max(forgotten_at_us) <= until_us
        })
    }

    fn slots(&self, key: KeyHash) -> impl Iterator<Item = usize> {
        let layout = self.layout;
        layout.lines(key).flat_map(move |line| {
            let first = line * LINE_SLOTS;
            first..first + layout.slots_of(line)
        })
    }
}
