//! What the families of limits have in common; see `harness/core/family.ts`.
//!
//! Times that are handed to a counter never go back: a wide table reads the gate's clock behind its lock.
use crate::concurrency::Concurrency;
use crate::earned_budget::EarnedBudget;
use crate::error::GateError;
use crate::fixed_window::FixedWindow;
use crate::sliding_counter::SlidingCounter;
use crate::sliding_log::SlidingLog;
use crate::spec::LimitNumbers;
use crate::token_bucket::TokenBucket;

/// The state of one key. Fresh is all zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, zerocopy::FromZeros)]
#[repr(C)]
pub(crate) struct Counter {
    /// Token bucket and leaky queue: the theoretical arrival time in units of 1/n microsecond since the gate was made.
    /// Fixed window: its end, 0 = none was started. Sliding counter: start of the window. Sliding log: instant of the last
    /// charge. Earned budget: when the next request may trickle.
    pub(crate) at: u64,
    /// Cells: of the window, the log, the budget (below 0 when more was earned than spent) or in flight. Sliding counter:
    /// see there. Token bucket: always 0.
    pub(crate) used: i64,
}

/// What a decision took from a counter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Charge {
    pub(crate) cost: u64,
    pub(crate) at_us: u64,
    /// The counter right before and right after it.
    pub(crate) before: Counter,
    pub(crate) after: Counter,
}

/// What became of cells that were given to a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Credited {
    pub(crate) counter: Counter,
    /// Whether some of the cells were too many for it, so that they are lost.
    pub(crate) is_cut: bool,
}

#[derive(Debug)]
pub(crate) enum Family {
    /// A leaky queue too.
    TokenBucket(TokenBucket),
    FixedWindow(FixedWindow),
    SlidingLog(SlidingLog),
    SlidingCounter(SlidingCounter),
    EarnedBudget(EarnedBudget),
    Concurrency(Concurrency),
}

impl Family {
    /// `slots` counters and the cold one, whose number is `slots`.
    pub(crate) fn new(numbers: &LimitNumbers, origin_us: u64, slots: usize) -> Result<Self, GateError> {
        Ok(match *numbers {
            LimitNumbers::TokenBucket { .. } | LimitNumbers::LeakyQueue { .. } => {
                Self::TokenBucket(TokenBucket::of(numbers, origin_us)?)
            }
            LimitNumbers::FixedWindow {
                capacity,
                window_us,
                anchor,
                credit,
                ..
            } => Self::FixedWindow(FixedWindow::new(capacity, window_us, anchor, credit)),
            LimitNumbers::SlidingLog { capacity, window_us } => {
                Self::SlidingLog(SlidingLog::new(capacity, window_us, slots)?)
            }
            LimitNumbers::SlidingCounter { capacity, window_us } => {
                Self::SlidingCounter(SlidingCounter::new(capacity, window_us))
            }
            LimitNumbers::EarnedBudget { capacity, trickle_us } => {
                Self::EarnedBudget(EarnedBudget::new(capacity, trickle_us))
            }
            LimitNumbers::Concurrency { capacity } => Self::Concurrency(Concurrency::new(capacity)),
        })
    }

    /// Whether so many cells can never be had at once. A budget lets whatever it costs trickle through.
    pub(crate) fn is_too_much(&self, cost: u64) -> bool {
        match self {
            Self::TokenBucket(bucket) => cost > bucket.capacity,
            Self::FixedWindow(window) => cost > window.capacity,
            Self::SlidingLog(log) => cost > log.capacity,
            Self::SlidingCounter(counter) => cost > counter.capacity,
            Self::EarnedBudget(_) => false,
            Self::Concurrency(concurrency) => cost > concurrency.capacity,
        }
    }

    /// The counter of a slot as it stands at `now_us`: of a log without what has left its window.
    pub(crate) fn seen(&self, slot: usize, counter: Counter, now_us: u64) -> Counter {
        match self {
            Self::SlidingLog(log) => log.seen(slot, counter, now_us),
            Self::SlidingCounter(sliding) => sliding.seen(counter, now_us),
            _ => counter,
        }
    }

    /// The first whole microsecond at which `cost` cells fit; `now_us` when they fit now. No more than the capacity may be
    /// asked for, but of a budget.
    pub(crate) fn retry_at_us(&self, slot: usize, counter: Counter, cost: u64, now_us: u64) -> u64 {
        match self {
            Self::TokenBucket(bucket) => bucket.retry_at_us(counter.at, cost, now_us),
            Self::FixedWindow(window) => window.retry_at_us(counter, cost, now_us),
            Self::SlidingLog(log) => log.retry_at_us(slot, counter, cost, now_us),
            Self::SlidingCounter(sliding) => sliding.retry_at_us(counter, cost, now_us),
            Self::EarnedBudget(budget) => budget.retry_at_us(counter, cost, now_us),
            Self::Concurrency(concurrency) => concurrency.retry_at_us(counter, cost, now_us),
        }
    }

