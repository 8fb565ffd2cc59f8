//! Refuses a spec that would overflow, divide by zero or ask for too much memory here. The full list of faults is made by
//! `validate-spec.ts`, through which every spec has gone before; this keeps the native side sound on its own.
use crate::error::GateError;
use crate::sliding_log;
use crate::spec::{
    AuthSpec, BanSpec, CELLS_MAX, GateSpec, HORIZON_US, LimitNumbers, LimitPart, LimitSpec, NEVER_US, WindowCredit,
};

const KEYS_MAX: u64 = 10_000_000;
const LIMITS_MAX: usize = 64;
const WINDOW_US_MAX: u64 = 1 << 52;
const AGE_COSTS_MAX: usize = 16;
const BAN_STEPS_MAX: usize = 16;

impl GateSpec {
    pub(crate) fn check(&self) -> Result<(), GateError> {
        let classes = self.classes.len();
        demand(
            classes > 0 && self.limits.len() <= LIMITS_MAX && self.origin_us <= (1 << 52) - HORIZON_US,
            "classes, limits",
        )?;
        for limit in &self.limits {
            limit.check(classes)?;
        }
        self.auth.as_ref().map_or(Ok(()), |auth| auth.check(classes))
    }
}

impl LimitSpec {
    fn check(&self, classes: usize) -> Result<(), GateError> {
        demand(
            self.costs.len() == classes && self.costs.iter().all(|&cost| cost <= CELLS_MAX),
            "costs",
        )?;
        let is_right = |list: &Vec<_>| list.len() <= AGE_COSTS_MAX;
        demand(
            self.age_costs.len() == classes && self.age_costs.iter().all(is_right),
            "ageCosts",
        )?;
        let mut ages = self.age_costs.iter().flatten();
        demand(
            ages.all(|age| (1..=HORIZON_US).contains(&age.under_us) && age.cells <= CELLS_MAX),
            "ageCosts",
        )?;
        demand((1..=KEYS_MAX).contains(&self.max_keys), "maxKeys")?;
        let mut parts = self.by.clone();
        parts.sort_unstable();
        parts.dedup();
        demand(parts.len() == self.by.len(), "by")?;
        if let Some(prefix) = self.ip_prefix {
            demand(
                parts.contains(&LimitPart::Ip) && (1..=32).contains(&prefix.v4) && (1..=128).contains(&prefix.v6),
                "ipPrefix",
            )?;
        }
        self.ban.as_ref().map_or(Ok(()), BanSpec::check)?;
        self.numbers.check(self.max_keys)
    }
}

impl BanSpec {
    fn check(&self) -> Result<(), GateError> {
        demand((1..=CELLS_MAX).contains(&self.after_throttles), "ban.afterThrottles")?;
        let is_step = |step_us: &u64| (1..=HORIZON_US).contains(step_us);
        demand(
            (1..=BAN_STEPS_MAX).contains(&self.steps_us.len()) && self.steps_us.iter().all(is_step),
            "ban.stepsUs",
        )?;
        demand(self.forget_us <= HORIZON_US, "ban.forgetUs")
    }
}

