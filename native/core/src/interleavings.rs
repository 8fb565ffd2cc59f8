//! The orders in which two threads can meet on a table: claims of a slot, charges, reuse of an idle slot, the cold counter,
//! charges that are given back.
//!
//! Loom plays all orders up to a number of interruptions, old values that a load may still see included, but takes some for
//! equal that are not; shuttle draws tens of thousands of all, half of them with few interruptions.
use crate::bucket_table::{BucketTable, Sharing};
use crate::clock::Clock;
use crate::key_hash::KeyHash;
use crate::look::Look;
use crate::spec::Decision;
use crate::token_bucket::TokenBucket;
#[cfg(floodproof_loom)]
use loom::{sync::Arc, thread};
#[cfg(floodproof_shuttle)]
use shuttle::{sync::Arc, thread};

const CAPACITY: u64 = 2;
const PERIOD_US: u64 = 10;

/// One request for a key at a time.
#[derive(Debug, Clone, Copy)]
struct Request {
    key: char,
    at_us: u64,
    cost: u64,
    /// Whether a later limit denies it, so that its charge is given back.
    is_returned: bool,
}

const fn request(key: char, at_us: u64) -> Request {
    Request {
        key,
        at_us,
        cost: 1,
        is_returned: false,
    }
}

/// For all cells that a bucket holds.
const fn whole(key: char, at_us: u64) -> Request {
    Request {
        cost: CAPACITY,
        ..request(key, at_us)
    }
}

const fn returned(key: char, at_us: u64) -> Request {
    Request {
        is_returned: true,
        ..request(key, at_us)
    }
}

/// An admission: key, time at which it was decided, cells.
type Admission = (char, u64, u64);

struct Server {
    table: BucketTable,
    clock: Clock,
}

impl Server {
    fn serve(
        &self,
        Request {
            key,
            at_us,
            cost,
            is_returned,
        }: Request,
    ) -> Option<Admission> {
        let hash = KeyHash::new(u32::from(key), u32::from(key));
        let now_us = self.clock.advance(at_us);
        let mut look = Look::unasked(cost, now_us);
        self.table.look(hash, &mut look, &self.clock);
        let is_charged =
            look.decision == Decision::Admitted && self.table.charge(hash, &mut look, &self.clock, Sharing::Threads);
        if is_charged && is_returned {
            self.table.give_back(hash, &look, &self.clock);
        }
        (is_charged && !is_returned).then_some((key, look.now_us, cost))
    }
}

/// Cells that a key got in some interval beyond what its bucket holds and earns.
fn excess(admissions: &[Admission]) -> Option<String> {
    for &(key, from_us, _) in admissions {
        for &(_, to_us, _) in admissions {
            let within = |&&(other, at_us, _): &&Admission| other == key && (from_us..=to_us).contains(&at_us);
            let cells: u64 = admissions.iter().filter(within).map(|(.., cost)| cost).sum();
            if to_us >= from_us && cells * PERIOD_US > CAPACITY * PERIOD_US + (to_us - from_us) {
                return Some(format!(
                    "{cells} cells for {key} from {from_us} to {to_us}: {admissions:?}"
                ));
            }
        }
    }
    None
}

#[cfg(floodproof_loom)]
fn explore(act: impl Fn() + Sync + Send + 'static) {
    /// How often threads are interrupted at most; without a bound the longer tests take days. `LOOM_MAX_PREEMPTIONS`
    /// sets another.
    const PREEMPTIONS_MAX: usize = 2;
    let mut model = loom::model::Builder::new();
    model.max_branches = 20_000;
    model.preemption_bound.get_or_insert(PREEMPTIONS_MAX);
    model.check(act);
}

#[cfg(floodproof_shuttle)]
fn explore(act: impl Fn() + Sync + Send + 'static) {
    const ORDERS: usize = 20_000;
    /// Of the interruptions on which a fault may depend.
    const DEPTH: usize = 3;
    let act = std::sync::Arc::new(act);
    let again = std::sync::Arc::clone(&act);
    shuttle::check_random(move || act(), ORDERS);
    shuttle::check_pct(move || again(), ORDERS, DEPTH);
}

