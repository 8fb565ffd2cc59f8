//! One call of `Gate::decide_batch` with all that a caller can get wrong, and what must hold whatever it was given.
use crate::admission_bound::AdmissionBound;
use crate::caller_batch::check_callers;
use crate::claim_log::ClaimLog;
use crate::packed_record::{PackedRecord, to_f64};
use crate::policy::{Make, Policy, compile};
use floodproof_core::{
    ANSWER_SIZE, Caller, Decision, Extent, Gate, GateError, GateSpec, HORIZON_US, SignedRequest, whole_us,
};

/// Policy, number of records, what `answers` is too long or too short by, and a byte of which three bits say where in a
/// word the records begin, one whether the gate can be shared, four what it hashes keys with.
pub(crate) const CASE_HEADER_BYTES: usize = 4;

/// Stands where nothing was written: no decision, and a number that no answer has.
const UNTOUCHED_DECISION: u8 = 0xa5;
const UNTOUCHED_ANSWER: f64 = f64::from_bits(0x7ff8_dead_beef_0a51);

#[derive(Debug)]
pub struct BatchCase {
    policy: Policy,
    pad: u8,
    records: Vec<u8>,
    count: u8,
    answers_skew: i8,
}

impl BatchCase {
    pub(crate) fn new(policy: Policy, pad: u8, records: &[u8], count: u8, answers_skew: i8) -> Self {
        Self {
            policy,
            pad,
            records: records.to_vec(),
            count,
            answers_skew,
        }
    }

    /// Any bytes are a case.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
        let records = bytes.get(CASE_HEADER_BYTES..).unwrap_or_default();
        Self::new(Policy::of(byte(0)), byte(3), records, byte(1), byte(2).cast_signed())
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let policy = Policy::ALL.iter().position(|policy| *policy == self.policy);
        let policy = policy.and_then(|index| u8::try_from(index).ok()).unwrap_or(0);
        let mut bytes = vec![policy, self.count, self.answers_skew.cast_unsigned(), self.pad];
        bytes.extend(&self.records);
        bytes
    }

    /// Decides the batch, and holds what came of it against a second reading of the same bytes.
    ///
    /// # Panics
    /// When the core panics, when it takes or refuses what it must not, when an error left a trace, or when a decision
    /// is one that no correct gate makes.
    pub fn check(&self) {
        let spec = self.policy.spec();
        let mut gate = compile(&spec, self.make());
        let count = usize::from(self.count);
        let answers_length = (count * ANSWER_SIZE).saturating_add_signed(isize::from(self.answers_skew));
        let mut decisions = vec![UNTOUCHED_DECISION; count].into_boxed_slice();
        let mut answers = vec![UNTOUCHED_ANSWER; answers_length].into_boxed_slice();
        let pad = usize::from(self.pad % 8);
        let bytes = [&vec![0; pad], self.records.as_slice()].concat().into_boxed_slice();

        let outcome = gate.decide_batch(&bytes[pad..], &mut decisions, &mut answers);
        match (outcome, self.expected(&spec, answers_length)) {
            (Ok(()), Ok(records)) => {
                assert!(
                    are_untouched(&answers[count * ANSWER_SIZE..]),
                    "wrote beyond its answers"
                );
                self.check_decided(&spec, &records, &decisions, &answers);
                check_callers(&spec, self.make(), &records);
            }
            (Err(error), Err(code)) => {
                assert_eq!(error.code(), code, "{error}");
                assert!(!error.to_string().is_empty());
                assert!(
                    decisions.iter().all(|byte| *byte == UNTOUCHED_DECISION),
                    "a decision beside an error"
                );
                assert!(are_untouched(&answers), "an answer beside an error");
                self.check_gate_as_new(&spec, &mut gate);
            }
            (outcome, expected) => panic!("the core says {outcome:?}, and it ought to be {expected:?}"),
        }
    }

    fn make(&self) -> Make {
        Make {
            secret: u32::from(self.pad >> 4),
            is_shared: self.pad & 8 != 0,
        }
    }

    /// The records, or the code of the first fault.
    fn expected(&self, spec: &GateSpec, answers_length: usize) -> Result<Vec<PackedRecord>, &'static str> {
        if answers_length < usize::from(self.count) * ANSWER_SIZE {
            return Err("FP_BATCH_INVALID");
        }
        let mut at = 0;
        let mut records = Vec::new();
        for _ in 0..self.count {
            let (record, next) = PackedRecord::read(&self.records, at).ok_or("FP_BATCH_INVALID")?;
            if !is_whole_time(record.now_us) {
                return Err("FP_TIME_INVALID");
            }
            if usize::from(record.class_id) >= spec.classes.len() {
                return Err("FP_CLASS_INVALID");
            }
            if !is_whole_time(record.age_us) {
                return Err("FP_TIME_INVALID");
            }
            at = next;
            records.push(record);
        }
        Ok(records)
    }

    /// One call for many records decides as one call for each, and admits nothing that the policy forbids.
    fn check_decided(&self, spec: &GateSpec, records: &[PackedRecord], decisions: &[u8], answers: &[f64]) {
        let make = self.make();
        let mut twin = compile(
            spec,
            Make {
                is_shared: !make.is_shared,
                ..make
            },
        );
        let mut unshadowed = compile(&without_shadows(spec), make);
        let mut bound = AdmissionBound::new(spec);
        let mut claims = ClaimLog::new(spec);
        let mut now_us = spec.origin_us;
        let decided = decisions.iter().zip(answers.chunks_exact(ANSWER_SIZE));
        for (index, (record, (decision, answer))) in records.iter().zip(decided).enumerate() {
            let way = if index % 2 == 0 { decide } else { decide_packed };
            let (alone, alone_answer) = way(&mut twin, record).expect("the batch took this record");
            assert_eq!(*decision, alone as u8, "{record:?}");
            assert!(
                are_same(&alone_answer, answer),
                "{answer:?} in a batch, {alone_answer:?} alone: {record:?}"
            );
            let (without, without_answer) = decide(&mut unshadowed, record).expect("as above");
            assert!(
                without == alone && are_same(&without_answer[..SHADOW], &answer[..SHADOW]),
                "shadow limits change {without_answer:?} to {answer:?}: {record:?}"
            );
            now_us = whole_us(record.now_us)
                .map_or(now_us, |us| us.max(now_us))
                .min(spec.origin_us + HORIZON_US);
            check_answer(alone, answer, now_us, spec);
            if alone == Decision::Admitted {
                claims.admit(spec, record, now_us);
                bound.admit(spec, record, now_us);
            }
        }
    }

    /// A batch that was refused took no cell, claimed no signature and moved no clock.
    fn check_gate_as_new(&self, spec: &GateSpec, gate: &mut Gate) {
        let origin_us = to_f64(spec.origin_us);
        let mut fresh = compile(spec, self.make());
        let mut at = 0;
        while let Some((mut record, next)) = PackedRecord::read(&self.records, at) {
            at = next;
            record.now_us = origin_us;
            record.class_id %= u16::try_from(spec.classes.len()).unwrap_or(u16::MAX);
            let decided = decide(gate, &record);
            assert_eq!(
                decided,
                decide(&mut fresh, &record),
                "a refused batch left a trace: {record:?}"
            );
        }
    }
}

