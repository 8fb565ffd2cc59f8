//! Token bucket as the generic cell rate algorithm, exact; see `harness/core/token-bucket.ts`. A leaky queue is one that
//! holds its queue too, and makes those wait who stand in it; see `harness/core/leaky-queue.ts`.
//!
//! Here the theoretical arrival time is one 64-bit number of units of 1/n microsecond since the gate was made: ten
//! years x 29,000 and a debt below 2^52 stay below 2^63.
use crate::error::GateError;
use crate::spec::LimitNumbers;

const REDUCED_CELLS_MAX: u64 = 29_000;
const SUM_UNITS_MAX: u64 = (1 << 53) - 1;

#[derive(Debug)]
pub(crate) struct TokenBucket {
    /// The queue included.
    pub(crate) capacity: u64,
    /// n: units of a microsecond.
    cells: u64,
    /// p: units that one cell costs.
    period_us: u64,
    capacity_units: u64,
    /// The debt up to which nobody waits.
    served_units: u64,
    origin_us: u64,
}

/// One cost at one time, worked out for many buckets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    now: u64,
    cost: u64,
    /// The latest arrival time at which the cost still fits.
    tat_max: u64,
}

impl Step {
    /// The arrival time after the charge; none when the cells do not fit.
    #[inline]
    pub(crate) fn charged(self, tat: u64) -> Option<u64> {
        (tat <= self.tat_max).then(|| tat.max(self.now) + self.cost)
    }
}

impl TokenBucket {
    /// A bucket or a queue.
    pub(crate) fn of(numbers: &LimitNumbers, origin_us: u64) -> Result<Self, GateError> {
        match *numbers {
            LimitNumbers::TokenBucket {
                capacity,
                refill_cells,
                refill_period_us,
            } => Self::new(capacity, refill_cells, refill_period_us, origin_us),
            LimitNumbers::LeakyQueue {
                capacity,
                queue_cells,
                refill_cells,
                refill_period_us,
            } => {
                let mut queue = Self::new(capacity + queue_cells, refill_cells, refill_period_us, origin_us)?;
                queue.served_units = capacity * queue.period_us;
                Ok(queue)
            }
            _ => Err(GateError::Gate("these numbers are of no bucket".to_owned())),
        }
    }

    pub(crate) fn new(
        capacity: u64,
        refill_cells: u64,
        refill_period_us: u64,
        origin_us: u64,
    ) -> Result<Self, GateError> {
        let divisor = greatest_common_divisor(refill_cells, refill_period_us);
        let cells = refill_cells / divisor;
        let period_us = refill_period_us / divisor;
        let capacity_units = capacity
            .checked_mul(period_us)
            .filter(|units| *units <= SUM_UNITS_MAX / 2);
        match capacity_units {
            Some(capacity_units) if cells <= REDUCED_CELLS_MAX => Ok(Self {
                capacity,
                cells,
                period_us,
                capacity_units,
                served_units: capacity_units,
                origin_us,
            }),
            _ => Err(GateError::Gate(format!(
                "{capacity} cells, {cells} per {period_us} us: can not be counted exactly"
            ))),
        }
    }

    /// Whether `cost` cells fit; no more than the capacity may be asked for.
    pub(crate) fn fits(&self, tat: u64, cost: u64, now_us: u64) -> bool {
        self.debt(tat, now_us) + cost * self.period_us <= self.capacity_units
    }

    /// None when the cost is above the capacity.
    pub(crate) fn step(&self, cost: u64, now_us: u64) -> Option<Step> {
        let (now, room) = (self.units(now_us), self.capacity.checked_sub(cost)? * self.period_us);
        Some(Step {
            now,
            cost: cost * self.period_us,
            tat_max: now + room,
        })
    }

    pub(crate) fn retry_at_us(&self, tat: u64, cost: u64, now_us: u64) -> u64 {
        let wanted = self.debt(tat, now_us) + cost * self.period_us;
        now_us + wanted.saturating_sub(self.capacity_units).div_ceil(self.cells)
    }

    pub(crate) fn charged(&self, tat: u64, cost: u64, now_us: u64) -> u64 {
        tat.max(self.units(now_us)) + cost * self.period_us
    }

    /// Takes back a charge of `charged_at_us`, on which others may have been built, so that nobody ever gets a cell more
    /// than without it.
    ///
    /// Without the charge the arrival time would be lower by at least cost x p less what has come back since: where the
    /// charge met an idle bucket and a later one came before its debt was paid off, only the rest of it lies in the sum.
    /// `now_us` is not before any charge that `tat` contains. One unit stays in any case: a slot's arrival time must never
    /// fall back to what it was when another key had the slot (see `bucket_table.rs`).
    pub(crate) fn given_back(&self, tat: u64, cost: u64, charged_at_us: u64, now_us: u64) -> u64 {
        let come_back = (self.units(now_us) - self.units(charged_at_us)).max(1);
        tat - (cost * self.period_us).saturating_sub(come_back)
    }

