//! Threads on one gate, few and short enough for Miri, which sees a data race where a test by itself sees luck.
use crate::packed_record::{PackedRecord, to_f64};
use crate::policy::{KEYS, Make, Policy, compile};
use crate::signer::sign;
use floodproof_core::{Caller, Decision, Extent, Gate};
use std::sync::Barrier;

const ROUNDS: u32 = if cfg!(miri) { 1 } else { 200 };

/// What two threads were told that begin at once, each with its own handle.
fn together<T: Send>(gate: &Gate, act: impl Fn(&mut Gate) -> T + Sync) -> [T; 2] {
    let start = Barrier::new(2);
    let run = |mut handle: Gate| {
        start.wait();
        act(&mut handle)
    };
    let [one, other] = [0; 2].map(|_| gate.attach().expect("the gate is shared"));
    std::thread::scope(|scope| {
        let running = scope.spawn(|| run(other));
        [run(one), running.join().expect("the thread has not panicked")]
    })
}

fn make(secret: u32) -> Make {
    Make {
        secret,
        is_shared: true,
    }
}

#[test]
fn keys_that_fight_for_one_slot_get_no_more_than_their_limit() {
    const NAMES: [&str; 3] = ["a", "b", "c"];
    let spec = Policy::Crowded.spec();
    for round in 0..ROUNDS {
        for class_id in [0.0, 2.0] {
            let gate = compile(&spec, make(round));
            let admitted = together(&gate, |handle| {
                NAMES.map(|name| {
                    let caller = Caller {
                        ip: name.as_bytes(),
                        account: name.as_bytes(),
                        key_id: b"",
                    };
                    let decisions =
                        (0..3).map(|_| handle.limit(to_f64(spec.origin_us), class_id, caller, Extent::default()));
                    decisions.filter(|decision| *decision == Ok(Decision::Admitted)).count()
                })
            });
            let sums: Vec<usize> = (0..NAMES.len())
                .map(|name| admitted[0][name] + admitted[1][name])
                .collect();
            assert!(sums.iter().all(|sum| *sum <= 3), "{sums:?} of class {class_id}");
            assert!(sums[0] > 0, "the first to come has a full bucket: {sums:?}");
        }
    }
}

#[test]
fn a_signature_is_admitted_once_while_other_keys_come_and_go() {
    let spec = Policy::Tight.spec();
    for round in 0..ROUNDS {
        let gate = compile(&spec, make(round));
        let mut record = PackedRecord {
            now_us: to_f64(spec.origin_us),
            timestamp_us: to_f64(spec.origin_us),
            class_id: 2,
            ip: b"ip".to_vec(),
            key_id: KEYS[1].key_id.as_bytes().to_vec(),
            message: round.to_le_bytes().to_vec(),
            ..PackedRecord::default()
        };
        record.signature = sign(&spec, &KEYS[1], &record.message);
        let bytes = record.to_bytes();
        let decided = together(&gate, |handle| {
            handle.remove_key(KEYS[0].key_id.as_bytes());
            let decided = handle.decide_record(&bytes);
            handle
                .add_key(KEYS[0].key_id.as_bytes(), b"new", b"")
                .expect("it is well formed");
            decided
        });
        let admitted = decided.iter().filter(|decided| **decided == Ok(Decision::Admitted));
        assert_eq!(admitted.count(), 1, "{decided:?}");
    }
}