/// Where in an answer the shadow limit stands, behind all that a decision is made of.
const SHADOW: usize = ANSWER_SIZE - 1;

/// Shadow limits stand behind the others, so that these keep their indexes.
fn without_shadows(spec: &GateSpec) -> GateSpec {
    let mut spec = spec.clone();
    spec.limits.retain(|limit| !limit.is_shadow);
    spec
}

/// Bit for bit.
pub(crate) fn are_same(one: &[f64], other: &[f64]) -> bool {
    let bits = |number: &f64| number.to_bits();
    one.iter().map(bits).eq(other.iter().map(bits))
}

fn are_untouched(answers: &[f64]) -> bool {
    answers
        .iter()
        .all(|answer| answer.to_bits() == UNTOUCHED_ANSWER.to_bits())
}

type Decided = (Decision, [f64; ANSWER_SIZE]);

fn is_whole_time(us: f64) -> bool {
    (0.0..=9_007_199_254_740_991.0).contains(&us) && us.fract() == 0.0
}

fn decide(gate: &mut Gate, record: &PackedRecord) -> Result<Decided, GateError> {
    let caller = Caller {
        ip: &record.ip,
        account: &record.account,
        key_id: &record.key_id,
    };
    let signed = SignedRequest {
        key_id: &record.key_id,
        timestamp_us: whole_us(record.timestamp_us),
        window_us: whole_us(record.window_us),
        message: &record.message,
        signature: &record.signature,
    };
    let extent = Extent {
        elements: f64::from(record.elements.max(1)),
        age_us: record.age_us,
    };
    let decision = gate.decide(record.now_us, f64::from(record.class_id), caller, extent, &signed)?;
    Ok((decision, gate.answer().numbers()))
}

