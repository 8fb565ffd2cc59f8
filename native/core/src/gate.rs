//! The gate: verifier and limits of one policy fused; see `Gate` in `harness/core/spec.ts` for the contract.
use crate::error::GateError;
use crate::key_hash::HashSecret;
use crate::keyring::{Keyring, SharedKeyring};
use crate::limit_table::{LimitTable, Look};
use crate::record::{Record, take_record};
use crate::signature;
use crate::spec::{ANSWER_SIZE, Answer, Decision, GateSpec, HORIZON_US, HashKind, LimitBy, SignatureEncoding};
use crate::text_form;
use crate::time::whole_us;
use crate::verifier::{SignedRequest, Verifier};
use std::fmt;
use std::sync::Arc;

/// What limits count by, as it came: bytes need not be of any form.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    pub ip: &'a [u8],
    pub account: &'a [u8],
    pub key_id: &'a [u8],
}

/// The same after the form of those that a matching limit needs was checked; the others are ''.
#[derive(Clone, Copy, Default)]
struct Keys<'a> {
    ip: &'a str,
    account: &'a str,
    key_id: &'a str,
}

impl<'a> Keys<'a> {
    fn of(&self, by: LimitBy) -> &'a str {
        match by {
            LimitBy::Ip => self.ip,
            LimitBy::Account => self.account,
            LimitBy::Key => self.key_id,
            LimitBy::Global => "",
        }
    }
}

/// A limit that matches a class: its index, and its cost for it.
#[derive(Debug, Clone, Copy)]
struct Match {
    index: usize,
    cost: u64,
}

/// What is asked of a request class: the limits before the verifier, the verifier, the limits after it.
#[derive(Debug)]
struct ClassPlan {
    is_signed: bool,
    front: Vec<Match>,
    back: Vec<Match>,
    needs_account: bool,
    needs_key: bool,
}

pub struct Gate {
    plans: Vec<ClassPlan>,
    tables: Tables,
    keyring: Keyring,
    verifier: Option<Verifier>,
    encoding: SignatureEncoding,
    now_us: u64,
    horizon_us: u64,
}

impl fmt::Debug for Gate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Gate({} classes, {} limits, {:?})",
            self.plans.len(),
            self.tables.tables.len(),
            self.keyring
        )
    }
}

impl Gate {
    /// # Errors
    /// `GateError::Gate` when the spec is out of range; the full list of faults is made in TypeScript.
    pub fn new(spec: &GateSpec, hash_secret: HashSecret) -> Result<Self, GateError> {
        spec.check()?;
        let auth = spec.auth.as_ref();
        let hash = auth.map_or(HashKind::Sha256, |auth| auth.hash);
        Ok(Self {
            plans: (0..spec.classes.len())
                .map(|class_id| ClassPlan::new(spec, class_id))
                .collect(),
            tables: Tables::new(spec)?,
            keyring: Keyring::new(Arc::new(SharedKeyring::new(hash, hash_secret))),
            verifier: auth.map(|auth| Verifier::new(auth, hash_secret)).transpose()?,
            encoding: auth.map_or(SignatureEncoding::Hex, |auth| auth.encoding),
            now_us: spec.origin_us,
            horizon_us: spec.origin_us + HORIZON_US,
        })
    }

    /// # Errors
    /// `GateError::Key`
    pub fn add_key(&mut self, key_id: &[u8], secret: &[u8], account: &[u8]) -> Result<(), GateError> {
        self.keyring.shared().add(key_id, secret, account)
    }

    pub fn remove_key(&mut self, key_id: &[u8]) -> bool {
        self.keyring.shared().remove(key_id)
    }

    /// Decides one request: verifier and every matching limit.
    ///
    /// # Errors
    /// `GateError::Time`, `GateError::Class`
    pub fn decide(
        &mut self,
        now_us: f64,
        class_id: f64,
        caller: Caller<'_>,
        signed: &SignedRequest<'_>,
    ) -> Result<(Decision, Answer), GateError> {
        let now_us = whole_us(now_us).ok_or(GateError::Time)?;
        let class_id = self.class_index(class_id)?;
        Ok(self.decide_checked(now_us, class_id, caller, Some(signed)))
    }

    /// Only the limits, as if the verifier had said yes.
    ///
    /// # Errors
    /// `GateError::Time`, `GateError::Class`
    pub fn limit(&mut self, now_us: f64, class_id: f64, caller: Caller<'_>) -> Result<(Decision, Answer), GateError> {
        let now_us = whole_us(now_us).ok_or(GateError::Time)?;
        let class_id = self.class_index(class_id)?;
        Ok(self.decide_checked(now_us, class_id, caller, None))
    }

