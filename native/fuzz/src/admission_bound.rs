//! What a limit can have let through at most, whoever shared its counters with whom: a table that is full, a slot that
//! changes hands and a hash that collides may deny more, and never admit more.
use crate::packed_record::PackedRecord;
use crate::policy::KEYS;
use floodproof_core::{GateSpec, LimitBy, LimitNumbers, WindowAnchor};
use std::collections::HashMap;

#[derive(Debug)]
pub(crate) struct AdmissionBound {
    /// Of each limit.
    spent: Vec<HashMap<Vec<u8>, Spending>>,
}

/// What one key was charged for requests that were admitted.
#[derive(Debug, Clone, Copy, Default)]
struct Spending {
    cells: u64,
    since_us: u64,
}

impl AdmissionBound {
    pub(crate) fn new(spec: &GateSpec) -> Self {
        Self {
            spent: vec![HashMap::new(); spec.limits.len()],
        }
    }

    /// # Panics
    /// When the request is one too many for a limit.
    pub(crate) fn admit(&mut self, spec: &GateSpec, record: &PackedRecord, now_us: u64) {
        let class_id = usize::from(record.class_id);
        let is_signed = spec.auth.as_ref().is_some_and(|auth| auth.signed[class_id]);
        for (limit, spent) in spec.limits.iter().zip(&mut self.spent) {
            let cost = limit.costs[class_id];
            if cost == 0 || limit.by == LimitBy::Key && !is_signed {
                continue;
            }
            let new = Spending {
                cells: 0,
                since_us: now_us,
            };
            let spending = spent.entry(counted_by(limit.by, record, is_signed)).or_insert(new);
            let (capacity, refilled) = match limit.numbers {
                LimitNumbers::TokenBucket {
                    capacity,
                    refill_cells,
                    refill_period_us,
                } => {
                    let waited_us = u128::from(now_us - spending.since_us);
                    (
                        capacity,
                        waited_us * u128::from(refill_cells) / u128::from(refill_period_us),
                    )
                }
                LimitNumbers::FixedWindow {
                    capacity,
                    window_us,
                    anchor,
                } => {
                    // A window that others began may end within the one seen from here.
                    let (is_over, windows) = match anchor {
                        WindowAnchor::Calendar => (now_us / window_us > spending.since_us / window_us, 1),
                        WindowAnchor::FirstHit => (now_us - spending.since_us >= window_us, 2),
                    };
                    if is_over {
                        *spending = new;
                    }
                    (windows * capacity, 0)
                }
            };
            spending.cells += cost;
            let most = u128::from(capacity) + refilled;
            assert!(
                u128::from(spending.cells) <= most,
                "{limit:?} admits {spending:?} at {now_us}: {record:?}"
            );
        }
    }
}

fn counted_by(by: LimitBy, record: &PackedRecord, is_signed: bool) -> Vec<u8> {
    match by {
        LimitBy::Ip => record.ip.clone(),
        LimitBy::Key => record.key_id.clone(),
        LimitBy::Global => Vec::new(),
        LimitBy::Account if is_signed => {
            let key = KEYS.iter().find(|key| key.key_id.as_bytes() == record.key_id);
            key.map_or_else(Vec::new, |key| key.account.as_bytes().to_vec())
        }
        LimitBy::Account => record.account.clone(),
    }
}
