//! A gate as its user holds it: alone, or one of several handles on the same gate.
use crate::error::GateError;
use crate::gate::{Caller, Gate as LocalGate};
use crate::record::take_record;
use crate::spec::{ANSWER_SIZE, Answer, Decision, GateSpec};
use crate::time::whole_us;
use crate::verifier::SignedRequest;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

const CALLERS_MAX: usize = 10_000_000;

/// Makes the places of keys in tables unforeseeable.
#[derive(Clone, Copy)]
pub struct HashSecret {
    pub k0: u32,
    pub k1: u32,
}

impl fmt::Debug for HashSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HashSecret")
    }
}

/// Which texts of a request the limits and the verifier of its class look at.
#[allow(clippy::struct_excessive_bools, reason = "four independent answers")]
#[derive(Debug, Clone, Copy, Default)]
pub struct Needs {
    pub ip: bool,
    /// The claimed account; a signed class takes the key's in `decide`.
    pub account: bool,
    /// By a limit.
    pub key_id: bool,
    pub signed: bool,
}

#[derive(Debug)]
struct OwnedCaller {
    ip: Box<[u8]>,
    account: Box<[u8]>,
    key_id: Box<[u8]>,
}

#[derive(Debug)]
enum State {
    Own(Box<LocalGate>),
    Shared(Arc<Mutex<LocalGate>>),
}

#[derive(Debug)]
pub struct Gate {
    state: State,
    callers: Vec<OwnedCaller>,
}

impl Gate {
    /// # Errors
    /// `GateError::Gate`
    pub fn new(spec: &GateSpec, _secret: HashSecret) -> Result<Self, GateError> {
        Ok(Self {
            state: State::Own(Box::new(LocalGate::new(spec)?)),
            callers: Vec::new(),
        })
    }

    /// # Errors
    /// `GateError::Gate`
    pub fn shared(spec: &GateSpec, _secret: HashSecret) -> Result<Self, GateError> {
        Ok(Self {
            state: State::Shared(Arc::new(Mutex::new(LocalGate::new(spec)?))),
            callers: Vec::new(),
        })
    }

