//! Sliding counter; see `harness/core/sliding-counter.ts`, where it is shown how much it lets through.
//!
//! Both windows lie in one word: the cells of the one before in the upper half, those of this one in the lower. A charge
//! that is given back is taken off that window it was counted in, so what stays is the sum of the others, exactly.
use crate::family::{Charge, Counter};
use crate::spec::NEVER_US;

#[derive(Debug)]
pub(crate) struct SlidingCounter {
    pub(crate) capacity: u64,
    window_us: u64,
}

/// Cells of two windows that follow each other.
#[derive(Debug, Clone, Copy)]
struct Windows {
    start_us: u64,
    previous: u64,
    current: u64,
}

impl From<Counter> for Windows {
    fn from(counter: Counter) -> Self {
        let word = counter.used.cast_unsigned();
        Self {
            start_us: counter.at,
            previous: word >> 32,
            current: word & 0xffff_ffff,
        }
    }
}

impl From<Windows> for Counter {
    fn from(windows: Windows) -> Self {
        Self {
            at: windows.start_us,
            used: (windows.previous << 32 | windows.current).cast_signed(),
        }
    }
}

/// All products are below 2^53: 2 x capacity x window is.
impl SlidingCounter {
    pub(crate) fn new(capacity: u64, window_us: u64) -> Self {
        Self { capacity, window_us }
    }

    /// The windows at `now_us`.
    pub(crate) fn seen(&self, counter: Counter, now_us: u64) -> Counter {
        let windows = Windows::from(counter);
        let start_us = now_us - now_us % self.window_us;
        let (previous, current) = if start_us == windows.start_us {
            (windows.previous, windows.current)
        } else if start_us == windows.start_us + self.window_us {
            (windows.current, 0)
        } else {
            (0, 0)
        };
        Counter::from(Windows {
            start_us,
            previous,
            current,
        })
    }

    pub(crate) fn retry_at_us(&self, counter: Counter, cost: u64, now_us: u64) -> u64 {
        let Windows {
            start_us,
            previous,
            current,
        } = Windows::from(self.seen(counter, now_us));
        let in_this = self.elapsed_us(previous, current, cost);
        if let Some(elapsed_us) = in_this.filter(|elapsed_us| *elapsed_us < self.window_us) {
            return now_us.max(start_us + elapsed_us).min(NEVER_US);
        }
        let in_next = self.elapsed_us(current, 0, cost).unwrap_or(self.window_us);
        (start_us + self.window_us + in_next).min(NEVER_US)
    }

    /// How far a window must have run for the cells to fit; its length: not before the next. None: however far it has run.
    fn elapsed_us(&self, previous: u64, current: u64, cost: u64) -> Option<u64> {
        let room = self.capacity.checked_sub(current + cost)? * self.window_us;
        let weight_us = room.checked_div(previous).unwrap_or(self.window_us);
        Some(self.window_us.saturating_sub(weight_us))
    }

    pub(crate) fn charged(&self, counter: Counter, cost: u64, now_us: u64) -> Counter {
        let mut windows = Windows::from(self.seen(counter, now_us));
        windows.current += cost;
        Counter::from(windows)
    }

    pub(crate) fn given_back(&self, counter: Counter, charge: Charge) -> Counter {
        let mut windows = Windows::from(counter);
        if windows.start_us == charge.after.at {
            windows.current = windows.current.saturating_sub(charge.cost);
        } else if windows.start_us == charge.after.at + self.window_us {
            windows.previous = windows.previous.saturating_sub(charge.cost);
        }
        Counter::from(windows)
    }

    pub(crate) fn remaining(&self, counter: Counter, now_us: u64) -> u64 {
        let windows = Windows::from(self.seen(counter, now_us));
        let weight_us = self.window_us - (now_us - windows.start_us);
        let room = (self.capacity * self.window_us).saturating_sub(windows.previous * weight_us);
        (room / self.window_us).saturating_sub(windows.current)
    }

