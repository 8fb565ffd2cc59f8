use super::*;
use crate::spec::{HORIZON_US, WindowAnchor, WindowCredit};
use proptest::prelude::*;

/// A table with a clock of its own.
struct Desk {
    table: WideTable,
    clock: Clock,
}

impl Desk {
    fn new(numbers: &LimitNumbers, ban: Option<&BanSpec>, keys_max: u64) -> Self {
        Self {
            table: WideTable::new(numbers, ban, keys_max, 0).unwrap(),
            clock: Clock::new(0, HORIZON_US),
        }
    }

    fn look(&self, key: u32, cost: u64, now_us: u64) -> Look {
        self.clock.advance(now_us);
        let mut look = Look::unasked(cost, now_us);
        self.table.look(hash(key), &mut look, &self.clock);
        look
    }

    /// Charges a request that is admitted, and strikes one that is throttled.
    fn ask(&mut self, key: u32, cost: u64, now_us: u64) -> Look {
        let mut look = self.look(key, cost, now_us);
        match look.decision {
            Decision::Admitted => assert!(self.table.charge(hash(key), &mut look, &self.clock, true)),
            Decision::Throttled => self.table.strike(hash(key), &mut look, &self.clock),
            _ => {}
        }
        look
    }

    fn decide(&mut self, key: u32, cost: u64, now_us: u64) -> Decision {
        self.ask(key, cost, now_us).decision
    }
}

fn hash(key: u32) -> KeyHash {
    KeyHash::new(key, key)
}

fn window(capacity: u64, window_us: u64) -> LimitNumbers {
    LimitNumbers::FixedWindow {
        capacity,
        window_us,
        anchor: WindowAnchor::FirstHit,
        credit: WindowCredit::None,
        counts_denied: false,
    }
}

fn ban(after_throttles: u64, steps_us: &[u64], forget_us: u64) -> BanSpec {
    BanSpec {
        after_throttles,
        steps_us: steps_us.to_vec(),
        forget_us,
    }
}

/// One of each family, with two cells at once.
fn all_families() -> [LimitNumbers; 6] {
    let (capacity, window_us) = (2, 100);
    [
        LimitNumbers::TokenBucket {
            capacity,
            refill_cells: 1,
            refill_period_us: 50,
        },
        window(capacity, window_us),
        LimitNumbers::SlidingLog { capacity, window_us },
        LimitNumbers::SlidingCounter { capacity, window_us },
        LimitNumbers::EarnedBudget {
            capacity,
            trickle_us: None,
        },
        LimitNumbers::Concurrency { capacity },
    ]
}

const SOME_BAN: &[u64] = &[30];

#[test]
fn every_family_admits_its_capacity_and_gives_back_what_a_later_limit_refused() {
    for numbers in all_families() {
        let mut desk = Desk::new(&numbers, Some(&ban(9, SOME_BAN, 0)), 4);
        let first = desk.ask(1, 1, 10);
        let second = desk.ask(1, 1, 10);
        assert_eq!(
            (first.decision, second.decision),
            (Decision::Admitted, Decision::Admitted)
        );
        assert_eq!(desk.decide(1, 1, 10), Decision::Throttled, "{numbers:?}");
        desk.table.give_back(hash(1), &second, &desk.clock);
        let again = desk.look(1, 1, 10).decision;
        // A bucket keeps a unit behind.
        let is_bucket = matches!(numbers, LimitNumbers::TokenBucket { .. });
        assert_eq!(again == Decision::Admitted, !is_bucket, "{numbers:?}");
        assert_eq!(desk.look(1, 1, 11).decision, Decision::Admitted, "{numbers:?}");
        assert_ne!(
            desk.look(1, 2, 11).decision,
            Decision::Admitted,
            "the first stands: {numbers:?}"
        );
    }
}

#[test]
fn every_family_gives_a_slot_away_when_its_key_is_as_fresh_and_not_before() {
    for (numbers, free_at_us) in all_families().iter().zip([60, 110, 110, 200, u64::MAX, u64::MAX]) {
        let mut desk = Desk::new(numbers, None, 1);
        desk.ask(1, 1, 10);
        for now_us in [59, 60, 109, 110, 199, 200, 100_000] {
            let place = desk.look(2, 1, now_us).place;
            let expected = if now_us < free_at_us {
                Place::Cold
            } else {
                Place::Free(0)
            };
            assert_eq!(place, expected, "{numbers:?} at {now_us}");
        }
    }
}

