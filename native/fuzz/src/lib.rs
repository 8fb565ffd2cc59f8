//! What the fuzz targets feed to the core through its public door, and what they demand of it.
//!
//! A `BatchCase` is one call of `Gate::decide_batch` with everything that a caller can get wrong. It is made from bytes
//! as they come, or from a `BatchPlan`, which makes signed records and spoils a few of them. `BatchCase::check` holds
//! the demands. Everything is a function of the bytes, so that one file plays a finding again.

mod admission_bound;
mod batch_case;
mod batch_plan;
mod caller_batch;
mod claim_log;
mod mutation;
mod noise;
mod packed_record;
mod policy;
mod record_plan;
mod signer;
mod spoil;
#[cfg(test)]
mod threads;

pub use batch_case::BatchCase;
pub use batch_plan::BatchPlan;
pub use mutation::mutate;
