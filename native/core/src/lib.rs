//! Decides requests: limits, verifier and the gate that fuses them. The Rust twin of `harness/core`, which holds the
//! reasons; here stands what differs. Pure: time is an argument, there is no clock, no file and no socket.
#![forbid(unsafe_code)]

mod error;
mod family;
mod fixed_window;
mod gate;
mod handle;
mod keyring;
mod limit_table;
mod record;
mod replay_window;
mod spec;
mod text_form;
mod time;
mod token_bucket;
mod verifier;

pub use error::GateError;
pub use gate::Caller;
pub use handle::{Gate, HashSecret, Needs};
pub use spec::{
    ANSWER_SIZE, Answer, AuthSpec, BanSpec, Decision, GateSpec, HORIZON_US, LimitBy, LimitNumbers, LimitSpec,
    WindowAnchor,
};
pub use time::{TIME_US_MAX, whole_us};
pub use verifier::{SignedRequest, hmac_sha256};
