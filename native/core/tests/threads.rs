//! Several threads on one gate: what they are given together is what one thread would have been given.
use floodproof_core::{
    AuthSpec, BanSpec, Caller, Decision, Extent, Gate, GateSpec, HashKind, HashSecret, LimitNumbers, LimitPart,
    LimitSpec, SignatureEncoding, SignedRequest, TextForm, WindowAnchor, WindowCredit,
};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

const SECRET: HashSecret = HashSecret { k0: 3, k1: 4 };
const THREADS: usize = 4;
const GLOBAL: &[LimitPart] = &[];
const IP: &[LimitPart] = &[LimitPart::Ip];
const ACCOUNT: &[LimitPart] = &[LimitPart::Account];
const KEY: &[LimitPart] = &[LimitPart::Key];

fn bucket(capacity: u64, refill_period_us: u64) -> LimitNumbers {
    LimitNumbers::TokenBucket {
        capacity,
        refill_cells: 1,
        refill_period_us,
    }
}

fn window(capacity: u64, anchor: WindowAnchor) -> LimitNumbers {
    LimitNumbers::FixedWindow {
        capacity,
        window_us: 1_000_000,
        anchor,
        credit: WindowCredit::None,
        counts_denied: false,
    }
}

/// One of each family that time alone does not fill again while the clock stands.
fn all_families(capacity: u64) -> [LimitNumbers; 7] {
    let window_us = 1_000_000;
    [
        bucket(capacity, 1_000_000),
        window(capacity, WindowAnchor::FirstHit),
        LimitNumbers::SlidingLog { capacity, window_us },
        LimitNumbers::SlidingCounter { capacity, window_us },
        LimitNumbers::LeakyQueue {
            capacity: 1,
            queue_cells: capacity - 1,
            refill_cells: 1,
            refill_period_us: 1_000_000,
        },
        LimitNumbers::EarnedBudget {
            capacity,
            trickle_us: None,
        },
        LimitNumbers::Concurrency { capacity },
    ]
}

fn limit(by: &[LimitPart], numbers: LimitNumbers, max_keys: u64) -> LimitSpec {
    LimitSpec {
        name: String::new(),
        by: by.to_vec(),
        ip_prefix: None,
        numbers,
        costs: vec![1],
        age_costs: vec![Vec::new()],
        is_shadow: false,
        ban: None,
        max_keys,
    }
}

fn spec(limits: Vec<LimitSpec>) -> GateSpec {
    GateSpec {
        classes: vec!["order".to_owned()],
        limits,
        auth: None,
        origin_us: 0,
    }
}