#[test]
fn keys_without_a_slot_share_the_cold_counter_and_who_gets_one_starts_from_it() {
    for numbers in &all_families()[..5] {
        let mut desk = Desk::new(numbers, None, 1);
        desk.ask(1, 1, 0);
        assert_eq!(desk.decide(2, 2, 0), Decision::Admitted, "{numbers:?}");
        let third = desk.ask(3, 1, 0);
        assert_eq!(
            (third.decision, third.is_cold),
            (Decision::Throttled, true),
            "{numbers:?}"
        );
        assert_eq!(desk.decide(1, 1, 0), Decision::Admitted, "it has its own: {numbers:?}");
    }
    let mut desk = Desk::new(
        &LimitNumbers::SlidingLog {
            capacity: 2,
            window_us: 100,
        },
        None,
        1,
    );
    desk.ask(1, 1, 0);
    desk.ask(2, 2, 50);
    let taken = desk.look(2, 1, 100);
    assert_eq!(
        (taken.place, taken.is_cold, taken.retry_at_us),
        (Place::Free(0), true, 150)
    );
    assert_eq!(desk.decide(2, 1, 150), Decision::Admitted);
    assert_eq!(
        desk.table.remaining(&desk.look(3, 1, 150)),
        2,
        "the cold one has not taken it"
    );
}

#[test]
fn cells_in_flight_are_never_counted_cold() {
    let mut desk = Desk::new(&LimitNumbers::Concurrency { capacity: 2 }, None, 1);
    desk.ask(1, 2, 0);
    let other = desk.ask(2, 1, 5);
    assert_eq!(
        (other.decision, other.is_cold, other.retry_at_us),
        (Decision::Throttled, true, 6)
    );
    assert_eq!(
        (desk.table.remaining(&other), desk.table.reset_at_us(&other)),
        (0, crate::spec::NEVER_US)
    );
    assert_eq!(desk.look(2, 3, 5).decision, Decision::Never);
    desk.table.release(hash(2), 1);
    assert_eq!(desk.decide(1, 1, 5), Decision::Throttled, "nothing of it was released");
    desk.table.release(hash(1), 1);
    assert_eq!(desk.decide(1, 1, 5), Decision::Admitted);
    desk.table.release(hash(1), 9);
    assert_eq!(desk.look(2, 1, 5).place, Place::Free(0));
}

#[test]
fn a_key_is_banned_longer_each_time_and_keeps_its_slot_until_that_is_forgotten() {
    let mut desk = Desk::new(&window(1, 10), Some(&ban(2, &[20, 50], 1_000)), 1);
    desk.ask(1, 1, 0);
    assert_eq!(desk.ask(1, 1, 1).retry_at_us, 10);
    let completing = desk.ask(1, 1, 2);
    assert_eq!((completing.decision, completing.retry_at_us), (Decision::Throttled, 22));
    let banned = desk.ask(1, 1, 21);
    assert_eq!((banned.decision, banned.retry_at_us), (Decision::Banned, 22));
    assert_eq!(desk.decide(1, 1, 22), Decision::Admitted);
    desk.ask(1, 1, 22);
    assert_eq!(desk.ask(1, 1, 23).retry_at_us, 73, "the second step");
    assert_eq!(desk.look(2, 1, 1_072).place, Place::Cold);
    assert_eq!(desk.look(2, 1, 1_073).place, Place::Free(0));
    desk.ask(2, 1, 1_073);
    assert_eq!(desk.look(1, 1, 1_073).retry_at_us, 0, "the cold counter knows no bans");
}

#[test]
fn strikes_end_with_an_admission_or_when_the_counter_was_full() {
    let mut desk = Desk::new(&window(2, 10), Some(&ban(2, &[100], 0)), 4);
    desk.ask(1, 1, 0);
    desk.ask(1, 2, 0);
    desk.ask(1, 1, 0);
    assert_eq!(desk.ask(1, 1, 0).retry_at_us, 10, "the first again");
    // Full again, and charged for a request that the verifier refuses.
    let mut refused = desk.look(1, 2, 10);
    assert!(desk.table.charge(hash(1), &mut refused, &desk.clock, false));
    assert_eq!(desk.ask(1, 1, 10).retry_at_us, 20, "the first again");
    assert_eq!(desk.ask(1, 1, 10).retry_at_us, 110);
}

