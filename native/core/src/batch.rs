//! Many decisions in one call.
use crate::bucket_table::{BucketTable, Sharing};
use crate::caller::Callers;
use crate::counted_by::{CountedBy, Hashing, KeyList};
use crate::error::GateError;
use crate::extent::Size;
use crate::gate::Gate;
use crate::key_hash::KeyHash;
use crate::record::take_record;
use crate::spec::{ANSWER_SIZE, Decision};
use crate::state::State;
use crate::time::whole_us;
use crate::token_bucket::Step;
use std::sync::Arc;

/// Callers whose memory is asked for together before the first of them is decided.
const BLOCK: usize = 32;
/// The same for records: fewer, since the check of a signature leaves memory more time.
const RECORDS: usize = 8;

impl Gate {
    /// Decides `decisions.len()` packed records in order.
    ///
    /// # Errors
    /// Before deciding any: `GateError::Batch` when a record is cut short or `answers` is too small, `GateError::Time`
    /// and `GateError::Class` for the first record at fault.
    pub fn decide_batch(&mut self, records: &[u8], decisions: &mut [u8], answers: &mut [f64]) -> Result<(), GateError> {
        if answers.len() < decisions.len().saturating_mul(ANSWER_SIZE) {
            return Err(GateError::Batch("answers is too small".to_owned()));
        }
        let mut rest = records;
        for index in 0..decisions.len() {
            let record = take_record(&mut rest, index)?;
            whole_us(record.now_us).ok_or(GateError::Time)?;
            self.class_index(f64::from(record.class_id))?;
            record.extent().size()?;
        }
        rest = records;
        let answered = decisions
            .chunks_mut(RECORDS)
            .zip(answers.chunks_mut(RECORDS * ANSWER_SIZE));
        for (block, (decisions, answers)) in answered.enumerate() {
            let mut taken = [None; RECORDS];
            for (index, place) in taken.iter_mut().take(decisions.len()).enumerate() {
                let record = take_record(&mut rest, block * RECORDS + index)?;
                *place = Some((record, self.prepare_taken(&record)));
            }
            let decided = decisions.iter_mut().zip(answers.chunks_exact_mut(ANSWER_SIZE));
            for ((record, prepared), (decision, answer)) in taken.into_iter().flatten().zip(decided) {
                *decision = self.decide_taken(&record, &prepared)? as u8;
                answer.copy_from_slice(&self.answer().numbers());
            }
        }
        Ok(())
    }

    /// `limit_caller` for each of the callers, in order; `answers` takes `ANSWER_SIZE` numbers for each.
    ///
    /// # Errors
    /// Before deciding any: `GateError::Batch` when `decisions` or `answers` does not fit, `GateError::Time`,
    /// `GateError::Class`, `GateError::Caller`.
    pub fn limit_batch(
        &mut self,
        now_us: f64,
        class_id: f64,
        callers: &[u32],
        decisions: &mut [u8],
        answers: Option<&mut [f64]>,
    ) -> Result<(), GateError> {
        let is_wide_enough = |answers: &&mut [f64]| answers.len() / ANSWER_SIZE >= callers.len();
        if decisions.len() != callers.len() || !answers.as_ref().is_none_or(is_wide_enough) {
            return Err(GateError::Batch(
                "decisions or answers does not fit the callers".to_owned(),
            ));
        }
        let now_us = whole_us(now_us).ok_or(GateError::Time)?;
        let class_id = self.class_index(class_id)?;
        let count = self.callers.count();
        if let Some(unknown) = callers.iter().find(|caller| **caller as usize >= count) {
            return Err(GateError::Caller(*unknown));
        }
        match answers {
            Some(answers) => self.limit_with_answers(now_us, class_id, callers, decisions, answers),
            None => self.limit_without(now_us, class_id, callers, decisions),
        }
    }

    fn limit_with_answers(
        &mut self,
        now_us: u64,
        class_id: usize,
        callers: &[u32],
        decisions: &mut [u8],
        answers: &mut [f64],
    ) -> Result<(), GateError> {
        let decided = callers.iter().zip(decisions.iter_mut());
        for ((caller, decision), answer) in decided.zip(answers.chunks_exact_mut(ANSWER_SIZE)) {
            *decision = self.decide_caller(now_us, class_id, *caller, Size::default())? as u8;
            answer.copy_from_slice(&self.answer().numbers());
        }
        Ok(())
    }

    fn limit_without(
        &mut self,
        now_us: u64,
        class_id: usize,
        callers: &[u32],
        decisions: &mut [u8],
    ) -> Result<(), GateError> {
        // Deciding nothing does not move the clock either.
        if callers.is_empty() {
            return Ok(());
        }
        let state = Arc::clone(&self.state);
        let Some(short) = ShortWay::new(&state, class_id, state.clock.advance(now_us)) else {
            for (caller, decision) in callers.iter().zip(decisions) {
                *decision = self.decide_caller(now_us, class_id, *caller, Size::default())? as u8;
            }
            return Ok(());
        };
        for (callers, decisions) in callers.chunks(BLOCK).zip(decisions.chunks_mut(BLOCK)) {
            let keys = short.ask(&self.callers, callers, state.hashing);
            for ((key, caller), decision) in keys.into_iter().zip(callers).zip(decisions) {
                *decision = if short.admits(key, self.sharing) {
                    Decision::Admitted as u8
                } else {
                    self.decide_caller(now_us, class_id, *caller, Size::default())? as u8
                };
            }
        }
        Ok(())
    }
}

/// For a class with one limit, which is a bucket and counts by one text: most callers are admitted by a few instructions.
struct ShortWay<'a> {
    by: &'a CountedBy,
    table: &'a BucketTable,
    step: Step,
}

impl<'a> ShortWay<'a> {
    fn new(state: &'a State, class_id: usize, now_us: u64) -> Option<Self> {
        let [only] = &state.plans[class_id].matches[..] else {
            return None;
        };
        let limit = &state.tables[only.index];
        let table = limit.bucket()?;
        if only.is_shadow || limit.by.is_combined() {
            return None;
        }
        Some(Self {
            by: &limit.by,
            table,
            step: table.step(only.cost, now_us)?,
        })
    }

    /// The keys of a block of callers, whose slots will soon be there. No load of one turn waits for one of another, so
    /// the processor fetches for several at once.
    #[inline]
    fn ask(&self, known: &Callers, callers: &[u32], hashing: Hashing) -> [Option<KeyHash>; BLOCK] {
        let mut keys = [None; BLOCK];
        let list = self.by.list(known);
        for (key, caller) in keys.iter_mut().zip(callers) {
            *key = match list {
                KeyList::Ready(list) => list[*caller as usize],
                KeyList::Global => Some(hashing.global),
                KeyList::Unready => None,
            };
            if let Some(key) = *key {
                self.table.prefetch(key);
            }
        }
        keys
    }

    #[inline]
    fn admits(&self, key: Option<KeyHash>, sharing: Sharing) -> bool {
        key.is_some_and(|key| self.table.admit(key, self.step, sharing))
    }
}
