//! What a gate is compiled from and what it answers; see `harness/core/spec.ts`.
use crate::error::GateError;
use crate::time::to_f64;
use serde::Deserialize;

/// Ten years, over which decisions are exact.
pub const HORIZON_US: u64 = 10 * 366 * 86_400 * 1_000_000;

const WHOLE_MAX: u64 = (1 << 53) - 1;
const INT32_MAX: u64 = (1 << 31) - 1;
const KEYS_MAX: u64 = 10_000_000;

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "family", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum LimitNumbers {
    TokenBucket {
        capacity: u64,
        refill_cells: u64,
        refill_period_us: u64,
    },
    FixedWindow {
        capacity: u64,
        window_us: u64,
        anchor: WindowAnchor,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowAnchor {
    Calendar,
    FirstHit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitBy {
    Ip,
    Account,
    Key,
    Global,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BanSpec {
    pub after_throttles: u64,
    pub for_us: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LimitSpec {
    pub by: LimitBy,
    pub numbers: LimitNumbers,
    pub costs: Vec<u64>,
    pub ban: Option<BanSpec>,
    pub max_keys: u64,
}

/// The hash under the HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HashKind {
    Sha256,
    Sha384,
    Sha512,
}

impl HashKind {
    pub(crate) fn mac_bytes(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// How signatures are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureEncoding {
    /// Digits of either case.
    Hex,
    /// RFC 4648 section 4, padded, one spelling for the same bytes.
    Base64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthSpec {
    pub signed: Vec<bool>,
    pub hash: HashKind,
    pub encoding: SignatureEncoding,
    pub window_us_max: u64,
    pub future_us: u64,
    pub replay_capacity: Option<u64>,
    /// Of these at most for one key. Not looked at without a capacity.
    pub replay_per_key: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GateSpec {
    pub classes: Vec<String>,
    pub limits: Vec<LimitSpec>,
    pub auth: Option<AuthSpec>,
    pub origin_us: u64,
}

impl GateSpec {
    /// Refuses what would overflow or divide by zero here. The full list of faults is made by `validate-spec.ts`,
    /// through which every spec has gone before; this keeps the native side sound on its own.
    pub(crate) fn check(&self) -> Result<(), GateError> {
        let classes = self.classes.len();
        demand(
            classes > 0 && self.limits.len() <= 64 && self.origin_us <= (1 << 52) - HORIZON_US,
            "classes, limits",
        )?;
        for limit in &self.limits {
            demand(
                limit.costs.len() == classes && limit.costs.iter().all(|&cost| cost <= INT32_MAX),
                "costs",
            )?;
            demand((1..=KEYS_MAX).contains(&limit.max_keys), "maxKeys")?;
            if let Some(ban) = limit.ban {
                demand((1..=INT32_MAX).contains(&ban.after_throttles), "ban.afterThrottles")?;
                demand((1..=HORIZON_US).contains(&ban.for_us), "ban.forUs")?;
            }
            match limit.numbers {
                LimitNumbers::TokenBucket {
                    capacity,
                    refill_cells,
                    refill_period_us,
                } => {
                    demand(
                        (1..=INT32_MAX).contains(&capacity) && (1..=INT32_MAX).contains(&refill_cells),
                        "capacity",
                    )?;
                    demand((1..=WHOLE_MAX).contains(&refill_period_us), "refillPeriodUs")?;
                }
                LimitNumbers::FixedWindow {
                    capacity, window_us, ..
                } => {
                    demand(
                        (1..=INT32_MAX).contains(&capacity) && (1..=1 << 52).contains(&window_us),
                        "windowUs",
                    )?;
                }
            }
        }
        if let Some(auth) = &self.auth {
            demand(auth.signed.len() == classes, "auth.signed")?;
            demand(
                (1..=HORIZON_US).contains(&auth.window_us_max) && auth.future_us <= HORIZON_US,
                "auth.windowUsMax",
            )?;
            demand(
                auth.replay_capacity.is_none_or(|size| (1..=KEYS_MAX).contains(&size)),
                "auth.replayCapacity",
            )?;
            demand(
                auth.replay_capacity
                    .is_none_or(|size| (1..=size).contains(&auth.replay_per_key)),
                "auth.replayPerKey",
            )?;
        }
        Ok(())
    }
}

fn demand(holds: bool, field: &str) -> Result<(), GateError> {
    if holds {
        Ok(())
    } else {
        Err(GateError::Gate(format!("{field}: out of range")))
    }
}

/// What a gate decided. The numbers are those of `Decision` in TypeScript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Decision {
    Admitted = 0,
    Throttled = 1,
    Never = 2,
    Banned = 3,
    Malformed = 4,
    UnknownKey = 5,
    BadSignature = 6,
    Stale = 7,
    FromFuture = 8,
    Replayed = 9,
    ReplayFull = 10,
}

/// Numbers of an answer in a packed array.
pub const ANSWER_SIZE: usize = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answer {
    pub limit: Option<usize>,
    pub remaining: u64,
    pub retry_at_us: u64,
    pub reset_at_us: u64,
    pub is_cold: bool,
}

impl Answer {
    /// In the order of `Answer` in TypeScript; -1 = no limit.
    pub fn numbers(&self) -> [f64; ANSWER_SIZE] {
        [
            self.limit.map_or(-1.0, |index| to_f64(index as u64)),
            to_f64(self.remaining),
            to_f64(self.retry_at_us),
            to_f64(self.reset_at_us),
            f64::from(u8::from(self.is_cold)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
