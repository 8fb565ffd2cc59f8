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

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthSpec {
    pub signed: Vec<bool>,
    pub window_us_max: u64,
    pub future_us: u64,
    pub replay_capacity: Option<u64>,
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