    /// None are left where another thread has charged at a time that is later than this thread's.
    pub(crate) fn remaining(&self, tat: u64, now_us: u64) -> u64 {
        self.capacity
            .saturating_sub(self.debt(tat, now_us).div_ceil(self.period_us))
    }

    /// Until no more than what is served at once is owed: how long the last request that was charged waits for its turn.
    pub(crate) fn delay_us(&self, tat: u64, now_us: u64) -> u64 {
        let queued = self.debt(tat, now_us).saturating_sub(self.served_units);
        if queued == 0 { 0 } else { queued.div_ceil(self.cells) }
    }

    /// The arrival time under these numbers where `tat` was it under `old` ones: as many cells are owed, rounded up to a
    /// unit, and no more than can be.
    pub(crate) fn carried(&self, old: &Self, tat: u64, now_us: u64) -> u64 {
        let owed = u128::from(old.debt(tat, now_us)) * u128::from(self.period_us);
        let units = owed.div_ceil(u128::from(old.period_us));
        let units = u64::try_from(units).unwrap_or(u64::MAX);
        self.units(now_us) + units.min(self.capacity_units)
    }

    pub(crate) fn idle_at_us(&self, tat: u64) -> u64 {
        self.origin_us + tat.div_ceil(self.cells)
    }

    pub(crate) fn is_idle(&self, tat: u64, now_us: u64) -> bool {
        tat <= self.units(now_us)
    }

    fn debt(&self, tat: u64, now_us: u64) -> u64 {
        tat.saturating_sub(self.units(now_us))
    }

    fn units(&self, now_us: u64) -> u64 {
        (now_us - self.origin_us) * self.cells
    }
}

