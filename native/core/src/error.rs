//! Operating errors, with the codes of `harness/errors.ts`. A refusal of a request is none: it is a `Decision`.
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateError {
    /// A time that is not whole microseconds from 0 to 2^53 - 1.
    Time,
    /// Elements of a request that are not 1 to 65,535.
    Elements,
    /// A class that the gate was not compiled with; how many there are.
    Class(usize),
    Gate(String),
    Batch(String),
    Key(&'static str),
    /// A credit that no limit takes.
    Credit(String),
    /// A number under which no caller was interned.
    Caller(u32),
    /// So many callers are interned already.
    CallersFull(usize),
}

impl GateError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Time => "FP_TIME_INVALID",
            Self::Elements => "FP_ELEMENTS_INVALID",
            Self::Class(_) => "FP_CLASS_INVALID",
            Self::Gate(_) => "FP_GATE_INVALID",
            Self::Batch(_) => "FP_BATCH_INVALID",
            Self::Credit(_) => "FP_CREDIT_INVALID",
            Self::Key(_) => "FP_KEY_INVALID",
            Self::Caller(_) => "FP_CALLER_INVALID",
            Self::CallersFull(_) => "FP_CALLERS_FULL",
        }
    }
}

impl fmt::Display for GateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time => formatter.write_str("nowUs and ageUs must be whole microseconds from 0 to 2^53 - 1"),
            Self::Elements => formatter.write_str("elements must be a whole number from 1 to 65535"),
            Self::Class(count) => write!(formatter, "there is no such request class, only 0 to {}", count - 1),
            Self::Gate(message) | Self::Batch(message) | Self::Credit(message) => formatter.write_str(message),
            Self::Key(message) => formatter.write_str(message),
            Self::Caller(number) => write!(formatter, "no caller was interned under {number}"),
            Self::CallersFull(count) => write!(formatter, "{count} callers are interned, and that is the most"),
        }
    }
}

impl std::error::Error for GateError {}