/// More may follow the record in its buffer.
fn decide_packed(gate: &mut Gate, record: &PackedRecord) -> Result<Decided, GateError> {
    let mut bytes = record.to_bytes();
    bytes.push(0xee);
    let decision = gate.decide_record(&bytes)?;
    Ok((decision, gate.answer().numbers()))
}

/// `now_us` is the gate's, which does not go back.
fn check_answer(decision: Decision, answer: &[f64], now_us: u64, spec: &GateSpec) {
    let numbers: Vec<i64> = answer.iter().map(|number| whole(*number)).collect();
    let [limit, remaining, retry_at_us, reset_at_us, is_cold, delay_us, shadow] = numbers[..] else {
        panic!("an answer of {} numbers", answer.len());
    };
    let now_us = i64::try_from(now_us).unwrap_or(i64::MAX);
    let is_limit = |index: i64, is_shadow: bool| {
        let limit = usize::try_from(index).ok().and_then(|index| spec.limits.get(index));
        limit.is_some_and(|limit| limit.is_shadow == is_shadow)
    };
    let is_named = is_limit(limit, false) && remaining >= 0 && (0..=1).contains(&is_cold);
    let is_empty = numbers[..SHADOW] == [-1, 0, 0, 0, 0, 0];
    assert!(shadow == -1 || is_limit(shadow, true), "{answer:?}");
    assert!(
        delay_us == 0 || delay_us > 0 && decision == Decision::Admitted,
        "{answer:?}"
    );
    let is_right = match decision {
        Decision::Admitted => is_empty || is_named && retry_at_us == 0 && reset_at_us >= now_us,
        Decision::Never => is_named && retry_at_us == 0,
        Decision::Throttled | Decision::Banned => is_named && retry_at_us > now_us,
        _ => is_empty,
    };
    assert!(is_right, "{decision:?} {answer:?} at {now_us}");
}

/// A window that starts at the horizon of the latest gate ends at 2^53, which is still exact.
///
/// # Panics
/// When the double is not a whole number that it holds exactly.
fn whole(number: f64) -> i64 {
    assert!(
        number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0,
        "{number}"
    );
    #[expect(clippy::cast_possible_truncation, reason = "whole and in range, as was just seen")]
    let value = number as i64;
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch_plan::BatchPlan;

    /// How many plans, and of how many bytes. Miri takes a hundred thousand times as long.
    const PLANS: (u64, usize) = if cfg!(miri) { (12, 120) } else { (4_000, 400) };

    fn planned_cases((count, byte_count): (u64, usize)) -> impl Iterator<Item = BatchCase> {
        let plans = (0..count).filter_map(move |seed| BatchPlan::from_seed(seed, byte_count));
        plans.map(|plan| plan.to_case())
    }

    #[test]
    fn what_the_core_decides_for_planned_batches_holds() {
        let checked = planned_cases(PLANS).inspect(BatchCase::check).count();
        assert_eq!(checked as u64, PLANS.0);
    }

    /// Not under Miri, to which it is all the same what was decided.
    #[cfg(not(miri))]
    #[test]
    fn the_planned_batches_reach_every_decision_and_every_error() {
        let mut decided = [0_u32; 11];
        let mut codes = std::collections::BTreeMap::new();
        for case in planned_cases(PLANS) {
            let mut decisions = vec![UNTOUCHED_DECISION; usize::from(case.count)];
            let answers_length = (decisions.len() * ANSWER_SIZE).saturating_add_signed(isize::from(case.answers_skew));
            let mut gate = compile(&case.policy.spec(), case.make());
            match gate.decide_batch(&case.records, &mut decisions, &mut vec![0.0; answers_length]) {
                Ok(()) => decisions
                    .iter()
                    .for_each(|decision| decided[usize::from(*decision)] += 1),
                Err(error) => *codes.entry(error.code()).or_insert(0) += 1,
            }
        }
        assert!(decided.iter().all(|count| *count >= 5), "{decided:?}");
        assert!(codes.len() == 3 && codes.values().all(|count| *count >= 5), "{codes:?}");
    }

    #[test]
    fn a_case_is_the_same_after_it_was_written_to_a_file() {
        for case in planned_cases((5, 60)) {
            let bytes = case.to_bytes();
            assert_eq!(BatchCase::from_bytes(&bytes).to_bytes(), bytes);
        }
    }
}