fn greatest_common_divisor(mut left: u64, mut right: u64) -> u64 {
    while right > 0 {
        (left, right) = (right, left % right);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::HORIZON_US;
    use proptest::prelude::*;

    fn drained(bucket: &TokenBucket, now_us: u64) -> u64 {
        bucket.charged(0, bucket.capacity, now_us)
    }

    #[test]
    fn stays_within_64_bits_at_the_horizon_with_the_finest_grain_and_the_largest_debt() {
        let capacity = (1 << 31) - 1;
        let period_us = 2_097_143; // A prime with 2 x capacity x period just below 2^53.
        let bucket = TokenBucket::new(capacity, 29_000, period_us, 0).unwrap();
        let full = drained(&bucket, HORIZON_US);
        let units = u128::from(HORIZON_US) * 29_000 + u128::from(capacity * period_us);
        assert_eq!(u128::from(full), units);
        assert_eq!(bucket.remaining(full, HORIZON_US), 0);
        assert_eq!(u128::from(bucket.idle_at_us(full)), units.div_ceil(29_000));
    }

    #[test]
    fn refuses_numbers_that_would_need_more_than_64_bits() {
        assert!(TokenBucket::new(1, 29_001, 1_000_000_007, 0).is_err());
        assert!(
            TokenBucket::new(1, 58_000, 2_000_006, 0).is_ok(),
            "29,000 per 1,000,003 after reduction"
        );
        assert!(TokenBucket::new(2, 1, 1 << 51, 0).is_err());
        assert!(TokenBucket::new(1, 1, u64::MAX, 0).is_err());
    }

    #[test]
    fn has_no_cell_left_at_a_time_before_that_of_a_full_charge() {
        let bucket = TokenBucket::new(3, 1, 10, 0).unwrap();
        let full = drained(&bucket, 100);
        assert_eq!((bucket.remaining(full, 100), bucket.remaining(full, 85)), (0, 0));
        assert_eq!(bucket.retry_at_us(full, 1, 85), 110);
    }

    #[test]
    fn who_stands_in_a_queue_waits_until_what_is_owed_is_served_at_once() {
        let queue = LimitNumbers::LeakyQueue {
            capacity: 2,
            queue_cells: 3,
            refill_cells: 3,
            refill_period_us: 10,
        };
        let queue = TokenBucket::of(&queue, 0).unwrap();
        assert_eq!(queue.capacity, 5);
        let tats: Vec<u64> = (1..=5).map(|cells| queue.charged(0, cells, 0)).collect();
        let delays: Vec<u64> = tats.iter().map(|tat| queue.delay_us(*tat, 0)).collect();
        assert_eq!(delays, [0, 0, 4, 7, 10], "10 us serve three cells");
        assert_eq!((queue.delay_us(tats[2], 3), queue.delay_us(tats[2], 4)), (1, 0));
        assert_eq!(queue.retry_at_us(tats[4], 1, 0), 4);
        let bucket = TokenBucket::new(5, 3, 10, 0).unwrap();
        assert_eq!(bucket.delay_us(tats[4], 0), 0, "a bucket has no queue");
    }

    #[test]
    fn cells_that_are_owed_stay_owed_at_another_rate_up_to_the_new_capacity() {
        let old = TokenBucket::new(10, 1, 7, 5).unwrap();
        let tat = old.charged(0, 9, 5);
        for (capacity, cells, period_us, expected) in [
            (10, 1, 7, 9 * 7),
            (10, 1, 70, 9 * 70),
            (8, 1, 70, 8 * 70),
            (10, 2, 3, 9 * 3),
        ] {
            let new = TokenBucket::new(capacity, cells, period_us, 5).unwrap();
            assert_eq!(
                new.debt(new.carried(&old, tat, 5), 5),
                expected,
                "{capacity} {cells}/{period_us}"
            );
        }
        // After 6 us 57 of 63 units are owed, which are 57/7 cells and so 24 3/7 units of 3.
        let new = TokenBucket::new(10, 2, 3, 5).unwrap();
        assert_eq!(new.debt(new.carried(&old, tat, 11), 11), 25);
        assert_eq!(new.debt(new.carried(&old, tat, 500), 500), 0);
        let largest = TokenBucket::new(1, 1, (1 << 52) - 1, 0).unwrap();
        let finest = TokenBucket::new(1 << 31, 29_000, 2_000_003, 0).unwrap();
        let carried = largest.carried(&finest, finest.charged(0, 1 << 31, HORIZON_US), HORIZON_US);
        assert_eq!(largest.debt(carried, HORIZON_US), (1 << 52) - 1);
    }

    proptest! {
        #[test]
        fn the_retry_time_is_the_first_microsecond_that_fits(
            capacity in 1_u64..50, cells in 1_u64..40, period_us in 1_u64..5_000_000,
            costs in prop::collection::vec((1_u64..50, 0_u64..3_000_000), 1..40),
        ) {
            let bucket = TokenBucket::new(capacity, cells, period_us, 7).unwrap();
            let (mut tat, mut now_us) = (0, 7);
            for (cost, gap_us) in costs {
                let cost = cost.min(capacity);
                now_us += gap_us;
                let retry_at_us = bucket.retry_at_us(tat, cost, now_us);
                prop_assert_eq!(bucket.fits(tat, cost, now_us), retry_at_us == now_us);
                prop_assert!(bucket.fits(tat, cost, retry_at_us));
                let step = bucket.step(cost, now_us).unwrap();
                prop_assert_eq!(step.charged(tat), bucket.fits(tat, cost, now_us).then(|| bucket.charged(tat, cost, now_us)));
                prop_assert!(bucket.step(capacity + 1, now_us).is_none());
                if retry_at_us > now_us {
                    prop_assert!(!bucket.fits(tat, cost, retry_at_us - 1));
                } else {
                    tat = bucket.charged(tat, cost, now_us);
                }
                let idle_at_us = bucket.idle_at_us(tat);
                prop_assert!(bucket.is_idle(tat, idle_at_us));
                prop_assert!(idle_at_us <= 7 || !bucket.is_idle(tat, idle_at_us - 1));
                prop_assert_eq!(bucket.remaining(tat, idle_at_us.max(now_us)), capacity);
            }
        }

        /// Charges of which some are given back later, in any order, against the same history without them.
        #[test]
        fn a_charge_that_is_given_back_leaves_nobody_more_than_there_would_be_without_it(
            cells in 1_u64..5, period_us in 1_u64..7,
            charges in prop::collection::vec((1_u64..4, 0_u64..9, prop::option::of(0_usize..6)), 1..14),
        ) {
            let bucket = TokenBucket::new(1_000, cells, period_us, 0).unwrap();
            let (mut actual, mut kept, mut now_us) = (0, 0, 0);
            let mut waiting: Vec<(usize, u64, u64)> = Vec::new();
            for (index, (cost, gap_us, returned_after)) in charges.iter().enumerate() {
                now_us += gap_us;
                let (due, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(at, ..)| *at <= index);
                waiting = rest;
                for (_, cost, charged_at_us) in due {
                    actual = bucket.given_back(actual, cost, charged_at_us, now_us);
                    prop_assert!(bucket.debt(actual, now_us) >= bucket.debt(kept, now_us));
                }
                actual = bucket.charged(actual, *cost, now_us);
                match returned_after {
                    Some(turns) => waiting.push((index + 1 + turns, *cost, now_us)),
                    None => kept = bucket.charged(kept, *cost, now_us),
                }
                prop_assert!(bucket.debt(actual, now_us) >= bucket.debt(kept, now_us));
            }
        }
    }
}
