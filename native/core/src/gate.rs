//! The gate: verifier and limits of one policy fused; see `Gate` in `harness/core/spec.ts` for the contract.
use crate::attempt::{Attempt, Looks};
use crate::bucket_table::Sharing;
use crate::caller::{Caller, CallerKeys, Callers, Prepared};
use crate::error::GateError;
use crate::extent::{Extent, Size};
use crate::key_hash::{HashSecret, KeyHash, key_hash};
use crate::keyring::Keyring;
use crate::offer::Offer;
use crate::plan::Needs;
use crate::record::{Record, take_record};
use crate::spec::{Answer, Decision, GateSpec, TextForm};
use crate::state::State;
use crate::text_form;
use crate::time::whole_us;
use crate::verifier::{SignedRequest, Verifier};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

const CALLERS_MAX: usize = 10_000_000;

/// One thread's handle on a gate. Several handles on one gate decide as one: what one admits is charged for all.
pub struct Gate {
    pub(crate) state: Arc<State>,
    pub(crate) sharing: Sharing,
    pub(crate) keyring: Keyring,
    pub(crate) callers: Callers,
    pub(crate) looks: Looks,
}

impl fmt::Debug for Gate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let State { plans, tables, .. } = &*self.state;
        write!(formatter, "Gate({} classes, {} limits)", plans.len(), tables.len())
    }
}

/// How often threads that share a gate got into each other's way. Never does one of them get a cell too many for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contention {
    /// Requests that were refused since another thread took cells between their look and their charge.
    pub overtaken: u64,
    /// Charges that were given back; each may have throttled somebody for the moment in which it stood.
    pub given_back: u64,
}

impl Gate {
    /// A gate for one thread.
    ///
    /// # Errors
    /// `GateError::Gate` when the spec is out of range; the full list of faults is made in TypeScript.
    pub fn new(spec: &GateSpec, secret: HashSecret) -> Result<Self, GateError> {
        Ok(Self::over(Arc::new(State::new(spec, secret)?), Sharing::Alone))
    }

    /// A gate that other threads can get a handle on.
    ///
    /// # Errors
    /// As `new`.
    pub fn shared(spec: &GateSpec, secret: HashSecret) -> Result<Self, GateError> {
        Ok(Self::over(Arc::new(State::new(spec, secret)?), Sharing::Threads))
    }

    /// Another handle on the same gate, for another thread; none when the gate is for one thread alone.
    pub fn attach(&self) -> Option<Self> {
        (self.sharing == Sharing::Threads).then(|| Self::over(Arc::clone(&self.state), Sharing::Threads))
    }

    fn over(state: Arc<State>, sharing: Sharing) -> Self {
        Self {
            keyring: Keyring::new(Arc::clone(&state.keyring)),
            state,
            sharing,
            callers: Callers::default(),
            looks: Looks::default(),
        }
    }

    /// # Errors
    /// `GateError::Key`
    pub fn add_key(&mut self, key_id: &[u8], secret: &[u8], account: &[u8]) -> Result<(), GateError> {
        self.state.keyring.add(key_id, secret, account)
    }

    pub fn remove_key(&mut self, key_id: &[u8]) -> bool {
        self.state.keyring.remove(key_id)
    }

    /// Which texts a request of this class needs; none when there is no such class.
    pub fn needs(&self, class_id: f64) -> Needs {
        self.class_index(class_id)
            .map_or_else(|_| Needs::default(), |class_id| self.state.plans[class_id].needs)
    }

    /// How texts that are signed under this gate's policy are turned into bytes.
    pub fn text_form(&self) -> TextForm {
        let verifier = self.state.verifier.as_ref();
        verifier.map_or(TextForm::Utf8, Verifier::text)
    }

    /// Decides one request: verifier and every matching limit. `answer` tells the rest.
    ///
    /// # Errors
    /// `GateError::Time`, `GateError::Class`
    pub fn decide(
        &mut self,
        now_us: f64,
        class_id: f64,
        caller: Caller<'_>,
        extent: Extent,
        signed: &SignedRequest<'_>,
    ) -> Result<Decision, GateError> {
        let prepared = self.prepare(class_id, caller);
        self.decide_prepared(now_us, &prepared, extent, signed)
    }

