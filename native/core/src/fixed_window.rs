//! Fixed window; see `harness/core/fixed-window.ts`.
use crate::family::{Charge, Counter};
use crate::spec::WindowAnchor;

#[derive(Debug)]
pub(crate) struct FixedWindow {
    pub(crate) capacity: u64,
    window_us: u64,
    anchor: WindowAnchor,
}

impl FixedWindow {
    pub(crate) fn new(capacity: u64, window_us: u64, anchor: WindowAnchor) -> Self {
        Self {
            capacity,
            window_us,
            anchor,
        }
    }

    pub(crate) fn retry_at_us(&self, counter: Counter, cost: u64, now_us: u64) -> u64 {
        if cost <= self.remaining(counter, now_us) {
            now_us
        } else {
            counter.at + self.window_us
        }
    }

    pub(crate) fn charged(&self, counter: Counter, cost: u64, now_us: u64) -> Counter {
        if self.idle_at_us(counter) > now_us {
            return Counter {
                at: counter.at,
                used: counter.used + cost,
            };
        }
        let start_us = match self.anchor {
            WindowAnchor::Calendar => now_us - now_us % self.window_us,
            WindowAnchor::FirstHit => now_us,
        };
        Counter {
            at: start_us,
            used: cost,
        }
    }

    /// Takes back a charge while its window lasts. A charge that started a window since others joined it stays: without it
    /// the window would have another phase, and a key could get more in some interval than it should.
    pub(crate) fn given_back(&self, counter: Counter, charge: Charge) -> Counter {
        let is_start = charge.after.used == charge.cost;
        if counter.used == 0 || counter.at != charge.after.at {
            counter
        } else if counter.used == charge.cost {
            Counter::default()
        } else if is_start && self.anchor == WindowAnchor::FirstHit {
            counter
        } else {
            Counter {
                at: counter.at,
                used: counter.used - charge.cost,
            }
        }
    }

    pub(crate) fn remaining(&self, counter: Counter, now_us: u64) -> u64 {
        if self.idle_at_us(counter) > now_us {
            self.capacity - counter.used
        } else {
            self.capacity
        }
    }

    pub(crate) fn idle_at_us(&self, counter: Counter) -> u64 {
        if counter.used == 0 {
            0
        } else {
            counter.at + self.window_us
        }
    }

    pub(crate) fn reusable_until_us(&self, cold: Counter, now_us: u64) -> u64 {
        if self.anchor == WindowAnchor::Calendar || self.idle_at_us(cold) <= now_us {
            now_us
        } else {
            cold.at
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_windows_start_at_multiples_and_first_hit_windows_at_the_charge() {
        for (anchor, start_us) in [(WindowAnchor::Calendar, 2_000), (WindowAnchor::FirstHit, 2_345)] {
            let window = FixedWindow::new(2, 1_000, anchor);
            let once = window.charged(Counter::default(), 1, 2_345);
            let twice = window.charged(once, 1, 2_999);
            assert_eq!(twice, Counter { at: start_us, used: 2 });
            assert_eq!(window.retry_at_us(twice, 1, start_us + 999), start_us + 1_000);
            assert_eq!(window.retry_at_us(twice, 1, start_us + 1_000), start_us + 1_000);
            assert_eq!(window.remaining(twice, start_us + 1_000), 2);
        }
    }

    #[test]
    fn a_charge_is_given_back_unless_the_phase_of_others_hangs_on_it() {
        let charge = |at_us, after| Charge { cost: 1, at_us, after };
        let counter = |at, used| Counter { at, used };
        for (anchor, joined) in [(WindowAnchor::Calendar, 1), (WindowAnchor::FirstHit, 2)] {
            let window = FixedWindow::new(3, 1_000, anchor);
            let first = charge(2_000, counter(2_000, 1));
            let second = charge(2_500, counter(2_000, 2));
            assert_eq!(window.given_back(counter(2_000, 1), first), Counter::default());
            assert_eq!(window.given_back(counter(2_000, 2), second), counter(2_000, 1));
            assert_eq!(window.given_back(counter(2_000, 2), first), counter(2_000, joined));
            assert_eq!(
                window.given_back(counter(3_000, 2), first),
                counter(3_000, 2),
                "its window is over"
            );
            assert_eq!(window.given_back(Counter::default(), first), Counter::default());
        }
    }
}
