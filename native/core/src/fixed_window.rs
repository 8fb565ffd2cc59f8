//! Fixed window; see `harness/core/fixed-window.ts`. Its counter holds the end of the window, so that one with no cell used
//! is still seen to run.
use crate::family::{Charge, Counter, Credited};
use crate::spec::{CELLS_MAX, WindowAnchor, WindowCredit};

/// The fewest cells that can be used: the rest of a credit is lost.
const USED_MIN: i64 = -CELLS_MAX.cast_signed();

#[derive(Debug)]
pub(crate) struct FixedWindow {
    pub(crate) capacity: u64,
    window_us: u64,
    anchor: WindowAnchor,
    credit: WindowCredit,
}

impl FixedWindow {
    pub(crate) fn new(capacity: u64, window_us: u64, anchor: WindowAnchor, credit: WindowCredit) -> Self {
        Self {
            capacity,
            window_us,
            anchor,
            credit,
        }
    }

    pub(crate) fn retry_at_us(&self, counter: Counter, cost: u64, now_us: u64) -> u64 {
        if counter.at <= now_us || cost.cast_signed() <= self.capacity.cast_signed() - counter.used {
            now_us
        } else {
            counter.at
        }
    }

    /// Counts no further than 2^31 - 1, which only those reach that were denied.
    pub(crate) fn charged(&self, counter: Counter, cost: u64, now_us: u64) -> Counter {
        let (at, used) = if counter.at > now_us {
            (counter.at, counter.used)
        } else {
            let start_us = match self.anchor {
                WindowAnchor::Calendar => now_us - now_us % self.window_us,
                WindowAnchor::FirstHit => now_us,
            };
            (start_us + self.window_us, 0)
        };
        Counter {
            at,
            used: (used + cost.cast_signed()).min(CELLS_MAX.cast_signed()),
        }
    }

    /// Takes back a charge while its window lasts. A charge that started a window since others joined it stays: without it
    /// the window would have another phase, and a key could get more in some interval than it should. So does one in a
    /// window that counted all it can: nobody knows how much was left out.
    pub(crate) fn given_back(&self, counter: Counter, charge: Charge) -> Counter {
        let is_start = charge.before.at != charge.after.at;
        let cost = charge.cost.cast_signed();
        let is_full = counter.used == CELLS_MAX.cast_signed() && cost < counter.used;
        // Where there is credit, cells of others may have been in it and come back.
        let is_alone = self.credit == WindowCredit::None && counter.used == cost;
        if counter.at != charge.after.at || is_full {
            counter
        } else if is_alone {
            Counter::default()
        } else if is_start && self.anchor == WindowAnchor::FirstHit {
            counter
        } else {
            Counter {
                at: counter.at,
                used: counter.used - cost,
            }
        }
    }

    pub(crate) fn credited(&self, counter: Counter, cells: u64, now_us: u64) -> Option<Credited> {
        let used_min = match self.credit {
            WindowCredit::None => return None,
            WindowCredit::ToZero => 0,
            WindowCredit::BelowZero => USED_MIN,
        };
        let used = counter.used - cells.cast_signed();
        (counter.at > now_us).then(|| Credited {
            counter: Counter {
                at: counter.at,
                // Below 0 already when it was credited under other numbers, before `Gate::change`.
                used: used.max(used_min).min(counter.used),
            },
            is_cut: used < used_min,
        })
    }

    pub(crate) fn remaining(&self, counter: Counter, now_us: u64) -> u64 {
        let used = if counter.at > now_us { counter.used } else { 0 };
        u64::try_from(self.capacity.cast_signed() - used).unwrap_or(0)
    }