    /// Another handle on the same gate.
    #[must_use]
    pub fn attach(&self) -> Self {
        match &self.state {
            State::Own(_) => unreachable!("only a shared gate is attached to"),
            State::Shared(gate) => Self {
                state: State::Shared(Arc::clone(gate)),
                callers: Vec::new(),
            },
        }
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut LocalGate) -> T) -> T {
        match &mut self.state {
            State::Own(gate) => act(gate),
            State::Shared(gate) => act(&mut gate.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    pub fn needs(&mut self, class_id: f64) -> Needs {
        self.with(|gate| gate.needs(class_id))
    }

    /// # Errors
    /// `GateError::Key`
    pub fn add_key(&mut self, key_id: &[u8], secret: &[u8], account: &[u8]) -> Result<(), GateError> {
        self.with(|gate| gate.add_key(key_id, secret, account))
    }

    pub fn remove_key(&mut self, key_id: &[u8]) -> bool {
        self.with(|gate| gate.remove_key(key_id))
    }

    /// # Errors
    /// `GateError::Time`, `GateError::Class`
    pub fn decide(
        &mut self,
        now_us: f64,
        class_id: f64,
        caller: Caller<'_>,
        signed: &SignedRequest<'_>,
    ) -> Result<(Decision, Answer), GateError> {
        self.with(|gate| gate.decide(now_us, class_id, caller, signed))
    }

    /// # Errors
    /// `GateError::Time`, `GateError::Class`
    pub fn limit(&mut self, now_us: f64, class_id: f64, caller: Caller<'_>) -> Result<(Decision, Answer), GateError> {
        self.with(|gate| gate.limit(now_us, class_id, caller))
    }

    /// # Errors
    /// `GateError::Time`, `GateError::Gate`
    pub fn verify(&mut self, now_us: f64, signed: &SignedRequest<'_>) -> Result<(Decision, Answer), GateError> {
        self.with(|gate| gate.verify(now_us, signed))
    }

    /// # Errors
    /// `GateError::Batch`, `GateError::Time`, `GateError::Class`
    pub fn decide_batch(&mut self, records: &[u8], decisions: &mut [u8], answers: &mut [f64]) -> Result<(), GateError> {
        self.with(|gate| gate.decide_batch(records, decisions, answers))
    }

    /// # Errors
    /// `GateError::Batch`, `GateError::Time`, `GateError::Class`
    pub fn decide_record(&mut self, record: &[u8]) -> Result<(Decision, Answer), GateError> {
        self.with(|gate| gate.decide_packed(record))
    }

    /// # Errors
    /// `GateError::Key`
    pub fn sign(&mut self, key_id: &[u8], message: &[u8]) -> Result<String, GateError> {
        self.with(|gate| gate.sign(key_id, message)).map(|mac| hex(&mac))
    }

    /// # Errors
    /// `GateError::CallersFull`
    pub fn intern_caller(&mut self, caller: Caller<'_>) -> Result<u32, GateError> {
        let number = u32::try_from(self.callers.len()).unwrap_or(u32::MAX);
        if self.callers.len() >= CALLERS_MAX {
            return Err(GateError::CallersFull);
        }
        self.callers.push(OwnedCaller {
            ip: caller.ip.into(),
            account: caller.account.into(),
            key_id: caller.key_id.into(),
        });
        Ok(number)
    }

    /// # Errors
    /// `GateError::Time`, `GateError::Class`, `GateError::Caller`
    pub fn limit_caller(&mut self, now_us: f64, class_id: f64, caller: u32) -> Result<(Decision, Answer), GateError> {
        let Self { state, callers } = self;
        let caller = callers.get(caller as usize).map(OwnedCaller::as_caller);
        let act = |gate: &mut LocalGate| {
            gate.check(now_us, class_id)?;
            gate.limit(now_us, class_id, caller.ok_or(GateError::Caller)?)
        };
        match state {
            State::Own(gate) => act(gate),
            State::Shared(gate) => act(&mut gate.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Decides `callers.len()` callers; `decisions` is as long.
    ///
    /// # Errors
    /// Before deciding any: `GateError::Batch`, `GateError::Time`, `GateError::Class`, `GateError::Caller`
    pub fn limit_batch(
        &mut self,
        now_us: f64,
        class_id: f64,
        callers: &[u32],
        decisions: &mut [u8],
        mut answers: Option<&mut [f64]>,
    ) -> Result<(), GateError> {
        if answers
            .as_ref()
            .is_some_and(|answers| answers.len() < callers.len() * ANSWER_SIZE)
        {
            return Err(GateError::Batch("answers is too small".to_owned()));
        }
        self.with(|gate| gate.check(now_us, class_id))?;
        if callers.iter().any(|&caller| caller as usize >= self.callers.len()) {
            return Err(GateError::Caller);
        }
        for (index, (&caller, decision)) in callers.iter().zip(decisions).enumerate() {
            let (decided, answer) = self.limit_caller(now_us, class_id, caller)?;
            *decision = decided as u8;
            if let Some(answers) = &mut answers {
                answers[index * ANSWER_SIZE..][..ANSWER_SIZE].copy_from_slice(&answer.numbers());
            }
        }
        Ok(())
    }
}

impl LocalGate {
    fn needs(&self, class_id: f64) -> Needs {
        let Ok(index) = self.class_index(class_id) else {
            return Needs::default();
        };
        let plan = &self.plans[index];
        Needs {
            ip: !plan.front.is_empty(),
            account: plan.needs_account,
            key_id: plan.needs_key,
            signed: plan.is_signed,
        }
    }

    fn check(&self, now_us: f64, class_id: f64) -> Result<(), GateError> {
        whole_us(now_us).ok_or(GateError::Time)?;
        self.class_index(class_id).map(drop)
    }

    fn decide_packed(&mut self, record: &[u8]) -> Result<(Decision, Answer), GateError> {
        let record = take_record(&mut &*record, 0)?;
        self.decide_record(&record)
    }
}

impl OwnedCaller {
    fn as_caller(&self) -> Caller<'_> {
        Caller {
            ip: &self.ip,
            account: &self.account,
            key_id: &self.key_id,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