impl LimitNumbers {
    fn check(&self, keys_max: u64) -> Result<(), GateError> {
        let is_count = |cells: u64| (1..=CELLS_MAX).contains(&cells);
        let is_window = |us: u64| (1..=WINDOW_US_MAX).contains(&us);
        match *self {
            Self::TokenBucket {
                capacity,
                refill_cells,
                refill_period_us,
            } => {
                demand(is_count(capacity) && is_count(refill_cells), "capacity")?;
                demand((1..=NEVER_US).contains(&refill_period_us), "refillPeriodUs")
            }
            Self::LeakyQueue {
                capacity,
                queue_cells,
                refill_cells,
                refill_period_us,
            } => {
                demand(
                    is_count(capacity) && is_count(queue_cells) && is_count(refill_cells),
                    "capacity",
                )?;
                demand(is_count(capacity + queue_cells), "queueCells")?;
                demand((1..=NEVER_US).contains(&refill_period_us), "refillPeriodUs")
            }
            Self::FixedWindow {
                capacity,
                window_us,
                credit,
                counts_denied,
                ..
            } => {
                demand(is_count(capacity) && is_window(window_us), "windowUs")?;
                demand(!counts_denied || credit == WindowCredit::None, "credit")
            }
            Self::SlidingLog { capacity, window_us } => {
                demand(
                    (1..=sliding_log::CAPACITY_MAX).contains(&capacity) && is_window(window_us),
                    "windowUs",
                )?;
                demand(
                    sliding_log::memory_bytes(keys_max, capacity) <= sliding_log::MEMORY_BYTES_MAX,
                    "capacity x maxKeys: the logs would need more than 2 GiB",
                )
            }
            Self::SlidingCounter { capacity, window_us } => {
                demand(is_count(capacity) && is_window(window_us), "windowUs")?;
                let sum = u128::from(2 * capacity) * u128::from(window_us);
                demand(sum <= u128::from(NEVER_US), "2 x capacity x windowUs")
            }
            Self::EarnedBudget { capacity, trickle_us } => {
                let is_trickle = |us: u64| (1..=HORIZON_US).contains(&us);
                demand(is_count(capacity) && trickle_us.is_none_or(is_trickle), "trickleUs")
            }
            Self::Concurrency { capacity } => demand(is_count(capacity), "capacity"),
        }
    }
}

impl AuthSpec {
    fn check(&self, classes: usize) -> Result<(), GateError> {
        demand(self.signed.len() == classes, "auth.signed")?;
        demand(
            (1..=HORIZON_US).contains(&self.window_us_max) && self.future_us <= HORIZON_US,
            "auth.windowUsMax",
        )?;
        demand(
            self.replay_capacity.is_none_or(|size| (1..=KEYS_MAX).contains(&size)),
            "auth.replayCapacity",
        )?;
        demand(
            self.replay_capacity
                .is_none_or(|size| (1..=size).contains(&self.replay_per_key)),
            "auth.replayPerKey",
        )
    }
}

fn demand(holds: bool, field: &str) -> Result<(), GateError> {
    if holds {
        Ok(())
    } else {
        Err(GateError::Gate(format!("{field}: out of range")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{HashKind, SignatureEncoding};

    fn spec(auth: &str) -> Result<GateSpec, serde_json::Error> {
        serde_json::from_str(&format!(
            r#"{{"classes":["c"],"limits":[],"originUs":0,"auth":{{{auth}}}}}"#
        ))
    }

    const REST: &str = r#""signed":[true],"windowUsMax":1,"futureUs":1"#;

    #[test]
    fn reads_hash_and_encoding_by_the_names_of_the_other_engine() {
        for (hash, kind) in [
            ("sha256", HashKind::Sha256),
            ("sha384", HashKind::Sha384),
            ("sha512", HashKind::Sha512),
        ] {
            for (name, encoding) in [("hex", SignatureEncoding::Hex), ("base64", SignatureEncoding::Base64)] {
                let text =
                    format!(r#"{REST},"hash":"{hash}","encoding":"{name}","replayCapacity":null,"replayPerKey":0"#);
                let auth = spec(&text).unwrap().auth.unwrap();
                assert_eq!((auth.hash, auth.encoding), (kind, encoding));
            }
        }
        assert!(
            spec(&format!(
                r#"{REST},"hash":"md5","encoding":"hex","replayCapacity":null,"replayPerKey":0"#
            ))
            .is_err()
        );
        assert!(
            spec(&format!(
                r#"{REST},"encoding":"hex","replayCapacity":null,"replayPerKey":0"#
            ))
            .is_err()
        );
    }

    #[test]
    fn one_key_may_have_from_one_claim_to_all() {
        for (capacity, per_key, is_right) in [
            ("4", 0, false),
            ("4", 1, true),
            ("4", 4, true),
            ("4", 5, false),
            ("null", 0, true),
        ] {
            let text = format!(
                r#"{REST},"hash":"sha256","encoding":"hex","replayCapacity":{capacity},"replayPerKey":{per_key}"#
            );
            assert_eq!(
                spec(&text).unwrap().check().is_ok(),
                is_right,
                "{per_key} of {capacity}"
            );
        }
    }
}
