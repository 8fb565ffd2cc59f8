//! The gates under test. What a gate is made of stands here alone.
use floodproof_core::{
    AuthSpec, BanSpec, Gate, GateError, GateSpec, HORIZON_US, HashKind, HashSecret, LimitBy, LimitNumbers, LimitSpec,
    SignatureEncoding, WindowAnchor,
};

/// A key that every gate with a verifier knows.
#[derive(Debug)]
pub(crate) struct KnownKey {
    pub(crate) key_id: &'static str,
    pub(crate) secret: &'static [u8],
    pub(crate) account: &'static str,
}

/// A short secret, one above the block of the hash, and a key without an account.
pub(crate) const KEYS: [KnownKey; 3] = [
    KnownKey {
        key_id: "key-a",
        secret: b"a",
        account: "account-a",
    },
    KnownKey {
        key_id: "key-b",
        secret: &[0xb5; 200],
        account: "account-b",
    },
    KnownKey {
        key_id: "key-c",
        secret: b"\0",
        account: "",
    },
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// Tables of several sizes that overflow at once, bans, a replay memory that is soon full.
    Tight,
    /// One class, no verifier.
    Bare,
    /// Tables of one key, so that everybody else shares the cold counter.
    Crowded,
    /// Every number as large as the core takes it.
    Extreme,
}

impl Policy {
    pub(crate) const ALL: [Self; 4] = [Self::Tight, Self::Bare, Self::Crowded, Self::Extreme];

    /// Every byte names one.
    pub(crate) fn of(byte: u8) -> Self {
        Self::ALL[usize::from(byte) % Self::ALL.len()]
    }

    pub(crate) fn spec(self) -> GateSpec {
        match self {
            Self::Tight => tight(),
            Self::Bare => bare(),
            Self::Crowded => crowded(),
            Self::Extreme => extreme(),
        }
    }
}

/// How a gate is made of a spec: what it hashes keys with, and whether threads can share it. Its decisions must be the
/// same whether they can or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Make {
    pub(crate) secret: u32,
    pub(crate) is_shared: bool,
}

/// A gate with every key that has a verifier to look it up.
///
/// # Panics
/// When the core refuses the spec: it must take all of these.
pub(crate) fn compile(spec: &GateSpec, make: Make) -> Gate {
    let secret = HashSecret {
        k0: make.secret,
        k1: 0x5eed,
    };
    let new: fn(&GateSpec, HashSecret) -> Result<Gate, GateError> =
        if make.is_shared { Gate::shared } else { Gate::new };
    let mut gate = new(spec, secret).expect("the spec is in range");
    if spec.auth.is_some() {
        for key in &KEYS {
            gate.add_key(key.key_id.as_bytes(), key.secret, key.account.as_bytes())
                .expect("the key is well formed");
        }
    }
    gate
}

fn classes(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("class-{index}")).collect()
}

fn limit(by: LimitBy, numbers: LimitNumbers, costs: &[u64], max_keys: u64) -> LimitSpec {
    LimitSpec {
        by,
        numbers,
        costs: costs.to_vec(),
        ban: None,
        max_keys,
    }
}

fn bucket(capacity: u64, refill_cells: u64, refill_period_us: u64) -> LimitNumbers {
    LimitNumbers::TokenBucket {
        capacity,
        refill_cells,
        refill_period_us,
    }
}

fn window(capacity: u64, window_us: u64, anchor: WindowAnchor) -> LimitNumbers {
    LimitNumbers::FixedWindow {
        capacity,
        window_us,
        anchor,
    }
}

fn tight() -> GateSpec {
    let ban = Some(BanSpec {
        after_throttles: 2,
        for_us: 50,
    });
    GateSpec {
        classes: classes(4),
        limits: vec![
            LimitSpec {
                ban,
                ..limit(LimitBy::Ip, bucket(5, 3, 7), &[1, 2, 0, 6], 3)
            },
            limit(LimitBy::Ip, window(60, 100, WindowAnchor::Calendar), &[1, 1, 1, 1], 150),
            limit(
                LimitBy::Account,
                window(3, 11, WindowAnchor::FirstHit),
                &[0, 1, 1, 0],
                2,
            ),
            limit(LimitBy::Account, bucket(30, 1, 3), &[1, 1, 0, 0], 7),
            limit(LimitBy::Key, window(4, 20, WindowAnchor::Calendar), &[1, 1, 2, 1], 1),
            limit(LimitBy::Global, bucket(200, 5, 1), &[1, 1, 1, 1], 1),
        ],
        auth: Some(AuthSpec {
            signed: vec![false, true, true, false],
            hash: HashKind::Sha256,
            encoding: SignatureEncoding::Hex,
            window_us_max: 1_000,
            future_us: 100,
            replay_capacity: Some(3),
            replay_per_key: 2,
        }),
        origin_us: 1_000_000,
    }
}

fn bare() -> GateSpec {
    GateSpec {
        classes: classes(1),
        limits: vec![limit(LimitBy::Global, bucket(2, 1, 5), &[1], 1)],
        auth: None,
        origin_us: 0,
    }
}

fn crowded() -> GateSpec {
    let ban = Some(BanSpec {
        after_throttles: 3,
        for_us: 5,
    });
    GateSpec {
        classes: classes(3),
        limits: vec![
            limit(LimitBy::Ip, bucket(3, 1, 4), &[1, 0, 0], 1),
            limit(LimitBy::Account, window(2, 9, WindowAnchor::Calendar), &[0, 1, 0], 1),
            LimitSpec {
                ban,
                ..limit(LimitBy::Account, bucket(3, 1, 4), &[0, 0, 1], 1)
            },
        ],
        auth: None,
        origin_us: 5,
    }
}

fn extreme() -> GateSpec {
    const INT32_MAX: u64 = (1 << 31) - 1;
    GateSpec {
        classes: classes(2),
        limits: vec![
            LimitSpec {
                ban: Some(BanSpec {
                    after_throttles: 1,
                    for_us: HORIZON_US,
                }),
                ..limit(LimitBy::Ip, bucket(INT32_MAX, 1, 1), &[INT32_MAX, 1], 2)
            },
            limit(
                LimitBy::Account,
                window(INT32_MAX, 1 << 52, WindowAnchor::FirstHit),
                &[INT32_MAX, 1],
                2,
            ),
            limit(
                LimitBy::Key,
                window(INT32_MAX, 1 << 52, WindowAnchor::Calendar),
                &[INT32_MAX, 1],
                2,
            ),
        ],
        auth: Some(AuthSpec {
            signed: vec![true, false],
            hash: HashKind::Sha512,
            encoding: SignatureEncoding::Base64,
            window_us_max: HORIZON_US,
            future_us: HORIZON_US,
            replay_capacity: None,
            replay_per_key: 0,
        }),
        origin_us: (1 << 52) - HORIZON_US,
    }
}
