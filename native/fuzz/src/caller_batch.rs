//! The limits alone, for callers that are known by number: many in one call decide as one call for each does, with its
//! texts, and a call that is refused leaves no trace.
use crate::batch_case::are_same;
use crate::packed_record::PackedRecord;
use crate::policy::{Make, compile};
use floodproof_core::{ANSWER_SIZE, Caller, Extent, Gate, GateSpec};

const CALLERS: usize = 40;
const UNTOUCHED: u8 = 0xa5;

/// # Panics
/// When the two ways differ, or when a number that stands for nobody is taken.
pub(crate) fn check_callers(spec: &GateSpec, make: Make, records: &[PackedRecord]) {
    let is_shared = !make.is_shared;
    let mut gate = compile(spec, make);
    let mut twin = compile(spec, Make { is_shared, ..make });
    for (index, group) in records.chunks(CALLERS).enumerate() {
        let numbers: Vec<u32> = group.iter().map(|record| intern(&mut gate, record)).collect();
        let (now_us, class_id) = (group[0].now_us, f64::from(group[0].class_id));
        check_unknown(&mut gate, now_us, class_id, &numbers);

        let mut decisions = vec![UNTOUCHED; numbers.len()];
        let mut answers = vec![0.0; numbers.len() * ANSWER_SIZE];
        // Without answers the core may take a shorter way.
        let wanted = (index % 2 == 1).then_some(answers.as_mut_slice());
        let is_answered = wanted.is_some();
        gate.limit_batch(now_us, class_id, &numbers, &mut decisions, wanted)
            .expect("callers, time and class are known");
        for ((record, decision), answer) in group.iter().zip(decisions).zip(answers.chunks_exact(ANSWER_SIZE)) {
            let alone = twin
                .limit(now_us, class_id, caller(record), Extent::default())
                .expect("as above");
            assert_eq!(decision, alone as u8, "{record:?} at {now_us}");
            assert!(
                !is_answered || are_same(&twin.answer().numbers(), answer),
                "{record:?} at {now_us}"
            );
        }
    }
}

fn caller(record: &PackedRecord) -> Caller<'_> {
    Caller {
        ip: &record.ip,
        account: &record.account,
        key_id: &record.key_id,
    }
}

fn intern(gate: &mut Gate, record: &PackedRecord) -> u32 {
    gate.intern_caller(caller(record)).expect("far fewer than 10^7 callers")
}

fn check_unknown(gate: &mut Gate, now_us: f64, class_id: f64, numbers: &[u32]) {
    let next = numbers.last().map_or(0, |last| last + 1);
    for unknown in [next, u32::MAX] {
        let numbers = [numbers, &[unknown]].concat();
        let mut decisions = vec![UNTOUCHED; numbers.len()];
        let error = gate.limit_batch(now_us, class_id, &numbers, &mut decisions, None);
        assert_eq!(error.map_err(|error| error.code()), Err("FP_CALLER_INVALID"));
        assert!(
            decisions.iter().all(|byte| *byte == UNTOUCHED),
            "a decision beside an error"
        );
    }
}
