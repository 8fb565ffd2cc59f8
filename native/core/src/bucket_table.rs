//! The counters of a token bucket or a leaky queue, 16 bytes each, which threads share without a lock.
//!
//! A slot is two words, the hash of its key and its theoretical arrival time (TAT). It changes in two ways only:
//! - **charge**: one compare-and-swap of the TAT, from the one that the decision was made on;
//! - **take**: a slot that is empty or idle gets a new key. TAT to `MOVING` by compare-and-swap (which fails when its key
//!   was charged meanwhile), then the key, then the new TAT. Whoever meets its own key with `MOVING` waits for the end
//!   of the take, with patience, and is refused when that runs out.
//!
//! Why a charge never lands on another key's counter: a look reads key, TAT and again key, and finds its own both times,
//! so the TAT is of its key's time. Every TAT of a slot after a take is above the gate's time at the take, and every one
//! before it is not (else the key was not idle); `given_back` keeps that. So a TAT never comes back after a take, and a
//! compare-and-swap from one that was read before fails.
//!
//! Why a key never has two slots, nor is charged on the cold counter while it has one: taking a slot and charging the cold
//! counter are done behind a latch that is chosen by the key's hash, and after the latch is had the key is searched once
//! more. A search stops at an empty slot only if nobody is taking it.
//!
//! Why a key that lost its slot finds no fresh counter too early: the thread that took it decided at a time of the gate's
//! clock at which the key was idle. Whoever sees that the key is gone reads the clock after that, hence a time not before.
//!
//! A hash that two keys share (2^-64 a pair, and nobody can aim without the secret) gives them one counter: they get less.
use crate::clock::Clock;
use crate::error::GateError;
use crate::family::Counter;
use crate::key_hash::KeyHash;
use crate::layout::{LINE_SLOTS, Layout};
use crate::look::{Look, Place};
use crate::prefetch::prefetch;
use crate::slot_line::{Line, MOVING, Reading, Slot, empty_lines};
use crate::spec::Decision;
use crate::sync::{AtomicBool, AtomicU64, Ordering, Patience};
use crate::token_bucket::{Step, TokenBucket};

const LATCHES: usize = if cfg!(any(floodproof_loom, floodproof_shuttle)) {
    2
} else {
    256
};

/// Whether other threads may use the table at the same time. Alone, nothing changes between a look and its charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sharing {
    Alone,
    Threads,
}

#[derive(Debug)]
pub(crate) struct BucketTable {
    bucket: TokenBucket,
    layout: Layout,
    lines: Box<[Line]>,
    cold: AtomicU64,
    latches: [AtomicBool; LATCHES],
}

/// Another thread was in the middle of taking the key's slot for too long.
struct Contended;

/// What a line is to a key.
enum Search {
    Found(usize, u64),
    Absent,
    Moving,
    /// It may be in the next line.
    Further,
}

impl BucketTable {
    pub(crate) fn new(bucket: TokenBucket, keys_max: u64) -> Result<Self, GateError> {
        let layout = Layout::new(keys_max);
        Ok(Self {
            bucket,
            layout,
            lines: empty_lines(layout)?,
            cold: AtomicU64::new(0),
            latches: std::array::from_fn(|_| AtomicBool::new(false)),
        })
    }

    /// Asks for the memory in which the search for the key begins.
    pub(crate) fn prefetch(&self, key: KeyHash) {
        for line in self.layout.lines(key).take(2) {
            prefetch(&self.lines[line]);
        }
    }

    /// What the table says to a request of the look's cost at the look's time.
    pub(crate) fn look(&self, key: KeyHash, look: &mut Look, clock: &Clock) {
        match self.find(key) {
            Ok(Some((slot, tat))) => self.judge(look, Place::Own(slot), tat, tat),
            Ok(None) => self.look_new(key, look, clock.now_us()),
            Err(Contended) => self.contended(look),
        }
    }

    /// Takes the cells of an admitted look and brings it up to date. False: other threads were faster, and the look now
    /// says what became of it.
    pub(crate) fn charge(&self, key: KeyHash, look: &mut Look, clock: &Clock, sharing: Sharing) -> bool {
        match (sharing, look.place) {
            (Sharing::Alone, _) => {
                self.charge_alone(key, look);
                true
            }
            (Sharing::Threads, Place::Own(_)) => self.charge_own(key, look, clock),
            (Sharing::Threads, _) => self.charge_new(key, look, clock),
        }
    }

    /// None when the cost is above the capacity.
    pub(crate) fn step(&self, cost: u64, now_us: u64) -> Option<Step> {
        self.bucket.step(cost, now_us)
    }

