//! One limit with its counters, in the form that its state needs.
use crate::bucket_table::{BucketTable, Sharing};
use crate::clock::Clock;
use crate::counted_by::CountedBy;
use crate::error::GateError;
use crate::key_hash::KeyHash;
use crate::look::{Asked, Look};
use crate::spec::{Answer, Decision, LimitNumbers, LimitSpec, WindowCredit};
use crate::token_bucket::TokenBucket;
use crate::wide_table::WideTable;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four questions about its numbers, each answered on its own"
)]
pub(crate) struct LimitTable {
    pub(crate) by: CountedBy,
    pub(crate) counts_denied: bool,
    pub(crate) takes_credit: bool,
    /// Whether requests hold their cells until they end.
    pub(crate) is_held: bool,
    is_queue: bool,
    counters: Counters,
}

#[derive(Debug)]
enum Counters {
    Bucket(Box<BucketTable>),
    Wide(Box<Mutex<WideTable>>),
}

impl LimitTable {
    pub(crate) fn new(spec: &LimitSpec, origin_us: u64) -> Result<Self, GateError> {
        let counters = match (&spec.numbers, &spec.ban) {
            (LimitNumbers::TokenBucket { .. } | LimitNumbers::LeakyQueue { .. }, None) => {
                let bucket = TokenBucket::of(&spec.numbers, origin_us)?;
                Counters::Bucket(Box::new(BucketTable::new(bucket, spec.max_keys)?))
            }
            (numbers, ban) => {
                let table = WideTable::new(numbers, ban.as_ref(), spec.max_keys, origin_us)?;
                Counters::Wide(Box::new(Mutex::new(table)))
            }
        };
        Ok(Self {
            by: CountedBy::new(spec),
            counts_denied: spec.numbers.counts_denied(),
            takes_credit: match spec.numbers {
                LimitNumbers::FixedWindow { credit, .. } => credit != WindowCredit::None,
                LimitNumbers::EarnedBudget { .. } => true,
                _ => false,
            },
            is_held: matches!(spec.numbers, LimitNumbers::Concurrency { .. }),
            is_queue: matches!(spec.numbers, LimitNumbers::LeakyQueue { .. }),
            counters,
        })
    }

    /// What this limit says to a request of the look's cost and time; nothing is taken yet.
    #[inline]
    pub(crate) fn look(&self, asked: &mut Asked, clock: &Clock) {
        match &self.counters {
            Counters::Bucket(table) => table.look(asked.key, &mut asked.look, clock),
            Counters::Wide(table) => open(table).look(asked.key, &mut asked.look, clock),
        }
    }

    /// The counters of a bucket that bans nobody.
    pub(crate) fn bucket(&self) -> Option<&BucketTable> {
        match &self.counters {
            Counters::Bucket(table) => Some(table),
            Counters::Wide(_) => None,
        }
    }

    /// A request that the verifier refuses is charged too, but holds nothing: it never ends.
    pub(crate) fn is_charged(&self, is_admitted: bool) -> bool {
        is_admitted || !self.is_held
    }

    /// Takes the cells of an admitted look and brings it up to date; false, with the look saying why, when other threads
    /// were faster.
    #[inline]
    pub(crate) fn charge(&self, asked: &mut Asked, clock: &Clock, sharing: Sharing, is_admitted: bool) -> bool {
        match &self.counters {
            Counters::Bucket(table) => table.charge(asked.key, &mut asked.look, clock, sharing),
            Counters::Wide(table) => open(table).charge(asked.key, &mut asked.look, clock, is_admitted),
        }
    }

    pub(crate) fn give_back(&self, asked: &Asked, clock: &Clock) {
        match &self.counters {
            Counters::Bucket(table) => table.give_back(asked.key, &asked.look, clock),
            Counters::Wide(table) => open(table).give_back(asked.key, &asked.look, clock),
        }
    }

    /// Counts a throttle where throttles lead to a ban.
    #[inline]
    pub(crate) fn strike(&self, asked: &mut Asked, clock: &Clock) {
        if let (Counters::Wide(table), Decision::Throttled) = (&self.counters, asked.look.decision) {
            strike(table, asked, clock);
        }
    }

    /// Counts a denied request where such count.
    pub(crate) fn count_denied(&self, asked: &mut Asked, clock: &Clock) {
        if let (Counters::Wide(table), true) = (&self.counters, self.counts_denied) {
            open(table).count_denied(asked.key, &mut asked.look, clock);
        }
    }

    /// Whether the key's counter took the cells.
    pub(crate) fn credit(&self, key: KeyHash, cells: u64, clock: &Clock) -> bool {
        match &self.counters {
            Counters::Bucket(_) => false,
            Counters::Wide(table) => open(table).credit(key, cells, clock),
        }
    }

    /// Frees cells that a request of the key held.
    pub(crate) fn release(&self, key: KeyHash, cost: u64) {
        if let Counters::Wide(table) = &self.counters {
            open(table).release(key, cost);
        }
    }

    /// Takes over the counters of a limit of the same family with as many slots.
    pub(crate) fn carry(&mut self, old: &mut Self, now_us: u64) {
        match (&mut self.counters, &mut old.counters) {
            (Counters::Bucket(new), Counters::Bucket(old)) => new.carry(old, now_us),
            (Counters::Wide(new), Counters::Wide(old)) => {
                let old = old.get_mut().unwrap_or_else(PoisonError::into_inner);
                new.get_mut().unwrap_or_else(PoisonError::into_inner).carry(old, now_us);
            }
            _ => {}
        }
    }

    pub(crate) fn remaining(&self, look: &Look) -> u64 {
        match &self.counters {
            Counters::Bucket(table) => table.remaining(look),
            Counters::Wide(table) => open(table).remaining(look),
        }
    }

    /// How long a request that was charged waits for its turn.
    #[inline]
    pub(crate) fn delay_us(&self, look: &Look) -> u64 {
        match &self.counters {
            _ if !self.is_queue => 0,
            Counters::Bucket(table) => table.delay_us(look),
            Counters::Wide(table) => open(table).delay_us(look),
        }
    }

    /// Of a limit that is named in it.
    pub(crate) fn answer(&self, Asked { index, look, .. }: &Asked) -> Answer {
        let (remaining, reset_at_us) = match &self.counters {
            Counters::Bucket(table) => (table.remaining(look), table.reset_at_us(look)),
            Counters::Wide(table) => {
                let table = open(table);
                (table.remaining(look), table.reset_at_us(look))
            }
        };
        Answer {
            limit: Some(*index),
            remaining,
            reset_at_us,
            is_cold: look.is_cold,
            ..Answer::default()
        }
    }
}

/// Apart, so that buckets pay for no lock.
#[inline(never)]
fn strike(table: &Mutex<WideTable>, asked: &mut Asked, clock: &Clock) {
    open(table).strike(asked.key, &mut asked.look, clock);
}

/// A thread that panics leaves whole entries behind: each is written after everything was worked out.
fn open(table: &Mutex<WideTable>) -> MutexGuard<'_, WideTable> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}
