//! What all handles on one gate share.
use crate::caller::CallerKeys;
use crate::clock::Clock;
use crate::error::GateError;
use crate::key_hash::{HashSecret, KeyHash, key_hash};
use crate::key_holders::KeyHolder;
use crate::keyring::SharedKeyring;
use crate::limit_table::LimitTable;
use crate::plan::ClassPlan;
use crate::signature;
use crate::spec::{GateSpec, HORIZON_US, HashKind, SignatureEncoding};
use crate::verifier::Verifier;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) plans: Vec<ClassPlan>,
    pub(crate) tables: Vec<LimitTable>,
    pub(crate) keyring: Arc<SharedKeyring>,
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
        let auth = spec.auth.as_ref();
        let verifier = auth.map(|auth| Verifier::new(auth, secret)).transpose()?;
        let hash = auth.map_or(HashKind::Sha256, |auth| auth.hash);
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
            keyring: Arc::new(SharedKeyring::new(hash, secret)),
            verifier,
            clock: Clock::new(spec.origin_us, spec.origin_us + HORIZON_US),
            secret,
            global: key_hash(secret, b""),
            overtaken: AtomicU64::new(0),
            given_back: AtomicU64::new(0),
        })
    }

    /// Asks for the memory of the counters of those keys that are known by now.
    pub(crate) fn expect(&self, plan: &ClassPlan, keys: &CallerKeys) {
        for limit in &plan.matches {
            let table = &self.tables[limit.index];
            if let (Some(bucket), Some(key)) = (table.bucket(), keys.known(table.by, self.global)) {
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
