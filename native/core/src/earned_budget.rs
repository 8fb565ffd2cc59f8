//! Earned budget; see `harness/core/earned-budget.ts`, where it is shown how much it lets through.
use crate::family::{Charge, Counter, Credited};
use crate::spec::{CELLS_MAX, NEVER_US};

/// The fewest cells that can be spent, less those earned: the rest of a credit is lost.
const NET_MIN: i64 = -CELLS_MAX.cast_signed();

#[derive(Debug)]
pub(crate) struct EarnedBudget {
    capacity: u64,
    trickle_us: Option<u64>,
}

impl EarnedBudget {
    pub(crate) fn new(capacity: u64, trickle_us: Option<u64>) -> Self {
        Self { capacity, trickle_us }
    }

    pub(crate) fn retry_at_us(&self, counter: Counter, cost: u64, now_us: u64) -> u64 {
        if self.fits(counter, cost) {
            now_us
        } else if self.trickle_us.is_some() {
            now_us.max(counter.at)
        } else {
            NEVER_US
        }
    }

    /// A request that does not fit trickles through, and takes nothing.
    pub(crate) fn charged(&self, counter: Counter, cost: u64, now_us: u64) -> Counter {
        if self.fits(counter, cost) {
            Counter {
                used: counter.used + cost.cast_signed(),
                ..counter
            }
        } else {
            Counter {
                at: now_us + self.trickle_us.unwrap_or(0),
                ..counter
            }
        }
    }

    /// Cells are taken off the sum again; the turn to trickle is free again unless another one has used one since. It was
    /// free when the charge took it, and so it is from the charge's instant on.
    pub(crate) fn given_back(counter: Counter, charge: Charge) -> Counter {
        if charge.after.used != charge.before.used {
            Counter {
                used: counter.used - charge.cost.cast_signed(),
                ..counter
            }
        } else if counter.at == charge.after.at {
            Counter {
                at: charge.at_us,
                ..counter
            }
        } else {
            counter
        }
    }

    pub(crate) fn credited(counter: Counter, cells: u64) -> Credited {
        let net = counter.used - cells.cast_signed();
        Credited {
            counter: Counter {
                used: net.max(NET_MIN),
                ..counter
            },
            is_cut: net < NET_MIN,
        }
    }

    pub(crate) fn remaining(&self, counter: Counter) -> u64 {
        u64::try_from(self.capacity.cast_signed() - counter.used).map_or(0, |cells| cells.min(CELLS_MAX))
    }

    pub(crate) fn idle_at_us(counter: Counter) -> u64 {
        if counter.used == 0 { counter.at } else { NEVER_US }
    }

    fn fits(&self, counter: Counter, cost: u64) -> bool {
        counter.used + cost.cast_signed() <= self.capacity.cast_signed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn counter(at: u64, used: i64) -> Counter {
        Counter { at, used }
    }

    #[test]
    fn spends_what_there_is_and_then_lets_one_request_trickle_at_a_time() {
        let budget = EarnedBudget::new(10, Some(100));
        let spent = budget.charged(Counter::default(), 10, 5);
        assert_eq!(spent, counter(0, 10));
        assert_eq!((budget.remaining(spent), budget.retry_at_us(spent, 50, 5)), (0, 5));
        let trickled = budget.charged(spent, 50, 5);
        assert_eq!(trickled, counter(105, 10));
        assert_eq!(budget.retry_at_us(trickled, 1, 104), 105);
        assert_eq!(budget.retry_at_us(trickled, 1, 106), 106);
        assert_eq!(EarnedBudget::idle_at_us(trickled), NEVER_US);
        assert_eq!(EarnedBudget::idle_at_us(counter(105, 0)), 105);
    }

    #[test]
    fn without_a_trickle_nothing_passes_until_more_is_earned() {
        let budget = EarnedBudget::new(10, None);
        let spent = counter(0, 8);
        assert_eq!(budget.retry_at_us(spent, 2, 7), 7);
        assert_eq!(budget.retry_at_us(spent, 3, 7), NEVER_US);
        let earned = EarnedBudget::credited(spent, 1);
        assert_eq!(earned.counter, counter(0, 7));
        assert_eq!(budget.retry_at_us(earned.counter, 3, 7), 7);
        let earned = EarnedBudget::credited(counter(0, -1), CELLS_MAX);
        assert_eq!((earned.counter, earned.is_cut), (counter(0, NET_MIN), true));
        assert!(!EarnedBudget::credited(counter(0, 0), CELLS_MAX).is_cut);
        assert_eq!(budget.remaining(earned.counter), CELLS_MAX);
        assert_eq!(
            budget.retry_at_us(earned.counter, CELLS_MAX, 7),
            7,
            "more than the capacity was earned"
        );
    }

    #[test]
    fn gives_cells_back_to_the_budget_and_a_turn_to_trickle_to_the_next() {
        let charge = |before, after| Charge {
            cost: 4,
            at_us: 50,
            before,
            after,
        };
        let spent = charge(counter(0, 6), counter(0, 10));
        assert_eq!(EarnedBudget::given_back(counter(150, 10), spent), counter(150, 6));
        let trickled = charge(counter(20, 10), counter(150, 10));
        assert_eq!(EarnedBudget::given_back(counter(150, 10), trickled), counter(50, 10));
        assert_eq!(EarnedBudget::given_back(counter(250, 10), trickled), counter(250, 10));
    }
}