    /// Only the verifier with its replay claim.
    ///
    /// # Errors
    /// `GateError::Time`; `GateError::Gate` when the gate has no verifier.
    pub fn verify(&mut self, now_us: f64, signed: &SignedRequest<'_>) -> Result<(Decision, Answer), GateError> {
        let now_us = whole_us(now_us).ok_or(GateError::Time)?;
        if self.verifier.is_none() {
            return Err(GateError::Gate("this gate has no verifier: auth is null".to_owned()));
        }
        self.advance(now_us);
        self.keyring.catch_up();
        let holder = self.keyring.find(signed.key_id);
        let decision = self.verifier.as_ref().map_or(Decision::Malformed, |verifier| {
            let found = verifier.look(holder, signed, self.now_us);
            found.map_or_else(|refusal| refusal, |valid| verifier.claim(&valid, self.now_us))
        });
        Ok((decision, Answer::default()))
    }

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
        }
        rest = records;
        for (index, (decision, answer)) in decisions
            .iter_mut()
            .zip(answers.chunks_exact_mut(ANSWER_SIZE))
            .enumerate()
        {
            let record = take_record(&mut rest, index)?;
            let (decided, answered) = self.decide_record(&record)?;
            *decision = decided as u8;
            answer.copy_from_slice(&answered.numbers());
        }
        Ok(())
    }

    /// HMAC of the message under the key's secret, in the encoding of the gate's signatures.
    ///
    /// # Errors
    /// `GateError::Key` when the key is unknown.
    pub fn sign(&mut self, key_id: &[u8], message: &[u8]) -> Result<String, GateError> {
        self.keyring.catch_up();
        let holder = self.keyring.find(key_id).known();
        let holder = holder.ok_or(GateError::Key("no key of this id is known to the gate"))?;
        Ok(signature::encode(self.encoding, &holder.hmac.mac(message)))
    }

    fn decide_record(&mut self, record: &Record<'_>) -> Result<(Decision, Answer), GateError> {
        let caller = Caller {
            ip: record.ip,
            account: record.account,
            key_id: record.key_id,
        };
        let signed = SignedRequest {
            key_id: record.key_id,
            timestamp_us: whole_us(record.timestamp_us),
            window_us: whole_us(record.window_us),
            message: record.message,
            signature: record.signature,
        };
        self.decide(record.now_us, f64::from(record.class_id), caller, &signed)
    }

    /// Looks at everything first and charges afterwards, so that nothing has to be given back.
    fn decide_checked(
        &mut self,
        now_us: u64,
        class_id: usize,
        caller: Caller<'_>,
        signed: Option<&SignedRequest<'_>>,
    ) -> (Decision, Answer) {
        self.advance(now_us);
        self.keyring.catch_up();
        let now_us = self.now_us;
        let Self {
            plans,
            tables,
            keyring,
            verifier,
            ..
        } = self;
        let plan = &plans[class_id];
        let mut keys = Keys::default();
        if !plan.front.is_empty() {
            let Some(ip) = text_form::ip(caller.ip) else {
                return (Decision::Malformed, Answer::default());
            };
            keys.ip = ip;
        }
        if let Some(denial) = tables.look(&plan.front, keys, now_us) {
            return denial;
        }

        let verifier = verifier.as_ref().filter(|_| plan.is_signed);
        let mut claimed = None;
        if let (Some(verifier), Some(signed)) = (verifier, signed) {
            let found = verifier.look(keyring.find(signed.key_id), signed, now_us);
            let is_claimed = found.and_then(|valid| match verifier.claim(&valid, now_us) {
                Decision::Admitted => Ok((verifier, valid)),
                refusal => Err(refusal),
            });
            match is_claimed {
                Ok(claim) => claimed = Some(claim),
                Err(refusal) => return tables.refuse(&plan.front, keys, refusal),
            }
        }
        let owner = claimed.as_ref().map(|(_, valid)| &*valid.holder.account);
        let account = owner.map_or(caller.account, str::as_bytes);
        let complete = plan.back_keys(keys, account, caller.key_id);
        let denial = match complete {
            Some(complete) => tables.look(&plan.back, complete, now_us),
            None => Some(tables.refuse(&plan.front, keys, Decision::Malformed)),
        };
        if let Some(denial) = denial {
            if let Some((verifier, valid)) = claimed {
                verifier.release(&valid);
            }
            return denial;
        }
        keys = complete.unwrap_or(keys);
        tables.charge(&plan.front, keys, true);
        tables.charge(&plan.back, keys, true);
        (Decision::Admitted, tables.answer_admitted(plan))
    }

    fn class_index(&self, class_id: f64) -> Result<usize, GateError> {
        let index = whole_us(class_id).and_then(|whole| usize::try_from(whole).ok());
        index
            .filter(|index| *index < self.plans.len())
            .ok_or(GateError::Class(self.plans.len()))
    }

    fn advance(&mut self, now_us: u64) {
        self.now_us = self.now_us.max(now_us).min(self.horizon_us);
    }
}

