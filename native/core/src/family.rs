//! What the families of limits have in common; see `harness/core/family.ts`.
use crate::error::GateError;
use crate::fixed_window::FixedWindow;
use crate::spec::LimitNumbers;
use crate::token_bucket::TokenBucket;

/// The state of one key. Fresh is all zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, zerocopy::FromZeros)]
#[repr(C)]
pub(crate) struct Counter {
    /// Token bucket: the theoretical arrival time in units of 1/n microsecond since the gate was made.
    /// Fixed window: start of the window.
    pub(crate) at: u64,
    /// Fixed window: cells used, 0 = no window was started. Token bucket: always 0.
    pub(crate) used: u64,
}

/// What a decision took from a counter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Charge {
    pub(crate) cost: u64,
    pub(crate) at_us: u64,
    /// The counter right after it.
    pub(crate) after: Counter,
}

#[derive(Debug)]
pub(crate) enum Family {
    TokenBucket(TokenBucket),
    FixedWindow(FixedWindow),
}

impl Family {
    pub(crate) fn new(numbers: &LimitNumbers, origin_us: u64) -> Result<Self, GateError> {
        Ok(match *numbers {
            LimitNumbers::TokenBucket {
                capacity,
                refill_cells,
                refill_period_us,
            } => Self::TokenBucket(TokenBucket::new(capacity, refill_cells, refill_period_us, origin_us)?),
            LimitNumbers::FixedWindow {
                capacity,
                window_us,
                anchor,
            } => Self::FixedWindow(FixedWindow::new(capacity, window_us, anchor)),
        })
    }

    pub(crate) fn capacity(&self) -> u64 {
        match self {
            Self::TokenBucket(bucket) => bucket.capacity,
            Self::FixedWindow(window) => window.capacity,
        }
    }

    /// The first whole microsecond at which `cost` cells fit; `now_us` when they fit now.
    pub(crate) fn retry_at_us(&self, counter: Counter, cost: u64, now_us: u64) -> u64 {
        match self {
            Self::TokenBucket(bucket) => bucket.retry_at_us(counter.at, cost, now_us),
            Self::FixedWindow(window) => window.retry_at_us(counter, cost, now_us),
        }
    }

    /// The counter after taking cells that fit.
    pub(crate) fn charged(&self, counter: Counter, cost: u64, now_us: u64) -> Counter {
        match self {
            Self::TokenBucket(bucket) => Counter {
                at: bucket.charged(counter.at, cost, now_us),
                used: 0,
            },
            Self::FixedWindow(window) => window.charged(counter, cost, now_us),
        }
    }

    /// The counter after a charge of `charged_at_us` was given back; others may have been charged since.
    pub(crate) fn given_back(&self, counter: Counter, charge: Charge, now_us: u64) -> Counter {
        match self {
            Self::TokenBucket(bucket) => Counter {
                at: bucket.given_back(counter.at, charge.cost, charge.at_us, now_us),
                used: 0,
            },
            Self::FixedWindow(window) => window.given_back(counter, charge),
        }
    }

    /// Whole cells left.
    pub(crate) fn remaining(&self, counter: Counter, now_us: u64) -> u64 {
        match self {
            Self::TokenBucket(bucket) => bucket.remaining(counter.at, now_us),
            Self::FixedWindow(window) => window.remaining(counter, now_us),
        }
    }

    /// The first whole microsecond at which the counter equals a fresh one.
    pub(crate) fn idle_at_us(&self, counter: Counter) -> u64 {
        match self {
            Self::TokenBucket(bucket) => bucket.idle_at_us(counter.at),
            Self::FixedWindow(window) => window.idle_at_us(counter),
        }
    }

    /// A key's slot may be given away when its counter was idle at this instant.
    pub(crate) fn reusable_until_us(&self, cold: Counter, now_us: u64) -> u64 {
        match self {
            Self::TokenBucket(_) => now_us,
            Self::FixedWindow(window) => window.reusable_until_us(cold, now_us),
        }
    }
}
