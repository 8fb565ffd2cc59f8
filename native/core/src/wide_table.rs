//! The counters of limits whose state is more than one word: windows, and all that ban. Behind a mutex where threads share
//! them; see `harness/core/limit-table.ts`, where it is shown why no key gets more than its limit.
use crate::clock::Clock;
use crate::error::GateError;
use crate::family::{Charge, Counter, Family};
use crate::key_hash::KeyHash;
use crate::layout::{LINE_SLOTS, Layout};
use crate::look::{Look, Place};
use crate::spec::{BanSpec, Decision};

#[derive(Debug, zerocopy::FromZeros)]
#[repr(C)]
struct Entry {
    /// 0: no key ever.
    key: u64,
    counter: Counter,
    /// Throttles since the last admission.
    strikes: u64,
    /// 0: not banned. A ban ends at this very microsecond.
    banned_until_us: u64,
}

#[derive(Debug)]
pub(crate) struct WideTable {
    family: Family,
    ban: Option<BanSpec>,
    layout: Layout,
    entries: Box<[Entry]>,
    cold: Counter,
}

impl WideTable {
    pub(crate) fn new(family: Family, ban: Option<BanSpec>, keys_max: u64) -> Result<Self, GateError> {
        let layout = Layout::new(keys_max);
        let count = layout.slot_count();
        let entries = <[Entry] as zerocopy::FromZeros>::new_box_zeroed_with_elems(count)
            .map_err(|_| GateError::Gate(format!("a table of {count} slots does not fit into memory")))?;
        Ok(Self {
            family,
            ban,
            layout,
            entries,
            cold: Counter::default(),
        })
    }

    /// What this limit says to the request; nothing is taken yet.
    pub(crate) fn look(&self, key: KeyHash, cost: u64, now_us: u64, clock: &Clock) -> Look {
        let own = self.find(key);
        // A key that is gone was found idle by another thread, at a time that may be later than this one's.
        let now_us = if own.is_some() { now_us } else { clock.now_us() };
        let place = own.map_or_else(
            || self.find_free(key, now_us).map_or(Place::Cold, Place::Free),
            Place::Own,
        );
        let (counter, banned_until_us, strikes) = match place {
            Place::Own(slot) => {
                let entry = &self.entries[slot];
                (entry.counter, entry.banned_until_us, entry.strikes)
            }
            _ => (self.cold, 0, 0),
        };
        let mut look = Look {
            decision: Decision::Never,
            retry_at_us: 0,
            is_cold: match place {
                Place::Own(_) => false,
                Place::Free(_) => self.family.idle_at_us(self.cold) > now_us,
                Place::Cold => true,
            },
            now_us,
            cost,
            counter,
            place,
            seen: strikes,
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

    /// Looks once more, since other threads may have been here, and takes the cells if they still fit.
    pub(crate) fn charge(&mut self, key: KeyHash, look: &mut Look, clock: &Clock, is_admitted: bool) -> bool {
        *look = self.look(key, look.cost, look.now_us, clock);
        if look.decision != Decision::Admitted {
            return false;
        }
        let is_fresh = self.family.idle_at_us(look.counter) <= look.now_us;
        let after = self.family.charged(look.counter, look.cost, look.now_us);
        look.counter = after;
        let Some(entry) = self.own(key, look) else {
            self.cold = after;
            return true;
        };
        entry.counter = after;
        // Strikes end with an admission, or when the counter was full before.
        if is_admitted || is_fresh {
            entry.strikes = 0;
        }
        true
    }

    /// Gives back what an earlier charge of this decision took, since a later limit said no.
    pub(crate) fn give_back(&mut self, key: KeyHash, look: &Look, clock: &Clock) {
        let now_us = clock.now_us();
        let charge = Charge {
            cost: look.cost,
            at_us: look.now_us,
            after: look.counter,
        };
        match look.place {
            Place::Own(slot) if self.entries[slot].key == key.get() => {
                let entry = &mut self.entries[slot];
                entry.counter = self.family.given_back(entry.counter, charge, now_us);
                if entry.strikes == 0 {
                    entry.strikes = look.seen;
                }
            }
            // It was idle, so nothing of the charge is left.
            Place::Own(_) => {}
            Place::Free(_) | Place::Cold => self.cold = self.family.given_back(self.cold, charge, now_us),
        }
    }

    /// Remembers that this limit throttled the request, and bans the key when it was once too often.
    pub(crate) fn strike(&mut self, key: KeyHash, look: &mut Look, clock: &Clock) {
        let Some(ban) = self.ban else { return };
        *look = self.look(key, look.cost, look.now_us, clock);
        // Other threads may have seen to it that it is banned already, or would be admitted now.
        if look.decision != Decision::Throttled {
            look.decision = Decision::Throttled;
            look.retry_at_us = look.retry_at_us.max(look.now_us + 1);
            return;
        }
        let (now_us, retry_at_us) = (look.now_us, look.retry_at_us);
        let Some(entry) = self.own(key, look) else { return };
        entry.strikes += 1;
        if entry.strikes >= ban.after_throttles {
            entry.strikes = 0;
            entry.banned_until_us = now_us + ban.for_us;
            look.retry_at_us = retry_at_us.max(entry.banned_until_us);
        }
    }

    pub(crate) fn remaining(&self, look: &Look) -> u64 {
        self.family.remaining(look.counter, look.now_us)
    }

    pub(crate) fn reset_at_us(&self, look: &Look) -> u64 {
        self.family.idle_at_us(look.counter).max(look.now_us)
    }

    /// The key's entry, taken where the look found a slot free; none when the cold counter serves the key.
    fn own(&mut self, key: KeyHash, look: &mut Look) -> Option<&mut Entry> {
        match look.place {
            Place::Own(slot) => Some(&mut self.entries[slot]),
            Place::Free(slot) => {
                look.place = Place::Own(slot);
                let entry = &mut self.entries[slot];
                *entry = Entry {
                    key: key.get(),
                    counter: self.cold,
                    strikes: 0,
                    banned_until_us: 0,
                };
                Some(entry)
            }
            Place::Cold => None,
        }
    }

    fn find(&self, key: KeyHash) -> Option<usize> {
        let mut searched = self.slots(key).take_while(|slot| self.entries[*slot].key != 0);
        searched.find(|slot| self.entries[*slot].key == key.get())
    }

    /// The first slot in the order of the search that is empty or idle.
    fn find_free(&self, key: KeyHash, now_us: u64) -> Option<usize> {
        let until_us = self.family.reusable_until_us(self.cold, now_us);
        self.slots(key).find(|slot| {
            let entry = &self.entries[*slot];
            entry.key == 0 || self.family.idle_at_us(entry.counter).max(entry.banned_until_us) <= until_us
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