    /// The first half of `decide`, to be called before message and signature are read: the memory of key and counters is
    /// asked for, and comes while they are.
    pub fn prepare(&mut self, class_id: f64, caller: Caller<'_>) -> Prepared {
        let class_id = self.class_index(class_id).ok();
        let state = &*self.state;
        let Some((class, plan)) = class_id.map(|class_id| (class_id, &state.plans[class_id])) else {
            return Prepared {
                class_id,
                keys: CallerKeys::default(),
            };
        };
        let keys = CallerKeys::new(state.hashing.secret, caller, plan.needs.of_whole_request());
        if plan.needs.signature {
            self.keyring.catch_up();
            if let Some(key) = keys.key {
                self.keyring.expect(key);
            }
        }
        state.expect(plan, class, &keys);
        Prepared { class_id, keys }
    }

    /// The second half of `decide`.
    ///
    /// # Errors
    /// `GateError::Time`, `GateError::Class`
    pub fn decide_prepared(
        &mut self,
        now_us: f64,
        prepared: &Prepared,
        extent: Extent,
        signed: &SignedRequest<'_>,
    ) -> Result<Decision, GateError> {
        let now_us = whole_us(now_us).ok_or(GateError::Time)?;
        let count = self.state.plans.len();
        let class_id = prepared.class_id.filter(|class_id| *class_id < count);
        let class_id = class_id.ok_or(GateError::Class(count))?;
        let size = extent.size()?;
        let is_signed = self.state.plans[class_id].needs.signature;
        Ok(self.decide_checked(
            now_us,
            class_id,
            prepared.keys,
            size,
            is_signed.then_some(Offer::Text(signed)),
        ))
    }

    /// Only the limits, as if the verifier had said yes.
    ///
    /// # Errors
    /// `GateError::Time`, `GateError::Class`
    pub fn limit(
        &mut self,
        now_us: f64,
        class_id: f64,
        caller: Caller<'_>,
        extent: Extent,
    ) -> Result<Decision, GateError> {
        let now_us = whole_us(now_us).ok_or(GateError::Time)?;
        let class_id = self.class_index(class_id)?;
        let size = extent.size()?;
        let keys = CallerKeys::new(self.state.hashing.secret, caller, self.state.plans[class_id].needs);
        Ok(self.decide_checked(now_us, class_id, keys, size, None))
    }

    /// Keeps a caller under a number, so that its limits can be asked without its texts.
    ///
    /// # Errors
    /// `GateError::CallersFull`
    pub fn intern_caller(&mut self, caller: Caller<'_>) -> Result<u32, GateError> {
        if self.callers.count() == CALLERS_MAX {
            return Err(GateError::CallersFull(CALLERS_MAX));
        }
        let number = u32::try_from(self.callers.count()).unwrap_or(u32::MAX);
        let needs = Needs::of_interned(&self.state.tables);
        self.callers
            .push(CallerKeys::new(self.state.hashing.secret, caller, needs), needs);
        Ok(number)
    }

    /// Keeps a caller under the number of another, who is forgotten.
    ///
    /// # Errors
    /// `GateError::Caller`
    pub fn replace_caller(&mut self, number: u32, caller: Caller<'_>) -> Result<u32, GateError> {
        let needs = Needs::of_interned(&self.state.tables);
        let keys = CallerKeys::new(self.state.hashing.secret, caller, needs);
        let is_known = self.callers.replace(number, keys, needs);
        is_known.then_some(number).ok_or(GateError::Caller(number))
    }

    /// `limit` for an interned caller.
    ///
    /// # Errors
    /// `GateError::Time`, `GateError::Class`, `GateError::Caller`
    pub fn limit_caller(
        &mut self,
        now_us: f64,
        class_id: f64,
        caller: u32,
        extent: Extent,
    ) -> Result<Decision, GateError> {
        let now_us = whole_us(now_us).ok_or(GateError::Time)?;
        let class_id = self.class_index(class_id)?;
        self.decide_caller(now_us, class_id, caller, extent.size()?)
    }

    /// Only the verifier with its replay claim.
    ///
    /// # Errors
    /// `GateError::Time`; `GateError::Gate` when the gate has no verifier.
    pub fn verify(&mut self, now_us: f64, signed: &SignedRequest<'_>) -> Result<Decision, GateError> {
        let now_us = whole_us(now_us).ok_or(GateError::Time)?;
        let Some(verifier) = &self.state.verifier else {
            return Err(GateError::Gate("this gate has no verifier: auth is null".to_owned()));
        };
        self.looks.clear();
        let now_us = self.state.clock.advance(now_us);
        let Some(hash) = self.key_hash(signed.key_id) else {
            return Ok(Decision::Malformed);
        };
        self.keyring.catch_up();
        let found = self.keyring.find(hash, signed.key_id);
        let claimed = verifier.claim(found, Offer::Text(signed), now_us);
        Ok(claimed.map_or_else(|refusal| refusal, |_| Decision::Admitted))
    }