impl ClassPlan {
    fn new(spec: &GateSpec, class_id: usize) -> Self {
        let is_signed = spec.auth.as_ref().is_some_and(|auth| auth.signed[class_id]);
        let matches = |is_front: bool| -> Vec<Match> {
            let limits = spec.limits.iter().enumerate();
            limits
                .filter(|(_, limit)| (limit.by == LimitBy::Ip) == is_front && limit.costs[class_id] > 0)
                .filter(|(_, limit)| is_signed || limit.by != LimitBy::Key)
                .map(|(index, limit)| Match {
                    index,
                    cost: limit.costs[class_id],
                })
                .collect()
        };
        let back = matches(false);
        let needs = |by| back.iter().any(|limit| spec.limits[limit.index].by == by);
        Self {
            is_signed,
            needs_account: needs(LimitBy::Account),
            needs_key: needs(LimitBy::Key),
            front: matches(true),
            back,
        }
    }

    /// Adds the keys that the limits after the verifier need; none when one has a wrong form.
    fn back_keys<'a>(&self, mut keys: Keys<'a>, account: &'a [u8], key_id: &'a [u8]) -> Option<Keys<'a>> {
        if self.needs_account {
            keys.account = text_form::id(account)?;
        }
        if self.needs_key {
            keys.key_id = text_form::id(key_id)?;
        }
        Some(keys)
    }
}

/// The limits of a gate, each with what it said last.
struct Tables {
    tables: Vec<LimitTable>,
    looks: Vec<Option<Look>>,
}

impl Tables {
    fn new(spec: &GateSpec) -> Result<Self, GateError> {
        let tables: Result<Vec<_>, _> = spec
            .limits
            .iter()
            .map(|limit| LimitTable::new(limit, spec.origin_us))
            .collect();
        Ok(Self {
            tables: tables?,
            looks: vec![None; spec.limits.len()],
        })
    }

    /// Asks every limit; the denial, with nothing but its strike kept, when one says no.
    fn look(&mut self, matches: &[Match], keys: Keys<'_>, now_us: u64) -> Option<(Decision, Answer)> {
        let mut named: Option<(usize, Look)> = None;
        for &Match { index, cost } in matches {
            let table = &mut self.tables[index];
            let look = table.look(keys.of(table.by), cost, now_us);
            self.looks[index] = Some(look);
            let is_named = match (look.decision, &named) {
                (Decision::Admitted, _) => false,
                (_, Some((_, named))) if named.decision == Decision::Never => false,
                (_, None) | (Decision::Never, _) => true,
                (_, Some((_, named))) => look.retry_at_us > named.retry_at_us,
            };
            if is_named {
                named = Some((index, look));
            }
        }
        let (index, mut look) = named?;
        if look.decision == Decision::Throttled {
            let table = &mut self.tables[index];
            table.strike(keys.of(table.by), &mut look);
        }
        Some((look.decision, answer(index, &look)))
    }

    fn charge(&mut self, matches: &[Match], keys: Keys<'_>, is_admitted: bool) {
        for &Match { index, .. } in matches {
            let table = &mut self.tables[index];
            if let Some(look) = &mut self.looks[index] {
                table.charge(keys.of(table.by), look, is_admitted);
            }
        }
    }

    /// A refusal by the verifier keeps the charge of the limits before it.
    fn refuse(&mut self, front: &[Match], keys: Keys<'_>, refusal: Decision) -> (Decision, Answer) {
        self.charge(front, keys, false);
        (refusal, Answer::default())
    }

    /// Names the limit with the fewest cells left, the first of equals.
    fn answer_admitted(&self, plan: &ClassPlan) -> Answer {
        let looked = plan.front.iter().chain(&plan.back);
        let looks = looked.filter_map(|&Match { index, .. }| self.looks[index].map(|look| (index, look)));
        let fewest = looks.min_by_key(|(index, look)| (look.remaining, *index));
        fewest.map_or(Answer::default(), |(index, look)| answer(index, &look))
    }
}

fn answer(index: usize, look: &Look) -> Answer {
    Answer {
        limit: Some(index),
        remaining: look.remaining,
        retry_at_us: look.retry_at_us,
        reset_at_us: look.reset_at_us,
        is_cold: look.is_cold,
    }
}