/// Plays two threads in every order. `before` is served first, by one thread. Returns the sets of counts of admissions
/// that came about, least and most.
fn play(keys_max: u64, before: &[Request], threads: [&'static [Request]; 2]) -> (usize, usize) {
    let before = before.to_vec();
    let range = std::sync::Arc::new(std::sync::Mutex::new((usize::MAX, 0)));
    let seen = std::sync::Arc::clone(&range);
    explore(move || {
        let bucket = TokenBucket::new(CAPACITY, 1, PERIOD_US, 0).unwrap();
        let server = Arc::new(Server {
            table: BucketTable::new(bucket, keys_max).unwrap(),
            clock: Clock::new(0, 1_000_000),
        });
        let mut admissions: Vec<Admission> = before.iter().filter_map(|request| server.serve(*request)).collect();
        let first = admissions.len();
        let [here, there] = threads;
        let other = {
            let server = Arc::clone(&server);
            thread::spawn(move || {
                there
                    .iter()
                    .filter_map(|request| server.serve(*request))
                    .collect::<Vec<_>>()
            })
        };
        admissions.extend(here.iter().filter_map(|request| server.serve(*request)));
        admissions.extend(other.join().unwrap());
        let mut range = seen.lock().unwrap();
        let count = admissions.len() - first;
        *range = (range.0.min(count), range.1.max(count));
        assert_eq!(excess(&admissions), None);
    });
    let range = *range.lock().unwrap();
    range
}

#[test]
fn three_charges_of_one_key_by_each_thread_admit_just_the_capacity() {
    const THREE: &[Request] = &[request('a', 0), request('a', 0), request('a', 0)];
    assert_eq!(play(1, &[request('a', 0)], [THREE, THREE]), (1, 1));
}

#[test]
fn two_threads_that_bring_the_same_new_key_give_it_one_counter() {
    const TWO: &[Request] = &[request('a', 0), request('a', 0)];
    let (least, most) = play(2, &[], [TWO, TWO]);
    assert_eq!(most, 2);
    assert!(
        least >= 1,
        "a thread without patience refuses its own request, not those of others"
    );
}

#[test]
fn a_key_that_is_charged_while_its_idle_slot_is_taken_keeps_its_limit() {
    // The slot of a is idle at 20, when b may take it; a comes back on the cold counter or in the slot again.
    let before = [request('a', 0), request('a', 0)];
    const HERE: &[Request] = &[request('a', 20), request('a', 20), request('a', 20)];
    const THERE: &[Request] = &[request('b', 20), request('b', 20), request('a', 20)];
    let (_, most) = play(1, &before, [HERE, THERE]);
    assert!(most >= 4, "both keys get what they may");
}

#[test]
fn threads_with_clocks_apart_do_not_find_a_taken_key_fresh_too_early() {
    let before = [request('a', 0), request('a', 0)];
    // At 19 one cell and nine tenths of another have come back to a.
    const HERE: &[Request] = &[whole('a', 19), request('a', 20), request('a', 21)];
    const THERE: &[Request] = &[request('b', 20), request('b', 40), request('a', 21)];
    play(1, &before, [HERE, THERE]);
}

#[test]
fn two_threads_that_take_two_idle_slots_for_one_key_take_one() {
    // Both slots are idle at 10 and 20; which is seen idle first depends on the time of the thread.
    let before = [request('x', 0), request('y', 0), request('y', 0)];
    const HERE: &[Request] = &[request('a', 20), request('a', 20)];
    const THERE: &[Request] = &[request('a', 10), request('a', 20)];
    play(2, &before, [HERE, THERE]);
}

#[test]
fn keys_between_the_cold_counter_and_a_slot_get_nothing_twice() {
    // One slot, in use until 20 by x: a is served cold before, and may have the slot after.
    let before = [request('x', 0), request('x', 0), request('a', 15)];
    const HERE: &[Request] = &[request('a', 19), request('a', 20), request('x', 20)];
    const THERE: &[Request] = &[request('a', 20), request('b', 20)];
    play(1, &before, [HERE, THERE]);
}

#[test]
fn a_slot_that_is_being_taken_does_not_hide_those_behind_it() {
    const HERE: &[Request] = &[request('b', 0)];
    const THERE: &[Request] = &[request('a', 0), request('a', 0), request('a', 0)];
    assert_eq!(play(2, &[], [HERE, THERE]).1, 3);
}

#[test]
fn charges_that_are_given_back_leave_nobody_more() {
    let before = [request('a', 0)];
    const HERE: &[Request] = &[returned('a', 5), request('a', 12), request('a', 13)];
    const THERE: &[Request] = &[request('a', 11), returned('a', 12)];
    play(1, &before, [HERE, THERE]);
}

#[test]
fn what_came_back_while_a_charge_stood_is_not_given_back_once_more() {
    const HERE: &[Request] = &[returned('a', 0), request('a', 10), request('a', 10)];
    const THERE: &[Request] = &[request('a', 9)];
    play(1, &[], [HERE, THERE]);
}

#[test]
fn a_slot_whose_taker_gave_back_its_charge_does_not_look_as_before() {
    let before = [request('a', 0), request('a', 0)];
    const HERE: &[Request] = &[request('a', 20), request('a', 20), request('a', 20)];
    const THERE: &[Request] = &[returned('b', 20)];
    play(1, &before, [HERE, THERE]);
}

#[test]
fn a_charge_is_not_given_back_to_the_next_holder_of_its_slot() {
    const HERE: &[Request] = &[returned('a', 0), request('a', 10)];
    const THERE: &[Request] = &[request('b', 10), request('b', 10), request('b', 10)];
    play(1, &[], [HERE, THERE]);
}
