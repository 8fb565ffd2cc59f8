//! What a limit can have let through at most, whoever shared its counters with whom: a table that is full, a slot that
//! changes hands and a hash that collides may deny more, and never admit more.
use crate::packed_record::PackedRecord;
use crate::policy::KEYS;
use floodproof_core::{GateSpec, LimitNumbers, LimitPart, LimitSpec, WindowAnchor};
use std::collections::HashMap;
use core::net::IpAddr;

#[derive(Debug)]
pub(crate) struct AdmissionBound {
    /// Of each limit.
    spent: Vec<HashMap<Vec<u8>, Vec<Charge>>>,
}

/// What one key was charged for a request that was admitted.
#[derive(Debug, Clone, Copy)]
struct Charge {
    at_us: u64,
    cells: u64,
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
            let is_unasked = limit.costs[class_id] == 0 || limit.by.contains(&LimitPart::Key) && !is_signed;
            if is_unasked || limit.is_shadow {
                continue;
            }
            let charges = spent.entry(counted_by(limit, record, is_signed)).or_default();
            charges.push(Charge {
                at_us: now_us,
                cells: cost(limit, record),
            });
            if let Some(excess) = excess(&limit.numbers, charges) {
                panic!("{limit:?} admits {excess} at {now_us}: {record:?}");
            }
        }
    }
}

fn cost(limit: &LimitSpec, record: &PackedRecord) -> u64 {
    let class_id = usize::from(record.class_id);
    let mut young = limit.age_costs[class_id].iter();
    let young = young.find(|age| record.age_us < crate::packed_record::to_f64(age.under_us));
    limit.costs[class_id] * u64::from(record.elements.max(1)) + young.map_or(0, |age| age.cells)
}

/// An interval that ends with the last charge and holds more than it may.
fn excess(numbers: &LimitNumbers, charges: &[Charge]) -> Option<String> {
    let last = charges.last()?;
    let (mut cells, mut count) = (0, 0);
    for charge in charges.iter().rev() {
        cells += u128::from(charge.cells);
        count += 1;
        let most = most(numbers, charge.at_us, last.at_us, count);
        if most.is_some_and(|most| cells > most) {
            return Some(format!("{cells} cells in {count} requests from {}", charge.at_us));
        }
    }
    None
}

/// How many cells fit into an interval; none when the family says nothing of one like this.
fn most(numbers: &LimitNumbers, from_us: u64, to_us: u64, count: u128) -> Option<u128> {
    let wide = u128::from;
    let waited_us = wide(to_us - from_us);
    match *numbers {
        LimitNumbers::TokenBucket {
            capacity,
            refill_cells,
            refill_period_us,
        } => Some(wide(capacity) + waited_us * wide(refill_cells) / wide(refill_period_us)),
        LimitNumbers::LeakyQueue {
            capacity,
            queue_cells,
            refill_cells,
            refill_period_us,
        } => Some(wide(capacity + queue_cells) + waited_us * wide(refill_cells) / wide(refill_period_us)),
        LimitNumbers::FixedWindow {
            capacity,
            window_us,
            anchor: WindowAnchor::FirstHit,
            ..
        } => Some(wide(capacity) * (waited_us.div_ceil(wide(window_us)) + 1)),
        LimitNumbers::FixedWindow {
            capacity, window_us, ..
        }
        | LimitNumbers::SlidingCounter { capacity, window_us } => {
            (from_us / window_us == to_us / window_us).then_some(wide(capacity))
        }
        LimitNumbers::SlidingLog { capacity, window_us } => Some(wide(capacity) * (waited_us / wide(window_us) + 1)),
        // Each request takes a cell of the budget at least, or trickles.
        LimitNumbers::EarnedBudget { capacity, trickle_us } => {
            let trickled = trickle_us.map_or(0, |trickle_us| waited_us / wide(trickle_us) + 1);
            (count > wide(capacity) + trickled).then_some(0)
        }
        LimitNumbers::Concurrency { capacity } => Some(wide(capacity)),
    }
}

/// The texts of the parts, told apart by their lengths.
fn counted_by(limit: &LimitSpec, record: &PackedRecord, is_signed: bool) -> Vec<u8> {
    let account = if is_signed {
        let key = KEYS.iter().find(|key| key.key_id.as_bytes() == record.key_id);
        key.map_or(&b""[..], |key| key.account.as_bytes())
    } else {
        &record.account
    };
    let mut counted = Vec::new();
    for part in &limit.by {
        let text = match part {
            LimitPart::Ip => ip(limit, &record.ip),
            LimitPart::Master => account.split(|byte| *byte == b'/').next().unwrap_or_default().to_vec(),
            LimitPart::Account => account.to_vec(),
            LimitPart::Key => record.key_id.clone(),
            LimitPart::Class => record.class_id.to_le_bytes().to_vec(),
        };
        counted.extend(text.len().to_le_bytes());
        counted.extend(text);
    }
    counted
}

/// The bits of the prefix, as a text of digits.
fn ip(limit: &LimitSpec, text: &[u8]) -> Vec<u8> {
    let Some(prefix) = limit.ip_prefix else {
        return text.to_vec();
    };
    let address: IpAddr = String::from_utf8_lossy(text)
        .parse()
        .expect("only addresses are admitted");
    let bits = match address.to_canonical() {
        IpAddr::V4(address) => format!("{:032b}", address.to_bits())[..usize::from(prefix.v4)].to_owned(),
        IpAddr::V6(address) => format!("v6{:0128b}", address.to_bits())[..2 + usize::from(prefix.v6)].to_owned(),
    };
    bits.into_bytes()
}