    pub(crate) fn idle_at_us(&self, counter: Counter) -> u64 {
        let windows = Windows::from(counter);
        if windows.current > 0 {
            (windows.start_us + 2 * self.window_us).min(NEVER_US)
        } else if windows.previous > 0 {
            windows.start_us + self.window_us
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn windows(start_us: u64, previous: u64, current: u64) -> Counter {
        Counter::from(Windows {
            start_us,
            previous,
            current,
        })
    }

    #[test]
    fn moves_on_window_by_window_and_forgets_after_two() {
        let sliding = SlidingCounter::new(10, 100);
        let counter = sliding.charged(Counter::default(), 7, 250);
        assert_eq!(counter, windows(200, 0, 7));
        assert_eq!(sliding.charged(counter, 1, 299), windows(200, 0, 8));
        assert_eq!(sliding.charged(counter, 1, 300), windows(300, 7, 1));
        assert_eq!(sliding.charged(counter, 1, 400), windows(400, 0, 1));
        assert_eq!(sliding.idle_at_us(counter), 400);
        assert_eq!(sliding.idle_at_us(windows(300, 7, 0)), 400);
        assert_eq!(sliding.idle_at_us(windows(300, 0, 0)), 0);
    }

    #[test]
    fn a_charge_is_given_back_to_the_window_that_counted_it() {
        let sliding = SlidingCounter::new(10, 100);
        let before = windows(200, 2, 3);
        let charge = Charge {
            cost: 4,
            at_us: 250,
            before,
            after: sliding.charged(before, 4, 250),
        };
        for (counter, expected) in [
            (windows(200, 2, 9), windows(200, 2, 5)),
            (windows(300, 9, 1), windows(300, 5, 1)),
            (windows(400, 9, 1), windows(400, 9, 1)),
        ] {
            assert_eq!(sliding.given_back(counter, charge), expected);
        }
    }

    #[test]
    fn the_largest_numbers_that_are_exact_stay_so() {
        let sliding = SlidingCounter::new(1, (1 << 52) - 1);
        let counter = sliding.charged(Counter::default(), 1, 5);
        assert_eq!(sliding.retry_at_us(counter, 1, 5), 2 * ((1 << 52) - 1));
        let capacity = (1 << 31) - 1;
        let sliding = SlidingCounter::new(capacity, 1 << 21);
        let full = windows(0, capacity, 0);
        assert_eq!(sliding.retry_at_us(full, 1, 0), 1);
        assert_eq!(sliding.remaining(full, (1 << 21) - 1), capacity - 1024);
    }

    proptest! {
        #[test]
        fn the_retry_time_is_the_first_microsecond_that_fits(
            capacity in 1_u64..9, window_us in 1_u64..30, costs in prop::collection::vec((1_u64..9, 0_u64..25), 1..40),
        ) {
            let sliding = SlidingCounter::new(capacity, window_us);
            // As it is defined, in plain words.
            let fits = |counter, cost, at_us: u64| {
                let Windows { start_us, previous, current } = Windows::from(sliding.seen(counter, at_us));
                previous * (window_us - (at_us - start_us)) + (current + cost) * window_us <= capacity * window_us
            };
            let (mut counter, mut now_us) = (Counter::default(), 0);
            for (cost, gap_us) in costs {
                let cost = cost.min(capacity);
                now_us += gap_us;
                let retry_at_us = sliding.retry_at_us(counter, cost, now_us);
                let first = (now_us..now_us + 3 * window_us).find(|at_us| fits(counter, cost, *at_us));
                prop_assert_eq!(Some(retry_at_us), first);
                let most = (0..=capacity).rev().find(|cells| fits(counter, *cells, now_us)).unwrap_or(0);
                prop_assert_eq!(sliding.remaining(counter, now_us), most);
                if retry_at_us == now_us {
                    counter = sliding.charged(counter, cost, now_us);
                }
                let idle_at_us = sliding.idle_at_us(counter);
                prop_assert_eq!(sliding.remaining(counter, idle_at_us.max(now_us)), capacity);
            }
        }
    }
}
