//! What a gate is compiled from and what it answers; see `harness/core/spec.ts`.
use crate::time::to_f64;
use serde::Deserialize;

/// Ten years, over which decisions are exact.
pub const HORIZON_US: u64 = 10 * 366 * 86_400 * 1_000_000;

/// Stands for a time that never comes.
pub const NEVER_US: u64 = (1 << 53) - 1;

/// The most cells that a counter, a cost or a credit can speak of.
pub(crate) const CELLS_MAX: u64 = (1 << 31) - 1;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
        credit: WindowCredit,
        counts_denied: bool,
    },
    SlidingLog {
        capacity: u64,
        window_us: u64,
    },
    SlidingCounter {
        capacity: u64,
        window_us: u64,
    },
    LeakyQueue {
        capacity: u64,
        queue_cells: u64,
        refill_cells: u64,
        refill_period_us: u64,
    },
    EarnedBudget {
        capacity: u64,
        trickle_us: Option<u64>,
    },
    Concurrency {
        capacity: u64,
    },
}

impl LimitNumbers {
    /// Whether requests that are denied count too.
    pub(crate) fn counts_denied(&self) -> bool {
        matches!(
            self,
            Self::FixedWindow {
                counts_denied: true,
                ..
            }
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowAnchor {
    Calendar,
    FirstHit,
}

/// What cells that are given to a window do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowCredit {
    None,
    ToZero,
    BelowZero,
}

/// In the order in which a combination of them is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitPart {
    Ip,
    Master,
    Account,
    Key,
    Class,
}

/// Addresses that share so many bits count as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct IpPrefix {
    pub v4: u8,
    pub v6: u8,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgeCost {
    pub under_us: u64,
    pub cells: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BanSpec {
    pub after_throttles: u64,
    pub steps_us: Vec<u64>,
    pub forget_us: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LimitSpec {
    pub name: String,
    pub by: Vec<LimitPart>,
    pub ip_prefix: Option<IpPrefix>,
    pub numbers: LimitNumbers,
    pub costs: Vec<u64>,
    pub age_costs: Vec<Vec<AgeCost>>,
    pub is_shadow: bool,
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

/// How a signed text is turned into the bytes that are hashed. The gate is shown bytes; who has a text goes by this.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextForm {
    #[default]
    Utf8,
    /// One byte a character; a text with a character above U+00FF is malformed.
    Latin1,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthSpec {
    pub signed: Vec<bool>,
    pub hash: HashKind,
    pub encoding: SignatureEncoding,
    #[serde(default)]
    pub text: TextForm,
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
pub const ANSWER_SIZE: usize = 7;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answer {
    pub limit: Option<usize>,
    pub remaining: u64,
    pub retry_at_us: u64,
    pub reset_at_us: u64,
    pub is_cold: bool,
    pub delay_us: u64,
    /// The first shadow limit that would have denied the request.
    pub shadow: Option<usize>,
}

impl Answer {
    /// In the order of `Answer` in TypeScript; -1 = no limit.
    pub fn numbers(&self) -> [f64; ANSWER_SIZE] {
        let index_of = |limit: Option<usize>| limit.map_or(-1.0, |index| to_f64(index as u64));
        [
            index_of(self.limit),
            to_f64(self.remaining),
            to_f64(self.retry_at_us),
            to_f64(self.reset_at_us),
            f64::from(u8::from(self.is_cold)),
            to_f64(self.delay_us),
            index_of(self.shadow),
        ]
    }
}
