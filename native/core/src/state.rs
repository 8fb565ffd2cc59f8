//! What all handles on one gate share.
use crate::caller::CallerKeys;
use crate::clock::Clock;
use crate::counted_by::{CountedBy, Hashing};
use crate::error::GateError;
use crate::key_hash::HashSecret;
use crate::key_holders::KeyHolder;
use crate::keyring::SharedKeyring;
use crate::limit_table::LimitTable;
use crate::plan::ClassPlan;
use crate::signature;
use crate::spec::{GateSpec, HORIZON_US, HashKind, SignatureEncoding};
use crate::verifier::Verifier;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// What of a gate another policy replaces.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) plans: Vec<ClassPlan>,
    pub(crate) tables: Vec<LimitTable>,
}

impl Limits {
    pub(crate) fn new(spec: &GateSpec) -> Result<Self, GateError> {
        let counted_by: Vec<CountedBy> = spec.limits.iter().map(CountedBy::new).collect();
        let plan = |class_id| ClassPlan::new(spec, &counted_by, class_id);
        let table = |limit| LimitTable::new(limit, spec.origin_us);
        Ok(Self {
            plans: (0..spec.classes.len()).map(plan).collect(),
            tables: spec.limits.iter().map(table).collect::<Result<_, _>>()?,
        })
    }
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) plans: Vec<ClassPlan>,
    pub(crate) tables: Vec<LimitTable>,
    pub(crate) keyring: Arc<SharedKeyring>,
    pub(crate) verifier: Option<Verifier>,
    pub(crate) clock: Clock,
    pub(crate) hashing: Hashing,
    pub(crate) spec: GateSpec,
    /// Requests that were refused since another thread took cells between their look and their charge.
    pub(crate) overtaken: AtomicU64,
    /// Charges that were given back; each may have throttled somebody for the moment in which it stood.
    pub(crate) given_back: AtomicU64,
}

impl State {
    pub(crate) fn new(spec: &GateSpec, secret: HashSecret) -> Result<Self, GateError> {
        spec.check()?;
        let auth = spec.auth.as_ref();
        let verifier = auth.map(|auth| Verifier::new(auth, secret)).transpose()?;
        let hash = auth.map_or(HashKind::Sha256, |auth| auth.hash);
        let Limits { plans, tables } = Limits::new(spec)?;
        Ok(Self {
            plans,
            tables,
            keyring: Arc::new(SharedKeyring::new(hash, secret)),
            verifier,
            clock: Clock::new(spec.origin_us, spec.origin_us + HORIZON_US),
            hashing: Hashing::new(secret),
            spec: spec.clone(),
            overtaken: AtomicU64::new(0),
            given_back: AtomicU64::new(0),
        })
    }

    /// Asks for the memory of the counters of those keys that are known by now.
    pub(crate) fn expect(&self, plan: &ClassPlan, class_id: usize, keys: &CallerKeys) {
        for limit in &plan.matches {
            let table = &self.tables[limit.index];
            if let (Some(bucket), Some(key)) = (table.bucket(), table.by.key(keys, class_id, self.hashing)) {
                bucket.prefetch(key);
            }
        }
    }

    /// The MAC of the message, written as this gate wants signatures; in hex when it wants none.
    pub(crate) fn sign(&self, holder: &KeyHolder, message: &[u8]) -> String {
        let encoding = self
            .verifier
            .as_ref()
            .map_or(SignatureEncoding::Hex, Verifier::encoding);
        signature::encode(encoding, &holder.hmac.mac(message))
    }
}