    /// The counter after taking cells that fit.
    pub(crate) fn charged(&mut self, slot: usize, counter: Counter, cost: u64, now_us: u64) -> Counter {
        match self {
            Self::TokenBucket(bucket) => Counter {
                at: bucket.charged(counter.at, cost, now_us),
                used: 0,
            },
            Self::FixedWindow(window) => window.charged(counter, cost, now_us),
            Self::SlidingLog(log) => log.charged(slot, counter, cost, now_us),
            Self::SlidingCounter(sliding) => sliding.charged(counter, cost, now_us),
            Self::EarnedBudget(budget) => budget.charged(counter, cost, now_us),
            Self::Concurrency(_) => Concurrency::charged(counter, cost),
        }
    }

    /// The counter after a charge was given back; others may have been charged since.
    ///
    /// No family lets anybody have more by it than if the charge had never been: a bucket takes off what has not come back
    /// by itself, a log, a sliding counter and a budget exactly what was charged, a window the same unless the phase of
    /// others hangs on it. All of them are sums, which the order of what is added does not change, unless a credit was cut
    /// off at its end in between: then the table keeps the charge (see `WideTable::give_back`).
    pub(crate) fn given_back(&mut self, slot: usize, counter: Counter, charge: Charge, now_us: u64) -> Counter {
        match self {
            Self::TokenBucket(bucket) => Counter {
                at: bucket.given_back(counter.at, charge.cost, charge.at_us, now_us),
                used: 0,
            },
            Self::FixedWindow(window) => window.given_back(counter, charge),
            Self::SlidingLog(log) => log.given_back(slot, counter, charge),
            Self::SlidingCounter(sliding) => sliding.given_back(counter, charge),
            Self::EarnedBudget(_) => EarnedBudget::given_back(counter, charge),
            Self::Concurrency(_) => Concurrency::released(counter, charge.cost),
        }
    }

    /// The counter with more cells to spend; none when it takes no credit now.
    pub(crate) fn credited(&self, counter: Counter, cells: u64, now_us: u64) -> Option<Credited> {
        match self {
            Self::FixedWindow(window) => window.credited(counter, cells, now_us),
            Self::EarnedBudget(_) => Some(EarnedBudget::credited(counter, cells)),
            _ => None,
        }
    }

    /// Whole cells left.
    pub(crate) fn remaining(&self, counter: Counter, now_us: u64) -> u64 {
        match self {
            Self::TokenBucket(bucket) => bucket.remaining(counter.at, now_us),
            Self::FixedWindow(window) => window.remaining(counter, now_us),
            Self::SlidingLog(log) => log.remaining(counter),
            Self::SlidingCounter(sliding) => sliding.remaining(counter, now_us),
            Self::EarnedBudget(budget) => budget.remaining(counter),
            Self::Concurrency(concurrency) => concurrency.remaining(counter),
        }
    }

    /// How long a request that was just charged has to wait for its turn.
    pub(crate) fn delay_us(&self, counter: Counter, now_us: u64) -> u64 {
        match self {
            Self::TokenBucket(bucket) => bucket.delay_us(counter.at, now_us),
            _ => 0,
        }
    }

    /// The first whole microsecond at which the counter equals a fresh one; `NEVER_US` when time alone does not do it.
    pub(crate) fn idle_at_us(&self, counter: Counter) -> u64 {
        match self {
            Self::TokenBucket(bucket) => bucket.idle_at_us(counter.at),
            Self::FixedWindow(_) => counter.at,
            Self::SlidingLog(log) => log.idle_at_us(counter),
            Self::SlidingCounter(sliding) => sliding.idle_at_us(counter),
            Self::EarnedBudget(_) => EarnedBudget::idle_at_us(counter),
            Self::Concurrency(_) => Concurrency::idle_at_us(counter),
        }
    }

    /// A key's slot may be given away when its counter was idle at this instant.
    pub(crate) fn reusable_until_us(&self, cold: Counter, now_us: u64) -> u64 {
        match self {
            Self::FixedWindow(window) => window.reusable_until_us(cold, now_us),
            _ => now_us,
        }
    }

    /// The counter of keys that have no slot. Of cells in flight nobody could say whose they were, so none are let in.
    pub(crate) fn cold(&self, cold: Counter) -> Counter {
        match self {
            Self::Concurrency(concurrency) => concurrency.full(),
            _ => cold,
        }
    }

    /// Whether a key that has no counter yet can be credited.
    pub(crate) fn starts_by_credit(&self) -> bool {
        matches!(self, Self::EarnedBudget(_))
    }

    /// A counter of the same family under these numbers, with what `old` keeps for its slot; see `Gate.change` in
    /// `harness/core/spec.ts`.
    pub(crate) fn carried(&mut self, old: &Self, slot: usize, counter: Counter, now_us: u64) -> Counter {
        match (self, old) {
            (Self::TokenBucket(new), Self::TokenBucket(old)) => Counter {
                at: new.carried(old, counter.at, now_us),
                used: 0,
            },
            (Self::SlidingLog(new), Self::SlidingLog(old)) => new.carry(old, slot),
            _ => counter,
        }
    }

    /// Begins the counter of a slot as that of another stands.
    pub(crate) fn copy(&mut self, from: usize, to: usize) {
        if let Self::SlidingLog(log) = self {
            log.copy(from, to);
        }
    }
}
