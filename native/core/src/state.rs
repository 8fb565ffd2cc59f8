//! What all handles on one gate share.
use crate::clock::Clock;
use crate::error::GateError;
use crate::key_hash::{HashSecret, KeyHash, key_hash};
use crate::keyring::SharedKeyring;
use crate::limit_table::LimitTable;
use crate::plan::ClassPlan;
use crate::spec::{GateSpec, HORIZON_US};
use crate::verifier::Verifier;
use std::sync::atomic::AtomicU64;

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) plans: Vec<ClassPlan>,
    pub(crate) tables: Vec<LimitTable>,
    pub(crate) keyring: SharedKeyring,
    pub(crate) verifier: Option<Verifier>,
    pub(crate) clock: Clock,
    pub(crate) secret: HashSecret,
    /// The key of limits that have one counter for all.
    pub(crate) global: KeyHash,
    /// Requests that were refused since another thread took cells between their look and their charge.
    pub(crate) overtaken: AtomicU64,
    /// Charges that were given back; each may have throttled somebody for the moment in which it stood.
    pub(crate) given_back: AtomicU64,
}

impl State {
    pub(crate) fn new(spec: &GateSpec, secret: HashSecret) -> Result<Self, GateError> {
        spec.check()?;
        let tables: Result<Vec<_>, _> = spec
            .limits
            .iter()
            .map(|limit| LimitTable::new(limit, spec.origin_us))
            .collect();
        Ok(Self {
            plans: (0..spec.classes.len())
                .map(|class_id| ClassPlan::new(spec, class_id))
                .collect(),
            tables: tables?,
            keyring: SharedKeyring::default(),
            verifier: spec.auth.as_ref().map(Verifier::new).transpose()?,
            clock: Clock::new(spec.origin_us, spec.origin_us + HORIZON_US),
            secret,
            global: key_hash(secret, b""),
            overtaken: AtomicU64::new(0),
            given_back: AtomicU64::new(0),
        })
    }
}