/// Runs `act` in every thread at once, each with its own handle, and gives what they return.
fn together<T: Send>(spec: &GateSpec, act: impl Fn(&mut Gate, usize) -> T + Sync) -> Vec<T> {
    let gate = Gate::shared(spec, SECRET).unwrap();
    let start = Barrier::new(THREADS);
    thread::scope(|scope| {
        let running: Vec<_> = (0..THREADS)
            .map(|number| {
                let (mut gate, start, act) = (gate.attach().unwrap(), &start, &act);
                scope.spawn(move || {
                    start.wait();
                    act(&mut gate, number)
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn ask(gate: &mut Gate, now_us: u64, account: &str) -> bool {
    let caller = Caller {
        ip: account.as_bytes(),
        account: account.as_bytes(),
        key_id: b"",
    };
    #[expect(clippy::cast_precision_loss, reason = "times of these tests are small")]
    let decision = gate.limit(now_us as f64, 0.0, caller, Extent::default()).unwrap();
    decision == Decision::Admitted
}

#[test]
fn one_hot_key_is_given_its_capacity_and_no_cell_more_or_less() {
    let ban = BanSpec {
        after_throttles: (1 << 31) - 1,
        steps_us: vec![1],
        forget_us: 0,
    };
    let banning = LimitSpec {
        ban: Some(ban),
        ..limit(ACCOUNT, bucket(10_000, 1_000_000), 10)
    };
    for limit in [
        limit(ACCOUNT, bucket(10_000, 1_000_000), 10),
        limit(GLOBAL, bucket(10_000, 1_000_000), 1),
        limit(ACCOUNT, window(10_000, WindowAnchor::Calendar), 10),
        banning,
    ]
    .into_iter()
    .chain(all_families(10_000).map(|numbers| limit(ACCOUNT, numbers, 10)))
    {
        let spec = spec(vec![limit]);
        let admitted = together(&spec, |gate, _| (0..10_000).filter(|_| ask(gate, 0, "hot")).count());
        assert_eq!(admitted.iter().sum::<usize>(), 10_000, "{:?}", spec.limits);
    }
}

#[test]
fn while_time_goes_on_a_hot_key_is_given_all_that_comes_back_and_not_more() {
    let spec = spec(vec![limit(ACCOUNT, bucket(100, 7), 10)]);
    let now_us = AtomicU64::new(0);
    let admitted = together(&spec, |gate, _| {
        let mut count = 0;
        loop {
            // Each thread works at a time of its own, which may be behind that of the others when it is used.
            let at_us = now_us.fetch_add(1, Ordering::Relaxed);
            if at_us >= 200_000 {
                return count;
            }
            count += u64::from(ask(gate, at_us, "hot"));
        }
    });
    let sum: u64 = admitted.iter().sum();
    // The capacity, and one cell for every 7 us up to the last; what nobody has asked for at the end is left.
    let most = 100 + 199_999 / 7;
    assert!((most - 101..=most).contains(&sum), "{sum} of {most}");
}

#[test]
fn keys_that_fight_for_too_few_slots_are_given_no_more_than_their_limit() {
    const KEYS: usize = 23;
    for numbers in [bucket(50, 1_000_000), window(50, WindowAnchor::FirstHit)] {
        let spec = spec(vec![limit(ACCOUNT, numbers, 6)]);
        let names: Vec<String> = (0..KEYS).map(|key| format!("key-{key}")).collect();
        let admitted = together(&spec, |gate, thread| {
            let mut counts = [0_u64; KEYS];
            for turn in 0..20_000 {
                let key = (turn * 7 + thread * 5) % KEYS;
                counts[key] += u64::from(ask(gate, 0, &names[key]));
            }
            counts
        });
        let sums: Vec<u64> = (0..KEYS)
            .map(|key| admitted.iter().map(|counts| counts[key]).sum())
            .collect();
        assert!(sums.iter().all(|sum| *sum <= 50), "{sums:?}");
        // Seven slots and the cold counter, and no key has two of them.
        assert_eq!(sums.iter().sum::<u64>(), 8 * 50, "{sums:?}");
    }
}

#[test]
fn slots_that_change_hands_all_the_time_give_no_key_more_than_its_bucket() {
    const KEYS: usize = 9;
    let names: Vec<String> = (0..KEYS).map(|key| format!("key-{key}")).collect();
    let spec = spec(vec![limit(ACCOUNT, bucket(2, 10), 3)]);
    let now_us = AtomicU64::new(0);
    let admitted = together(&spec, |gate, thread| {
        let mut counts = [0_u64; KEYS];
        for turn in 0_u64.. {
            let at_us = now_us.fetch_add(turn % 2, Ordering::Relaxed);
            if at_us >= 50_000 {
                break;
            }
            let key = (usize::try_from(at_us / 3).unwrap() + thread % 2) % KEYS;
            counts[key] += u64::from(ask(gate, at_us, &names[key]));
        }
        counts
    });
    let sums: Vec<u64> = (0..KEYS)
        .map(|key| admitted.iter().map(|counts| counts[key]).sum())
        .collect();
    assert!(sums.iter().all(|sum| *sum <= 2 + 50_000 / 10), "{sums:?}");
    assert!(sums.iter().sum::<u64>() > 5_000, "{sums:?}");
}

#[test]
fn several_limits_at_once_are_each_held_and_denied_requests_charge_nothing() {
    let spec = spec(vec![
        limit(IP, bucket(400, 1_000_000), 100),
        limit(GLOBAL, bucket(1_000, 1_000_000), 1),
        limit(ACCOUNT, window(400, WindowAnchor::Calendar), 100),
    ]);
    let admitted = together(&spec, |gate, thread| {
        let name = format!("account-{}", thread % 2);
        (0..20_000).filter(|_| ask(gate, 0, &name)).count()
    });
    let by_account = [0, 1].map(|account| admitted.iter().skip(account).step_by(2).sum::<usize>());
    // What threads took from each other and gave back leaves a millionth of a cell behind, which may cost the last one.
    assert!(by_account.iter().all(|sum| (399..=400).contains(sum)), "{by_account:?}");
}

#[test]
fn of_all_threads_that_send_one_signature_at_once_one_is_admitted() {
    let mut spec = spec(vec![limit(KEY, bucket(1_000_000, 1), 10)]);
    spec.auth = Some(AuthSpec {
        signed: vec![true],
        hash: HashKind::Sha256,
        encoding: SignatureEncoding::Hex,
        text: TextForm::Utf8,
        window_us_max: 1_000_000,
        future_us: 1_000,
        replay_capacity: Some(10_000),
        replay_per_key: 10_000,
    });
    let admitted = together(&spec, |gate, _| {
        gate.add_key(b"key", b"secret", b"").unwrap();
        let mut counts = Vec::new();
        for number in 0..1_000 {
            let message = format!("message {number}");
            let signature = gate.sign(b"key", message.as_bytes()).unwrap();
            let signed = SignedRequest {
                key_id: b"key",
                timestamp_us: Some(0),
                window_us: Some(0),
                message: message.as_bytes(),
                signature: signature.as_bytes(),
            };
            let caller = Caller {
                key_id: b"key",
                ..Caller::default()
            };
            let decision = gate.decide(0.0, 0.0, caller, Extent::default(), &signed).unwrap();
            assert!(
                matches!(decision, Decision::Admitted | Decision::Replayed),
                "{decision:?}"
            );
            counts.push(u32::from(decision == Decision::Admitted));
        }
        counts
    });
    for number in 0..1_000 {
        let sum: u32 = admitted.iter().map(|counts| counts[number]).sum();
        assert_eq!(sum, 1, "message {number}");
    }
}

#[test]
fn every_family_is_held_where_others_take_back_what_threads_have_charged() {
    for numbers in all_families(300) {
        // The last one is overtaken all the time, so the others give back.
        let spec = spec(vec![
            limit(IP, bucket(10_000, 1_000_000), 10),
            limit(ACCOUNT, numbers, 10),
            limit(GLOBAL, window(500, WindowAnchor::Calendar), 1),
        ]);
        let admitted = together(&spec, |gate, thread| {
            let name = format!("account-{}", thread % 2);
            (0..5_000).filter(|_| ask(gate, 0, &name)).count()
        });
        let by_account = [0, 1].map(|account| admitted.iter().skip(account).step_by(2).sum::<usize>());
        assert!(
            by_account.iter().all(|sum| *sum <= 300),
            "{by_account:?} of {:?}",
            spec.limits[1]
        );
        // A window keeps the charge that began it, a bucket a millionth of a cell.
        assert!(
            (480..=500).contains(&by_account.iter().sum::<usize>()),
            "{by_account:?}"
        );
    }
}

#[test]
fn shadow_limits_change_no_decision_whoever_is_faster() {
    let shadows = all_families(50).map(|numbers| LimitSpec {
        is_shadow: true,
        ban: Some(BanSpec {
            after_throttles: 1,
            steps_us: vec![1, 2],
            forget_us: 1,
        }),
        ..limit(ACCOUNT, numbers, 2)
    });
    let mut limits = vec![limit(ACCOUNT, bucket(9_000, 1_000_000), 10)];
    limits.extend(shadows);
    let spec = spec(limits);
    let admitted = together(&spec, |gate, _| {
        let (mut count, mut shadowed) = (0, 0);
        for _ in 0..3_000 {
            count += usize::from(ask(gate, 0, "hot"));
            shadowed += usize::from(gate.answer().shadow.is_some());
        }
        (count, shadowed)
    });
    assert_eq!(admitted.iter().map(|(count, _)| count).sum::<usize>(), 9_000);
    let unshadowed: usize = admitted.iter().map(|(_, shadowed)| 3_000 - shadowed).sum();
    assert_eq!(unshadowed, 50, "as many as the shadow limits would have let in");
}

#[test]
fn cells_in_flight_are_freed_by_whichever_thread_ends_the_request() {
    let spec = spec(vec![limit(ACCOUNT, LimitNumbers::Concurrency { capacity: 3 }, 10)]);
    let in_flight = AtomicU64::new(0);
    let admitted = together(&spec, |gate, _| {
        let caller = Caller {
            account: b"hot",
            ..Caller::default()
        };
        let mut count = 0;
        for _ in 0..20_000 {
            if ask(gate, 0, "hot") {
                count += 1;
                assert!(in_flight.fetch_add(1, Ordering::SeqCst) < 3);
                in_flight.fetch_sub(1, Ordering::SeqCst);
                gate.release(0.0, 0.0, caller, 1.0).unwrap();
            }
        }
        count
    });
    assert!(admitted.iter().sum::<u64>() > 20_000, "{admitted:?}");
}

#[test]
fn a_budget_that_threads_earn_and_spend_lets_no_cell_through_beyond_it() {
    let numbers = LimitNumbers::EarnedBudget {
        capacity: 100,
        trickle_us: Some(1_000),
    };
    let spec = spec(vec![limit(ACCOUNT, numbers, 10)]);
    let now_us = AtomicU64::new(0);
    let admitted = together(&spec, |gate, _| {
        let caller = Caller {
            account: b"hot",
            ..Caller::default()
        };
        let mut count = 0;
        for turn in 0..5_000 {
            let at_us = now_us.fetch_add(1, Ordering::Relaxed);
            if turn % 10 == 0 {
                assert!(gate.credit(0.0, 0.0, 0.0, caller, 3.0).unwrap());
            }
            count += u64::from(ask(gate, at_us, "hot"));
        }
        count
    });
    let sum: u64 = admitted.iter().sum();
    // 4 x 500 credits of 3, and a request each 1,000 us of 20,000.
    let earned = 100 + 4 * 500 * 3;
    assert!((earned..=earned + 21).contains(&sum), "{sum}");
}
