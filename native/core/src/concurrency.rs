//! Concurrency; see `harness/core/concurrency.ts`.
use crate::family::Counter;
use crate::spec::NEVER_US;

#[derive(Debug)]
pub(crate) struct Concurrency {
    pub(crate) capacity: u64,
}

impl Concurrency {
    pub(crate) fn new(capacity: u64) -> Self {
        Self { capacity }
    }

    /// Nobody knows when a request in flight ends: the next microsecond, where there is no room now.
    pub(crate) fn retry_at_us(&self, counter: Counter, cost: u64, now_us: u64) -> u64 {
        now_us + u64::from(cost > self.remaining(counter))
    }

    /// In flight when all cells are: what a key is shown that has no slot to count in.
    pub(crate) fn full(&self) -> Counter {
        Counter {
            at: 0,
            used: self.capacity.cast_signed(),
        }
    }

    pub(crate) fn charged(counter: Counter, cost: u64) -> Counter {
        Counter {
            used: counter.used + cost.cast_signed(),
            ..counter
        }
    }

    /// Nothing falls below 0: who releases what was not admitted frees no more than there is.
    pub(crate) fn released(counter: Counter, cost: u64) -> Counter {
        Counter {
            used: (counter.used - cost.cast_signed()).max(0),
            ..counter
        }
    }

    pub(crate) fn remaining(&self, counter: Counter) -> u64 {
        self.capacity.saturating_sub(counter.used.cast_unsigned())
    }

    pub(crate) fn idle_at_us(counter: Counter) -> u64 {
        if counter.used == 0 { 0 } else { NEVER_US }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_cells_until_they_are_released_and_never_less_than_none() {
        let concurrency = Concurrency::new(3);
        let two = Concurrency::charged(Counter::default(), 2);
        assert_eq!(
            (concurrency.retry_at_us(two, 1, 7), concurrency.retry_at_us(two, 2, 7)),
            (7, 8)
        );
        assert_eq!(
            (concurrency.remaining(two), Concurrency::idle_at_us(two)),
            (1, NEVER_US)
        );
        let one = Concurrency::released(two, 1);
        assert_eq!(one.used, 1);
        let none = Concurrency::released(one, 2);
        assert_eq!(none, Counter::default());
        assert_eq!(Concurrency::idle_at_us(none), 0);
        assert_eq!(concurrency.remaining(concurrency.full()), 0);
        assert_eq!(
            concurrency.remaining(Counter { at: 0, used: 5 }),
            0,
            "after the capacity was lowered"
        );
    }
}