#[test]
fn denied_requests_count_where_they_do_and_a_window_begins_by_them() {
    let numbers = LimitNumbers::FixedWindow {
        capacity: 2,
        window_us: 10,
        anchor: WindowAnchor::FirstHit,
        credit: WindowCredit::None,
        counts_denied: true,
    };
    let mut desk = Desk::new(&numbers, None, 4);
    let mut look = desk.look(1, 1, 5);
    desk.table.count_denied(hash(1), &mut look, &desk.clock);
    assert_eq!((look.retry_at_us, desk.table.remaining(&look)), (5, 1));
    desk.table.count_denied(hash(1), &mut look, &desk.clock);
    assert_eq!((look.retry_at_us, desk.table.remaining(&look)), (15, 0));
    let mut never = desk.look(1, CELLS_MAX + 1, 6);
    desk.table.count_denied(hash(1), &mut never, &desk.clock);
    assert_eq!((never.decision, never.retry_at_us), (Decision::Never, 0));
    assert_eq!(desk.table.entries[0].counter.used, CELLS_MAX.cast_signed());
    assert_eq!(desk.look(1, 1, 15).decision, Decision::Admitted);
}

#[test]
fn credit_goes_to_a_slot_alone_and_a_budget_takes_one_for_it() {
    let mut desk = Desk::new(
        &LimitNumbers::EarnedBudget {
            capacity: 2,
            trickle_us: None,
        },
        None,
        1,
    );
    assert!(desk.table.credit(hash(1), 3, &desk.clock));
    assert_eq!(desk.table.remaining(&desk.look(1, 1, 0)), 5);
    assert!(!desk.table.credit(hash(2), 3, &desk.clock), "there is no slot for it");
    assert_eq!(desk.table.remaining(&desk.look(2, 1, 0)), 2);
    let credited = LimitNumbers::FixedWindow {
        capacity: 2,
        window_us: 10,
        anchor: WindowAnchor::FirstHit,
        credit: WindowCredit::ToZero,
        counts_denied: false,
    };
    let mut desk = Desk::new(&credited, None, 1);
    assert!(!desk.table.credit(hash(1), 1, &desk.clock), "it has no window");
    assert_eq!(desk.look(2, 1, 0).place, Place::Free(0), "and took no slot");
    desk.ask(1, 1, 0);
    assert!(desk.table.credit(hash(1), 1, &desk.clock));
    let kept = desk.look(2, 1, 9).place;
    assert_eq!(kept, Place::Cold, "a window whose cells all came back goes on");
    assert!(
        !desk.table.credit(hash(2), 1, &desk.clock),
        "the cold counter takes none"
    );
    desk.clock.advance(10);
    assert!(!desk.table.credit(hash(1), 1, &desk.clock), "it is over");
}

#[test]
fn a_charge_is_kept_when_a_credit_was_cut_off_since() {
    let credited = LimitNumbers::FixedWindow {
        capacity: 5,
        window_us: 10,
        anchor: WindowAnchor::Calendar,
        credit: WindowCredit::ToZero,
        counts_denied: false,
    };
    let mut desk = Desk::new(&credited, None, 4);
    desk.ask(1, 1, 0);
    let returned = desk.ask(1, 2, 0);
    desk.table.credit(hash(1), 4, &desk.clock);
    desk.ask(1, 3, 0);
    // Without the charge of two the credit of four would have met one: the three of the last would be used all the same.
    desk.table.give_back(hash(1), &returned, &desk.clock);
    assert_eq!(desk.table.entries[0].counter.used, 3);
}

