//! A call by JavaScript while it runs.
use crate::failure::{Failure, done};
use crate::instance::Instance;
use napi::sys;
use std::ffi::c_void;
use std::ptr;

const ARGUMENTS_MAX: usize = 5;

/// The arguments, not read yet. Those that were not passed are `undefined`.
#[derive(Debug)]
pub(crate) struct Call {
    env: sys::napi_env,
    arguments: [sys::napi_value; ARGUMENTS_MAX],
}

impl Call {
    pub(crate) fn new(env: sys::napi_env) -> Self {
        Self {
            env,
            arguments: [ptr::null_mut(); ARGUMENTS_MAX],
        }
    }

    /// Takes the arguments in, and gives what the called function was made with. In place, not as a part of `new`: a
    /// machine that copies in one piece what Node has just written in several waits for it.
    ///
    /// # Safety
    /// `env` and `info` are those that Node hands to a callback, and the `Call` ends before it does.
    pub(crate) unsafe fn take(&mut self, info: sys::napi_callback_info) -> Result<*const Instance, Failure> {
        let mut count = ARGUMENTS_MAX;
        let mut data: *mut c_void = ptr::null_mut();
        // SAFETY: Node writes `ARGUMENTS_MAX` values at most.
        let status = unsafe {
            sys::napi_get_cb_info(
                self.env,
                info,
                &raw mut count,
                self.arguments.as_mut_ptr(),
                ptr::null_mut(),
                &raw mut data,
            )
        };
        done(status, "the arguments of a call")?;
        Ok(data.cast_const().cast())
    }

    pub(crate) fn env(&self) -> sys::napi_env {
        self.env
    }

    pub(crate) fn argument(&self, index: usize) -> sys::napi_value {
        self.arguments[index]
    }

    pub(crate) fn number(&self, index: usize) -> Result<f64, Failure> {
        let mut number = 0.0;
        // SAFETY: env and argument are those of the running call.
        let status = unsafe { sys::napi_get_value_double(self.env, self.argument(index), &raw mut number) };
        if status == sys::Status::napi_ok {
            Ok(number)
        } else {
            Err(Failure::Type("a number"))
        }
    }

    pub(crate) fn is_null(&self, index: usize) -> bool {
        let mut kind = sys::ValueType::napi_undefined;
        // SAFETY: as above.
        let status = unsafe { sys::napi_typeof(self.env, self.argument(index), &raw mut kind) };
        status == sys::Status::napi_ok && kind == sys::ValueType::napi_null
    }

    pub(crate) fn new_number(&self, number: u32) -> Result<sys::napi_value, Failure> {
        let mut value = ptr::null_mut();
        // SAFETY: as above.
        done(
            unsafe { sys::napi_create_uint32(self.env, number, &raw mut value) },
            "a number",
        )?;
        Ok(value)
    }

    pub(crate) fn new_boolean(&self, boolean: bool) -> Result<sys::napi_value, Failure> {
        let mut value = ptr::null_mut();
        // SAFETY: as above.
        done(
            unsafe { sys::napi_get_boolean(self.env, boolean, &raw mut value) },
            "a boolean",
        )?;
        Ok(value)
    }

    pub(crate) fn new_text(&self, text: &str) -> Result<sys::napi_value, Failure> {
        let mut value = ptr::null_mut();
        let length = text.len().cast_signed();
        // SAFETY: as above; Node copies the text.
        let status = unsafe { sys::napi_create_string_utf8(self.env, text.as_ptr().cast(), length, &raw mut value) };
        done(status, "a string")?;
        Ok(value)
    }
}