    /// Looks and charges at once, where the key has a slot, the cells fit and no other thread is in the way. False: nothing
    /// was done, and `look` has to be asked.
    #[inline]
    pub(crate) fn admit(&self, key: KeyHash, step: Step, sharing: Sharing) -> bool {
        let home = &self.lines[self.layout.home(key)];
        let Some(slot) = home.slot_of(key.get()).or_else(|| self.slot_further(key)) else {
            return false;
        };
        let Reading::Mine(tat) = slot.read(key) else {
            return false;
        };
        let Some(charged) = step.charged(tat) else {
            return false;
        };
        if sharing == Sharing::Alone {
            slot.tat.store(charged, Ordering::Relaxed);
            return true;
        }
        let swapped = slot
            .tat
            .compare_exchange(tat, charged, Ordering::AcqRel, Ordering::Acquire);
        swapped.is_ok()
    }

    fn slot_further(&self, key: KeyHash) -> Option<&Slot> {
        let lines = self.layout.lines(key).skip(1).map(|line| &self.lines[line]);
        for line in lines {
            let slot = line.slot_of(key.get());
            if slot.is_some() || line.slot_of(0).is_some() {
                return slot;
            }
        }
        None
    }

    /// Gives back what an earlier charge of this decision took, since a later limit said no.
    pub(crate) fn give_back(&self, key: KeyHash, look: &Look, clock: &Clock) {
        let tat_of = |tat| {
            // Read after the TAT, so not before any charge in it.
            let now_us = clock.now_us();
            self.bucket.given_back(tat, look.cost, look.now_us, now_us)
        };
        let Place::Own(slot) = look.place else {
            let mut tat = self.cold.load(Ordering::Acquire);
            while let Err(other) = self
                .cold
                .compare_exchange(tat, tat_of(tat), Ordering::AcqRel, Ordering::Acquire)
            {
                tat = other;
            }
            return;
        };
        // A slot that is no longer the key's, or is being taken, was idle: nothing of the charge is left.
        while let Reading::Mine(tat) = self.slot(slot).read(key) {
            let word = &self.slot(slot).tat;
            let given_back = word.compare_exchange(tat, tat_of(tat), Ordering::AcqRel, Ordering::Acquire);
            if given_back.is_ok() {
                return;
            }
        }
    }

    pub(crate) fn remaining(&self, look: &Look) -> u64 {
        self.bucket.remaining(look.counter.at, look.now_us)
    }

    pub(crate) fn reset_at_us(&self, look: &Look) -> u64 {
        self.bucket.idle_at_us(look.counter.at).max(look.now_us)
    }

    /// How long a request that was charged waits for its turn.
    pub(crate) fn delay_us(&self, look: &Look) -> u64 {
        self.bucket.delay_us(look.counter.at, look.now_us)
    }

    /// Takes over the counters of a table of another rate with as many slots. No other thread may use either.
    pub(crate) fn carry(&mut self, old: &Self, now_us: u64) {
        let carried = |tat: &AtomicU64| self.bucket.carried(&old.bucket, tat.load(Ordering::Relaxed), now_us);
        for index in 0..self.layout.slot_count() {
            let (slot, old) = (self.slot(index), old.slot(index));
            let key = old.key.load(Ordering::Relaxed);
            if key != 0 {
                slot.key.store(key, Ordering::Relaxed);
                slot.tat.store(carried(&old.tat), Ordering::Relaxed);
            }
        }
        self.cold.store(carried(&old.cold), Ordering::Relaxed);
    }

    /// A key without a slot: it starts from a copy of the cold counter when it can have one, else the cold one decides.
    fn look_new(&self, key: KeyHash, look: &mut Look, now_us: u64) {
        let cold = self.cold.load(Ordering::Acquire);
        look.now_us = now_us;
        match self.find_free(key, now_us) {
            Some((slot, tat)) => {
                self.judge(look, Place::Free(slot), tat, cold);
                look.is_cold = !self.bucket.is_idle(cold, now_us);
            }
            None => self.judge(look, Place::Cold, cold, cold),
        }
    }

    #[inline]
    fn judge(&self, look: &mut Look, place: Place, seen: u64, tat: u64) {
        let (cost, now_us) = (look.cost, look.now_us);
        (look.decision, look.retry_at_us) = if cost > self.bucket.capacity {
            (Decision::Never, 0)
        } else if self.bucket.fits(tat, cost, now_us) {
            (Decision::Admitted, 0)
        } else {
            (Decision::Throttled, self.bucket.retry_at_us(tat, cost, now_us))
        };
        look.is_cold = place == Place::Cold;
        look.counter = Counter { at: tat, used: 0 };
        (look.place, look.seen) = (place, seen);
    }

    /// Refuses for a microsecond, since another thread does not get on with the key's slot.
    fn contended(&self, look: &mut Look) {
        let full = self.bucket.charged(0, self.bucket.capacity, look.now_us);
        self.judge(look, Place::Cold, full, full);
        look.is_cold = false;
        look.retry_at_us = look.now_us + 1;
    }

    fn charged(&self, look: &Look) -> u64 {
        self.bucket.charged(look.counter.at, look.cost, look.now_us)
    }