    pub(crate) fn reusable_until_us(&self, cold: Counter, now_us: u64) -> u64 {
        if self.anchor == WindowAnchor::Calendar || cold.at <= now_us {
            now_us
        } else {
            cold.at - self.window_us
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn counter(at: u64, used: i64) -> Counter {
        Counter { at, used }
    }

    fn window(anchor: WindowAnchor, credit: WindowCredit) -> FixedWindow {
        FixedWindow::new(3, 1_000, anchor, credit)
    }

    #[test]
    fn calendar_windows_start_at_multiples_and_first_hit_windows_at_the_charge() {
        for (anchor, end_us) in [(WindowAnchor::Calendar, 3_000), (WindowAnchor::FirstHit, 3_345)] {
            let window = window(anchor, WindowCredit::None);
            let once = window.charged(Counter::default(), 2, 2_345);
            let twice = window.charged(once, 1, 2_999);
            assert_eq!(twice, counter(end_us, 3));
            assert_eq!(window.retry_at_us(once, 1, 2_999), 2_999);
            assert_eq!(window.retry_at_us(once, 2, 2_999), end_us);
            assert_eq!(window.retry_at_us(twice, 1, end_us - 1), end_us);
            assert_eq!(window.retry_at_us(twice, 1, end_us), end_us);
            assert_eq!(window.remaining(twice, end_us - 1), 0);
            assert_eq!(window.remaining(twice, end_us), 3);
        }
    }

    #[test]
    fn a_charge_is_given_back_unless_the_phase_of_others_hangs_on_it() {
        let charge = |before, after| Charge {
            cost: 1,
            at_us: 0,
            before,
            after,
        };
        for (anchor, joined) in [(WindowAnchor::Calendar, 1), (WindowAnchor::FirstHit, 2)] {
            let window = window(anchor, WindowCredit::None);
            let credited = FixedWindow::new(3, 1_000, anchor, WindowCredit::ToZero);
            let first = charge(Counter::default(), counter(3_000, 1));
            let second = charge(counter(3_000, 1), counter(3_000, 2));
            assert_eq!(window.given_back(counter(3_000, 1), first), Counter::default());
            assert_eq!(window.given_back(counter(3_000, 2), second), counter(3_000, 1));
            assert_eq!(window.given_back(counter(3_000, 2), first), counter(3_000, joined));
            assert_eq!(
                window.given_back(counter(4_000, 2), first),
                counter(4_000, 2),
                "its window is over"
            );
            assert_eq!(window.given_back(Counter::default(), first), Counter::default());
            assert_eq!(
                credited.given_back(counter(3_000, 1), second),
                counter(3_000, 0),
                "it runs on"
            );
            let most = counter(3_000, CELLS_MAX.cast_signed());
            assert_eq!(window.given_back(most, second), most, "more may have been counted");
        }
    }

    #[test]
    fn credit_acts_on_the_window_that_runs_and_ends_at_zero_or_at_the_least_number() {
        for (credit, cells, expected) in [
            (WindowCredit::None, 1, None),
            (WindowCredit::ToZero, 1, Some((1, false))),
            (WindowCredit::ToZero, 2, Some((0, false))),
            (WindowCredit::ToZero, 3, Some((0, true))),
            (WindowCredit::BelowZero, 5, Some((-3, false))),
            (WindowCredit::BelowZero, CELLS_MAX, Some((2 + USED_MIN, false))),
        ] {
            let window = window(WindowAnchor::FirstHit, credit);
            let credited = window.credited(counter(1_000, 2), cells, 999);
            let expected = expected.map(|(used, is_cut)| Credited {
                counter: counter(1_000, used),
                is_cut,
            });
            assert_eq!(credited, expected, "{credit:?} {cells}");
            assert_eq!(window.credited(counter(1_000, 2), cells, 1_000), None, "it is over");
        }
        let to_zero = window(WindowAnchor::Calendar, WindowCredit::ToZero);
        let earned = to_zero.credited(counter(1_000, -7), 1, 0);
        assert_eq!(earned.map(|earned| earned.counter.used), Some(-7), "of other numbers");
        let window = window(WindowAnchor::Calendar, WindowCredit::BelowZero);
        let least = Credited {
            counter: counter(1_000, USED_MIN),
            is_cut: true,
        };
        assert_eq!(window.credited(counter(1_000, -1), CELLS_MAX, 0), Some(least));
        assert_eq!(window.remaining(least.counter, 0), 3 + CELLS_MAX);
        assert_eq!(window.charged(counter(1_000, -2), 3, 999), counter(1_000, 1));
    }

    #[test]
    fn counts_to_2_to_31_less_1_and_leaves_no_cell_then() {
        let window = window(WindowAnchor::Calendar, WindowCredit::None);
        let most = window.charged(counter(1_000, 2), CELLS_MAX, 0);
        assert_eq!(most, counter(1_000, CELLS_MAX.cast_signed()));
        assert_eq!((window.remaining(most, 0), window.retry_at_us(most, 1, 0)), (0, 1_000));
    }

    #[test]
    fn a_slot_may_be_given_away_before_the_cold_window_of_another_phase_began() {
        let first_hit = window(WindowAnchor::FirstHit, WindowCredit::None);
        assert_eq!(first_hit.reusable_until_us(counter(1_500, 1), 1_499), 500);
        assert_eq!(first_hit.reusable_until_us(counter(1_500, 1), 1_500), 1_500);
        let calendar = window(WindowAnchor::Calendar, WindowCredit::None);
        assert_eq!(calendar.reusable_until_us(counter(2_000, 1), 1_499), 1_499);
    }
}
