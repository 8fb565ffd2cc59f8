//! Gates that several threads of the process use at once, by name.
//!
//! A thread has its own handle, the gate behind them is one. The gate lives as long as a handle on it.
use crate::failure::Failure;
use floodproof_core::{Gate, GateError, GateSpec, HashSecret};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

static GATES: Mutex<BTreeMap<String, Weak<SharedGate>>> = Mutex::new(BTreeMap::new());

/// Kept by everybody who is attached.
#[derive(Debug)]
pub(crate) struct SharedGate {
    name: String,
    /// The spec without its origin, which is when it was made and no part of what it promises.
    policy: Value,
    gate: Mutex<Gate>,
}

impl Drop for SharedGate {
    fn drop(&mut self) {
        let mut gates = lock(&GATES);
        // Another one of this name may have been made since the last handle was given back.
        if gates.get(&self.name).is_some_and(|gate| gate.strong_count() == 0) {
            gates.remove(&self.name);
        }
    }
}

/// A handle on the gate of this name, which is made when there is none; then `secret` and the spec's origin hold.
pub(crate) fn attach(name: String, spec: Value, secret: HashSecret) -> Result<(Gate, Arc<SharedGate>), Failure> {
    let policy = without_origin(spec.clone());
    // Found or made under the lock; what can drop a `SharedGate`, which takes the lock too, is done after it.
    let shared = {
        let mut gates = lock(&GATES);
        match gates.get(&name).and_then(Weak::upgrade) {
            Some(shared) => shared,
            None => make(&mut gates, name, spec, secret)?,
        }
    };
    if shared.policy != policy {
        return Err(Failure::Name(shared.name.clone()));
    }
    let gate = lock(&shared.gate).attach();
    let gate = gate.ok_or_else(|| GateError::Gate("this gate is for one thread".to_owned()))?;
    Ok((gate, shared))
}

fn make(
    gates: &mut BTreeMap<String, Weak<SharedGate>>,
    name: String,
    spec: Value,
    secret: HashSecret,
) -> Result<Arc<SharedGate>, Failure> {
    let gate = Gate::shared(&parse(spec.clone())?, secret)?;
    let shared = Arc::new(SharedGate {
        name: name.clone(),
        policy: without_origin(spec),
        gate: Mutex::new(gate),
    });
    gates.insert(name, Arc::downgrade(&shared));
    Ok(shared)
}

pub(crate) fn parse(spec: Value) -> Result<GateSpec, GateError> {
    serde_json::from_value(spec).map_err(|error| GateError::Gate(error.to_string()))
}

fn without_origin(mut spec: Value) -> Value {
    if let Some(fields) = spec.as_object_mut() {
        fields.remove("originUs");
    }
    spec
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