#[test]
fn carries_counters_bans_and_the_cold_counter_to_other_numbers() {
    for (numbers, capacity_of) in all_families().iter().zip([1_u64, 0, 1, 0, 0, 0]) {
        let steps = ban(1, &[20, 50], 1_000);
        let mut old = Desk::new(numbers, Some(&steps), 1);
        old.ask(1, 2, 0);
        old.ask(2, 2, 0);
        old.ask(1, 1, 0);
        let smaller = smaller(numbers);
        let mut new = Desk::new(&smaller, Some(&ban(1, &[7], 0)), 1);
        new.table.carry(&old.table, 0);
        assert_eq!(new.look(1, 1, 19).decision, Decision::Banned, "{numbers:?}");
        assert_ne!(new.look(1, 1, 20).decision, Decision::Banned, "{numbers:?}");
        assert_eq!(new.table.entries[0].record.level, 1);
        let cold = new.table.cold;
        let is_capped = capacity_of == 1;
        if matches!(numbers, LimitNumbers::Concurrency { .. }) {
            assert_eq!(cold, Counter::default());
        } else {
            assert_ne!(cold, Counter::default(), "{numbers:?}");
            assert_eq!(cold != old.table.cold, is_capped, "{numbers:?}");
        }
    }
}

/// One cell less at once.
fn smaller(numbers: &LimitNumbers) -> LimitNumbers {
    let mut smaller = numbers.clone();
    match &mut smaller {
        LimitNumbers::TokenBucket { capacity, .. }
        | LimitNumbers::FixedWindow { capacity, .. }
        | LimitNumbers::SlidingLog { capacity, .. }
        | LimitNumbers::SlidingCounter { capacity, .. }
        | LimitNumbers::LeakyQueue { capacity, .. }
        | LimitNumbers::EarnedBudget { capacity, .. }
        | LimitNumbers::Concurrency { capacity } => *capacity -= 1,
    }
    smaller
}

/// Families whose counters mean the same whichever charge came first: a window from the first hit has another phase, and a
/// budget that trickles lets through what did not fit.
fn comparable_families() -> impl Strategy<Value = LimitNumbers> {
    let calendar = |credit| LimitNumbers::FixedWindow {
        capacity: 3,
        window_us: 10,
        anchor: WindowAnchor::Calendar,
        credit,
        counts_denied: false,
    };
    let families = all_families().into_iter().filter(|numbers| {
        !matches!(
            numbers,
            LimitNumbers::FixedWindow { .. } | LimitNumbers::Concurrency { .. }
        )
    });
    let windows = [WindowCredit::None, WindowCredit::ToZero, WindowCredit::BelowZero].map(calendar);
    prop::sample::select(families.chain(windows).collect::<Vec<_>>())
}

proptest! {
    /// What threads do to one key, one after the other behind the mutex: charges that a later limit takes back after
    /// others have come, and credit, against the same history without those charges.
    #[test]
    fn whoever_comes_between_a_charge_and_its_return_gets_no_cell_more_than_without_it(
        numbers in comparable_families(), with_ban in any::<bool>(),
        acts in prop::collection::vec((0_u64..15, 1_u64..3, prop::option::of(0_usize..5), prop::option::of(1_u64..4)), 1..40),
    ) {
        let some_ban = ban(1 << 20, SOME_BAN, 0);
        let desk = || Desk::new(&numbers, with_ban.then_some(&some_ban), 2);
        let (mut actual, mut kept, mut now_us) = (desk(), desk(), 0);
        let mut waiting: Vec<(usize, Look)> = Vec::new();
        for (index, (gap_us, cost, returned_after, credit)) in acts.into_iter().enumerate() {
            now_us += gap_us;
            for desk in [&actual, &kept] {
                desk.clock.advance(now_us);
            }
            let (due, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(at, _)| *at <= index);
            waiting = rest;
            for (_, look) in due {
                actual.table.give_back(hash(1), &look, &actual.clock);
            }
            if let Some(cells) = credit {
                let is_taken = actual.table.credit(hash(1), cells, &actual.clock);
                // A window that only the returned charge began is no window of the other history.
                if !kept.table.credit(hash(1), cells, &kept.clock) && is_taken {
                    return Ok(());
                }
            }
            let look = actual.ask(1, cost, now_us);
            match (look.decision, returned_after) {
                (Decision::Admitted, Some(turns)) => waiting.push((index + 1 + turns, look)),
                (Decision::Admitted, None) => prop_assert_eq!(kept.decide(1, cost, now_us), Decision::Admitted),
                _ => {}
            }
        }
    }
}
