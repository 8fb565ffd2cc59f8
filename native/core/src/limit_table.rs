//! One limit with its counters, in the form that its state needs.
use crate::bucket_table::{BucketTable, Sharing};
use crate::clock::Clock;
use crate::error::GateError;
use crate::family::Family;
use crate::key_hash::KeyHash;
use crate::look::Look;
use crate::spec::{Answer, Decision, LimitBy, LimitSpec};
use crate::wide_table::WideTable;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub(crate) struct LimitTable {
    pub(crate) by: LimitBy,
    counters: Counters,
}

#[derive(Debug)]
enum Counters {
    Bucket(Box<BucketTable>),
    Wide(Mutex<WideTable>),
}

impl LimitTable {
    pub(crate) fn new(spec: &LimitSpec, origin_us: u64) -> Result<Self, GateError> {
        let counters = match (Family::new(&spec.numbers, origin_us)?, spec.ban) {
            (Family::TokenBucket(bucket), None) => Counters::Bucket(Box::new(BucketTable::new(bucket, spec.max_keys)?)),
            (family, ban) => Counters::Wide(Mutex::new(WideTable::new(family, ban, spec.max_keys)?)),
        };
        Ok(Self { by: spec.by, counters })
    }

    /// What this limit says to the request; nothing is taken yet.
    #[inline]
    pub(crate) fn look(&self, key: KeyHash, cost: u64, now_us: u64, clock: &Clock) -> Look {
        match &self.counters {
            Counters::Bucket(table) => table.look(key, cost, now_us, clock),
            Counters::Wide(table) => open(table).look(key, cost, now_us, clock),
        }
    }

    /// The counters of a token bucket that bans nobody.
    pub(crate) fn bucket(&self) -> Option<&BucketTable> {
        match &self.counters {
            Counters::Bucket(table) => Some(table),
            Counters::Wide(_) => None,
        }
    }

    /// Takes the cells of an admitted look and brings it up to date; false, with the look saying why, when other threads
    /// were faster.
    #[inline]
    pub(crate) fn charge(
        &self,
        key: KeyHash,
        look: &mut Look,
        clock: &Clock,
        sharing: Sharing,
        is_admitted: bool,
    ) -> bool {
        match &self.counters {
            Counters::Bucket(table) => table.charge(key, look, clock, sharing),
            Counters::Wide(table) => open(table).charge(key, look, clock, is_admitted),
        }
    }

    pub(crate) fn give_back(&self, key: KeyHash, look: &Look, clock: &Clock) {
        match &self.counters {
            Counters::Bucket(table) => table.give_back(key, look, clock),
            Counters::Wide(table) => open(table).give_back(key, look, clock),
        }
    }

    /// Counts a throttle where throttles lead to a ban.
    pub(crate) fn strike(&self, key: KeyHash, look: &mut Look, clock: &Clock) {
        if let (Counters::Wide(table), Decision::Throttled) = (&self.counters, look.decision) {
            open(table).strike(key, look, clock);
        }
    }

    pub(crate) fn remaining(&self, look: &Look) -> u64 {
        match &self.counters {
            Counters::Bucket(table) => table.remaining(look),
            Counters::Wide(table) => open(table).remaining(look),
        }
    }

    pub(crate) fn answer(&self, index: usize, look: &Look) -> Answer {
        let (remaining, reset_at_us) = match &self.counters {
            Counters::Bucket(table) => (table.remaining(look), table.reset_at_us(look)),
            Counters::Wide(table) => {
                let table = open(table);
                (table.remaining(look), table.reset_at_us(look))
            }
        };
        Answer {
            limit: Some(index),
            remaining,
            retry_at_us: look.retry_at_us,
            reset_at_us,
            is_cold: look.is_cold,
        }
    }
}

/// A thread that panics leaves whole entries behind: each is written after everything was worked out.
fn open(table: &Mutex<WideTable>) -> MutexGuard<'_, WideTable> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}
