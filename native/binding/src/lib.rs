//! The addon: conversion and error mapping, nothing else. An error's message starts with its code.
#![allow(clippy::needless_pass_by_value, reason = "napi hands arguments over by value")]
#![allow(
    clippy::too_many_arguments,
    reason = "one call for one request, and no object made for it"
)]
#![allow(
    clippy::missing_errors_doc,
    reason = "the caller is JavaScript, and spec.ts says what it throws"
)]

mod argument;
mod registry;

use argument::{ID_ROOM, Numbers, Text};
use floodproof_core::{
    Answer, Caller, Decision, Gate, GateError, GateSpec, HashSecret, SignedRequest, hmac_sha256, whole_us,
};
use napi::bindgen_prelude::{Float64ArraySlice, Uint8ArraySlice};
use napi::{Error, Result, Status};
use napi_derive::napi;
use registry::Seat;

/// Counts changes of what JavaScript sees; `harness/native/load.ts` demands the same number.
const ABI: u32 = 1;

#[napi]
pub fn abi() -> u32 {
    ABI
}

/// HMAC-SHA256 in 64 lower-case hex digits, of any bytes under any key.
#[napi(catch_unwind)]
pub fn hmac_sha256_hex(secret: Uint8ArraySlice<'_>, message: Uint8ArraySlice<'_>) -> String {
    hex(&hmac_sha256(&secret, &message))
}

/// Owns a gate: while this object lives, the functions below find the gate under its number.
#[napi]
#[derive(Debug)]
pub struct NativeGate {
    id: u32,
}

#[napi]
impl NativeGate {
    /// Takes a spec as JSON that `validateSpec` has found right.
    #[napi(constructor, catch_unwind)]
    pub fn new(spec: String) -> Result<Self> {
        let spec: GateSpec =
            serde_json::from_str(&spec).map_err(|error| failure(&GateError::Gate(error.to_string())))?;
        let gate = Gate::new(&spec, HashSecret { k0: 0, k1: 0 }).map_err(|error| failure(&error))?;
        Ok(Self {
            id: registry::insert(gate),
        })
    }

    #[napi]
    pub fn id(&self) -> u32 {
        self.id
    }
}

impl Drop for NativeGate {
    fn drop(&mut self) {
        registry::remove(self.id);
    }
}

#[napi(catch_unwind)]
pub fn add_key(gate: u32, key_id: Text, secret: Uint8ArraySlice<'_>, account: Text) -> Result<()> {
    let (mut key_id_room, mut account_room) = ([0; ID_ROOM], [0; ID_ROOM]);
    let (key_id, account) = (key_id.read(&mut key_id_room)?, account.read(&mut account_room)?);
    registry::with(gate, |seat| {
        seat.gate
            .add_key(key_id, &secret, account)
            .map_err(|error| failure(&error))
    })
}

#[napi(catch_unwind)]
pub fn remove_key(gate: u32, key_id: Text) -> Result<bool> {
    registry::with(gate, |seat| Ok(seat.gate.remove_key(key_id.read(&mut [0; ID_ROOM])?)))
}

#[napi(catch_unwind)]
pub fn decide(
    gate: u32,
    now_us: f64,
    class_id: f64,
    ip: Text,
    account: Text,
    key_id: Text,
    timestamp_us: f64,
    window_us: f64,
    message: Text,
    signature: Text,
    answer: Numbers,
) -> Result<u32> {
    let (mut ip_room, mut account_room) = ([0; ID_ROOM], [0; ID_ROOM]);
    let (mut key_id_room, mut signature_room) = ([0; ID_ROOM], [0; ID_ROOM]);
    let key_id = key_id.read(&mut key_id_room)?;
    let caller = Caller {
        ip: ip.read(&mut ip_room)?,
        account: account.read(&mut account_room)?,
        key_id,
    };
    registry::with(
        gate,
        |Seat {
             gate,
             message: message_room,
         }| {
            let signed = SignedRequest {
                key_id,
                timestamp_us: whole_us(timestamp_us),
                window_us: whole_us(window_us),
                message: message.read_whole(message_room)?,
                signature: signature.read(&mut signature_room)?,
            };
            finish(gate.decide(now_us, class_id, caller, &signed), answer)
        },
    )
}

#[napi(catch_unwind)]
pub fn limit(
    gate: u32,
    now_us: f64,
    class_id: f64,
    ip: Text,
    account: Text,
    key_id: Text,
    answer: Numbers,
) -> Result<u32> {
    let (mut ip_room, mut account_room, mut key_id_room) = ([0; ID_ROOM], [0; ID_ROOM], [0; ID_ROOM]);
    let caller = Caller {
        ip: ip.read(&mut ip_room)?,
        account: account.read(&mut account_room)?,
        key_id: key_id.read(&mut key_id_room)?,
    };
    registry::with(gate, |seat| finish(seat.gate.limit(now_us, class_id, caller), answer))
}

#[napi(catch_unwind)]
pub fn verify(
    gate: u32,
    now_us: f64,
    key_id: Text,
    timestamp_us: f64,
    window_us: f64,
    message: Text,
    signature: Text,
    answer: Numbers,
) -> Result<u32> {
    let (mut key_id_room, mut signature_room) = ([0; ID_ROOM], [0; ID_ROOM]);
    registry::with(
        gate,
        |Seat {
             gate,
             message: message_room,
         }| {
            let signed = SignedRequest {
                key_id: key_id.read(&mut key_id_room)?,
                timestamp_us: whole_us(timestamp_us),
                window_us: whole_us(window_us),
                message: message.read_whole(message_room)?,
                signature: signature.read(&mut signature_room)?,
            };
            finish(gate.verify(now_us, &signed), answer)
        },
    )
}

/// Decides `count` records; JavaScript has checked that the arrays are large enough, apart and not shared.
#[napi(catch_unwind)]
pub fn decide_batch(
    gate: u32,
    records: Uint8ArraySlice<'_>,
    count: u32,
    mut decisions: Uint8ArraySlice<'_>,
    mut answers: Float64ArraySlice<'_>,
) -> Result<()> {
    // SAFETY: the three arrays do not overlap (`checkBatch`), and nothing of JavaScript runs during the call.
    let (decisions, answers) = unsafe { (decisions.as_mut(), answers.as_mut()) };
    let decisions = decisions.get_mut(..count as usize);
    let decisions = decisions.ok_or_else(|| failure(&GateError::Batch("decisions is too small".to_owned())))?;
    registry::with(gate, |seat| {
        seat.gate
            .decide_batch(&records, decisions, answers)
            .map_err(|error| failure(&error))
    })
}

#[napi(catch_unwind)]
pub fn sign(gate: u32, key_id: Text, message: Text) -> Result<String> {
    let mut key_id_room = [0; ID_ROOM];
    let key_id = key_id.read(&mut key_id_room)?;
    registry::with(
        gate,
        |Seat {
             gate,
             message: message_room,
         }| {
            gate.sign(key_id, message.read_whole(message_room)?)
                .map_err(|error| failure(&error))
        },
    )
}

fn finish(decided: std::result::Result<(Decision, Answer), GateError>, mut answer: Numbers) -> Result<u32> {
    let (decision, numbers) = decided.map_err(|error| failure(&error))?;
    answer.write(&numbers.numbers())?;
    Ok(u32::from(decision as u8))
}

fn failure(error: &GateError) -> Error {
    Error::new(Status::GenericFailure, format!("{}: {error}", error.code()))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
