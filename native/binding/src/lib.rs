//! The addon: conversion and error mapping, nothing else.

mod buffers;
mod call;
mod failure;
mod function;
mod gate_functions;
mod instance;
mod numbers;
mod settle_functions;
mod shared_gates;
mod texts;

use failure::{Failure, done};
use floodproof_core::hmac_sha256;
use instance::Instance;
use napi::bindgen_prelude::{Object, Uint8ArraySlice};
use napi::{Env, Error, JsValue, Status, sys};
use napi_derive::napi;
use std::rc::Rc;

/// Counts changes of what JavaScript sees; `harness/native/load.ts` demands the same number.
const ABI: u32 = 6;

#[napi]
pub fn abi() -> u32 {
    ABI
}

/// HMAC-SHA256 in 64 lower-case hex digits, of any bytes under any key.
#[allow(clippy::needless_pass_by_value, reason = "napi hands arguments over by value")]
#[napi(catch_unwind)]
pub fn hmac_sha256_hex(secret: Uint8ArraySlice<'_>, message: Uint8ArraySlice<'_>) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mac = hmac_sha256(&secret, &message);
    let digits = mac.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// Called once by each thread that loads the addon.
///
/// # Errors
/// When Node refuses something, the addon is not loaded.
#[napi(module_exports)]
pub fn init(exports: Object<'_>, env: Env) -> napi::Result<()> {
    fill(env.raw(), exports.raw()).map_err(|failure| Error::new(Status::GenericFailure, format!("{failure:?}")))
}

fn fill(env: sys::napi_env, exports: sys::napi_value) -> Result<(), Failure> {
    let instance = Rc::new(Instance::new());
    let numbers = instance.numbers.to_array(env)?;
    let gate = gate_functions::define_all(&instance, env)?;
    for (name, value) in [(c"numbers", numbers), (c"gate", gate)] {
        // SAFETY: env and exports are those of the running call, and the values were made in it.
        done(
            unsafe { sys::napi_set_named_property(env, exports, name.as_ptr(), value) },
            "a property",
        )?;
    }
    Ok(())
}