    /// `decide` for the packed record at the start of `record`.
    ///
    /// # Errors
    /// `GateError::Batch`, `GateError::Time`, `GateError::Class`
    pub fn decide_record(&mut self, record: &[u8]) -> Result<Decision, GateError> {
        let mut rest = record;
        let record = take_record(&mut rest, 0)?;
        let prepared = self.prepare_taken(&record);
        self.decide_taken(&record, &prepared)
    }

    /// What the limits said to the request that was decided last.
    pub fn answer(&self) -> Answer {
        self.looks.answer(&self.state)
    }

    /// The MAC of the message under the key's secret.
    ///
    /// # Errors
    /// `GateError::Key` when the key is unknown.
    pub fn sign(&mut self, key_id: &[u8], message: &[u8]) -> Result<String, GateError> {
        self.keyring.catch_up();
        let hash = self.key_hash(key_id);
        let holder = hash.and_then(|hash| self.keyring.find(hash, key_id).known());
        let holder = holder.ok_or(GateError::Key("no key of this id is known to the gate"))?;
        Ok(self.state.sign(holder, message))
    }

    pub fn contention(&self) -> Contention {
        Contention {
            overtaken: self.state.overtaken.load(Ordering::Relaxed),
            given_back: self.state.given_back.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn decide_caller(
        &mut self,
        now_us: u64,
        class_id: usize,
        caller: u32,
        size: Size,
    ) -> Result<Decision, GateError> {
        let needs = self.state.plans[class_id].needs;
        let keys = self.callers.get(caller, needs).ok_or(GateError::Caller(caller))?;
        Ok(self.decide_checked(now_us, class_id, keys, size, None))
    }

    pub(crate) fn prepare_taken(&mut self, record: &Record<'_>) -> Prepared {
        let caller = Caller {
            ip: record.ip,
            account: record.account,
            key_id: record.key_id,
        };
        self.prepare(f64::from(record.class_id), caller)
    }

    pub(crate) fn decide_taken(&mut self, record: &Record<'_>, prepared: &Prepared) -> Result<Decision, GateError> {
        let signed = SignedRequest {
            key_id: record.key_id,
            timestamp_us: whole_us(record.timestamp_us),
            window_us: whole_us(record.window_us),
            message: record.message,
            signature: record.signature,
        };
        self.decide_prepared(record.now_us, prepared, record.extent(), &signed)
    }

    pub(crate) fn decide_checked(
        &mut self,
        now_us: u64,
        class_id: usize,
        keys: CallerKeys,
        size: Size,
        offer: Option<Offer<'_>>,
    ) -> Decision {
        let state = &*self.state;
        let mut attempt = Attempt {
            state,
            plan: &state.plans[class_id],
            class_id,
            keys,
            size,
            now_us: state.clock.advance(now_us),
            sharing: self.sharing,
            looks: &mut self.looks,
        };
        if let Some(denial) = attempt.look_front() {
            return denial;
        }
        let Some((verifier, offer)) = state.verifier.as_ref().zip(offer) else {
            return attempt.look_back().unwrap_or_else(|| attempt.admit());
        };
        let Some(hash) = keys.key else {
            return attempt.refuse(Decision::Malformed);
        };
        self.keyring.catch_up();
        let found = match offer {
            Offer::Text(signed) => self.keyring.find(hash, signed.key_id),
            Offer::Made(_) => self.keyring.holders.find_hash(hash),
        };
        if attempt.plan.needs.account {
            // They come while the signature is checked.
            state.expect(attempt.plan, class_id, &keys.owned_by(found.holder));
        }
        let valid = match verifier.claim(found, offer, attempt.now_us) {
            Ok(valid) => valid,
            Err(refusal) => return attempt.refuse(refusal),
        };
        attempt.keys = keys.owned_by(valid.holder());
        let decision = attempt.look_back().unwrap_or_else(|| attempt.admit());
        if decision != Decision::Admitted {
            verifier.release(&valid);
        }
        decision
    }

    fn key_hash(&self, key_id: &[u8]) -> Option<KeyHash> {
        text_form::is_id(key_id).then(|| key_hash(self.state.hashing.secret, key_id))
    }

    pub(crate) fn class_index(&self, class_id: f64) -> Result<usize, GateError> {
        let count = self.state.plans.len();
        let index = whole_us(class_id).and_then(|whole| usize::try_from(whole).ok());
        index.filter(|index| *index < count).ok_or(GateError::Class(count))
    }
}
