//! What JavaScript is thrown: an error of the gate, or what a caller of the addon did wrong.
use floodproof_core::GateError;
use napi::sys;
use std::any::Any;
use std::ptr;

#[derive(Debug)]
pub(crate) enum Failure {
    Gate(GateError),
    /// A shared gate of this name has another policy.
    Name(String),
    /// An argument of the wrong type: a bug of the caller.
    Type(&'static str),
    /// Node refused what it was asked for; which call.
    Node(&'static str),
}

impl From<GateError> for Failure {
    fn from(error: GateError) -> Self {
        Self::Gate(error)
    }
}

impl Failure {
    fn code(&self) -> &'static str {
        match self {
            Self::Gate(error) => error.code(),
            Self::Name(_) => "FP_GATE_NAME",
            Self::Type(_) => "ERR_INVALID_ARG_TYPE",
            Self::Node(_) => "ERR_NODE_API",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Gate(error) => error.to_string(),
            Self::Name(name) => format!("a shared gate named {name:?} exists with another policy"),
            Self::Type(expected) => format!("expected {expected}"),
            Self::Node(call) => format!("Node refused {call}"),
        }
    }

    /// Leaves the error to JavaScript, which gets it when the call returns.
    pub(crate) fn throw(&self, env: sys::napi_env) {
        throw(env, self.code(), &self.message());
    }
}

/// The same for a panic, which must not leave Rust.
pub(crate) fn throw_panic(env: sys::napi_env, payload: &(dyn Any + Send)) {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    throw(env, "ERR_PANIC", text.unwrap_or("the native engine panicked"));
}

fn throw(env: sys::napi_env, code: &str, message: &str) {
    let mut error = ptr::null_mut();
    // SAFETY: env is that of the running call. Results that Node refuses stay null, and Node answers null with a status.
    unsafe {
        sys::napi_create_error(env, text(env, code), text(env, message), &raw mut error);
        sys::napi_throw(env, error);
    }
}

fn text(env: sys::napi_env, text: &str) -> sys::napi_value {
    let mut value = ptr::null_mut();
    // SAFETY: as above; Node copies the text.
    unsafe { sys::napi_create_string_utf8(env, text.as_ptr().cast(), text.len().cast_signed(), &raw mut value) };
    value
}

/// Whether Node did what it was asked for.
pub(crate) fn done(status: sys::napi_status, call: &'static str) -> Result<(), Failure> {
    if status == sys::Status::napi_ok {
        Ok(())
    } else {
        Err(Failure::Node(call))
    }
}
