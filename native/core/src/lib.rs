//! Decides requests: limits, verifier and the gate that fuses them. The Rust twin of `harness/core`, which holds the
//! reasons; here stands what differs. Pure: time is an argument, there is no clock, no file and no socket.
#![deny(unsafe_code)]

mod attempt;
mod ban;
mod batch;
mod bucket_table;
mod caller;
mod change;
mod claim_expiry;
mod clock;
mod concurrency;
mod counted_by;
mod earned_budget;
mod error;
mod extent;
mod family;
mod fixed_window;
mod gate;
mod hash_index;
mod hmac_key;
#[cfg(all(test, any(floodproof_loom, floodproof_shuttle)))]
mod interleavings;
mod ip_prefix;
mod key_hash;
mod key_holders;
mod keyring;
mod layout;
mod limit_table;
mod look;
mod offer;
mod plan;
mod prefetch;
mod record;
mod replay_window;
mod settle;
mod signature;
mod signed_caller;
mod sliding_counter;
mod sliding_log;
mod slot_line;
mod spec;
mod spec_check;
mod state;
mod sync;
mod text_form;
mod time;
mod token_bucket;
mod verifier;
mod wide_table;

pub use caller::{Caller, Prepared};
pub use error::GateError;
pub use extent::Extent;
pub use gate::{Contention, Gate};
pub use hmac_key::hmac_sha256;
pub use key_hash::HashSecret;
pub use plan::Needs;
pub use signed_caller::Unsigned;
pub use spec::{
    ANSWER_SIZE, AgeCost, Answer, AuthSpec, BanSpec, Decision, GateSpec, HORIZON_US, HashKind, IpPrefix, LimitNumbers,
    LimitPart, LimitSpec, NEVER_US, SignatureEncoding, TextForm, WindowAnchor, WindowCredit,
};
pub use time::{TIME_US_MAX, to_f64, whole_us};
pub use verifier::SignedRequest;