    fn charge_alone(&self, key: KeyHash, look: &mut Look) {
        let tat = self.charged(look);
        match look.place {
            Place::Own(slot) => self.slot(slot).tat.store(tat, Ordering::Relaxed),
            Place::Free(slot) => {
                self.slot(slot).key.store(key.get(), Ordering::Relaxed);
                self.slot(slot).tat.store(tat, Ordering::Relaxed);
                look.place = Place::Own(slot);
            }
            Place::Cold => self.cold.store(tat, Ordering::Relaxed),
        }
        look.counter.at = tat;
    }

    fn charge_own(&self, key: KeyHash, look: &mut Look, clock: &Clock) -> bool {
        while let Place::Own(slot) = look.place {
            if self.swap(&self.slot(slot).tat, look) {
                return true;
            }
            self.look(key, look, clock);
            if look.decision != Decision::Admitted {
                return false;
            }
        }
        self.charge_new(key, look, clock)
    }

    /// Behind the latch of the key, so that only this thread takes a slot for it or charges the cold counter for it.
    fn charge_new(&self, key: KeyHash, look: &mut Look, clock: &Clock) -> bool {
        let Some(_latched) = self.latch(key) else {
            self.contended(look);
            return false;
        };
        loop {
            self.look(key, look, clock);
            if look.decision != Decision::Admitted {
                return false;
            }
            let is_charged = match look.place {
                Place::Own(slot) => self.swap(&self.slot(slot).tat, look),
                Place::Free(slot) => self.take(slot, key, look),
                Place::Cold => self.swap(&self.cold, look),
            };
            if is_charged {
                return true;
            }
        }
    }

    fn swap(&self, word: &AtomicU64, look: &mut Look) -> bool {
        let tat = self.charged(look);
        let swapped = word.compare_exchange(look.seen, tat, Ordering::AcqRel, Ordering::Acquire);
        if swapped.is_ok() {
            look.counter.at = tat;
        }
        swapped.is_ok()
    }

    fn take(&self, slot: usize, key: KeyHash, look: &mut Look) -> bool {
        let Slot { key: holder, tat: word } = self.slot(slot);
        if word
            .compare_exchange(look.seen, MOVING, Ordering::AcqRel, Ordering::Acquire)
            .is_err()
        {
            return false;
        }
        let tat = self.charged(look);
        holder.store(key.get(), Ordering::Release);
        word.store(tat, Ordering::Release);
        look.counter.at = tat;
        look.place = Place::Own(slot);
        true
    }

    /// The key's slot and its TAT.
    #[inline]
    fn find(&self, key: KeyHash) -> Result<Option<(usize, u64)>, Contended> {
        match self.search(self.layout.home(key), key) {
            Search::Found(slot, tat) => Ok(Some((slot, tat))),
            Search::Absent => Ok(None),
            Search::Further | Search::Moving => self.find_further(key),
        }
    }

    #[inline(never)]
    fn find_further(&self, key: KeyHash) -> Result<Option<(usize, u64)>, Contended> {
        let mut patience = Patience::default();
        'search: loop {
            for line in self.layout.lines(key) {
                match self.search(line, key) {
                    Search::Found(slot, tat) => return Ok(Some((slot, tat))),
                    Search::Absent => return Ok(None),
                    Search::Further => {}
                    Search::Moving if patience.wait() => continue 'search,
                    Search::Moving => return Err(Contended),
                }
            }
            return Ok(None);
        }
    }

    #[inline]
    fn search(&self, line: usize, key: KeyHash) -> Search {
        for (index, slot) in self.lines[line].slots.iter().enumerate() {
            match slot.read(key) {
                Reading::Other => {}
                Reading::Mine(tat) => return Search::Found(line * LINE_SLOTS + index, tat),
                Reading::Empty => return Search::Absent,
                Reading::Moving => return Search::Moving,
            }
        }
        Search::Further
    }

    /// The first slot for a new key, and its TAT.
    fn find_free(&self, key: KeyHash, now_us: u64) -> Option<(usize, u64)> {
        self.layout.lines(key).find_map(|line| {
            let slots = self.lines[line].slots.iter().enumerate();
            let mut tats = slots.map(|(index, slot)| (line * LINE_SLOTS + index, slot.tat.load(Ordering::Acquire)));
            tats.find(|(_, tat)| *tat != MOVING && self.bucket.is_idle(*tat, now_us))
        })
    }

    fn slot(&self, slot: usize) -> &Slot {
        &self.lines[slot / LINE_SLOTS].slots[slot % LINE_SLOTS]
    }

    fn latch(&self, key: KeyHash) -> Option<Latched<'_>> {
        let latch = &self.latches[key.lo() as usize % LATCHES];
        let mut patience = Patience::default();
        while latch
            .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            if !patience.wait() {
                return None;
            }
        }
        Some(Latched(latch))
    }
}

/// Opens the latch at its end.
struct Latched<'a>(&'a AtomicBool);

impl Drop for Latched<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
