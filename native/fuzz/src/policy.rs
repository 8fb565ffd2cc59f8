//! The gates under test. What a gate is made of stands here alone.
use floodproof_core::{
    AgeCost, AuthSpec, BanSpec, Gate, GateError, GateSpec, HORIZON_US, HashKind, HashSecret, IpPrefix, LimitNumbers,
    LimitPart, LimitSpec, SignatureEncoding, TextForm, WindowAnchor, WindowCredit,
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
    /// All families, combinations of parts, prefixes of addresses, costs by age, ladders of bans.
    Families,
    /// The same, with every limit a second time as a shadow.
    Shadows,
}

impl Policy {
    pub(crate) const ALL: [Self; 6] = [
        Self::Tight,
        Self::Bare,
        Self::Crowded,
        Self::Extreme,
        Self::Families,
        Self::Shadows,
    ];

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
            Self::Families => families(),
            Self::Shadows => shadows(),
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

fn limit(by: &[LimitPart], numbers: LimitNumbers, costs: &[u64], max_keys: u64) -> LimitSpec {
    LimitSpec {
        name: String::new(),
        by: by.to_vec(),
        ip_prefix: None,
        numbers,
        costs: costs.to_vec(),
        age_costs: vec![Vec::new(); costs.len()],
        is_shadow: false,
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
        credit: WindowCredit::None,
        counts_denied: false,
    }
}

fn ban(after_throttles: u64, steps_us: &[u64], forget_us: u64) -> Option<BanSpec> {
    Some(BanSpec {
        after_throttles,
        steps_us: steps_us.to_vec(),
        forget_us,
    })
}

fn tight() -> GateSpec {
    let ban = ban(2, &[50], 0);
    GateSpec {
        classes: classes(4),
        limits: vec![
            LimitSpec {
                ban,
                ..limit(&[LimitPart::Ip], bucket(5, 3, 7), &[1, 2, 0, 6], 3)
            },
            limit(
                &[LimitPart::Ip],
                window(60, 100, WindowAnchor::Calendar),
                &[1, 1, 1, 1],
                150,
            ),
            limit(
                &[LimitPart::Account],
                window(3, 11, WindowAnchor::FirstHit),
                &[0, 1, 1, 0],
                2,
            ),
            limit(&[LimitPart::Account], bucket(30, 1, 3), &[1, 1, 0, 0], 7),
            limit(
                &[LimitPart::Key],
                window(4, 20, WindowAnchor::Calendar),
                &[1, 1, 2, 1],
                1,
            ),
            limit(&[], bucket(200, 5, 1), &[1, 1, 1, 1], 1),
        ],
        auth: Some(AuthSpec {
            signed: vec![false, true, true, false],
            hash: HashKind::Sha256,
            encoding: SignatureEncoding::Hex,
            text: TextForm::Utf8,
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
        limits: vec![limit(&[], bucket(2, 1, 5), &[1], 1)],
        auth: None,
        origin_us: 0,
    }
}

fn crowded() -> GateSpec {
    let ban = ban(3, &[5], 0);
    GateSpec {
        classes: classes(3),
        limits: vec![
            limit(&[LimitPart::Ip], bucket(3, 1, 4), &[1, 0, 0], 1),
            limit(
                &[LimitPart::Account],
                window(2, 9, WindowAnchor::Calendar),
                &[0, 1, 0],
                1,
            ),
            LimitSpec {
                ban,
                ..limit(&[LimitPart::Account], bucket(3, 1, 4), &[0, 0, 1], 1)
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
                ban: ban(1, &[HORIZON_US], 0),
                ..limit(&[LimitPart::Ip], bucket(INT32_MAX, 1, 1), &[INT32_MAX, 1], 2)
            },
            limit(
                &[LimitPart::Account],
                window(INT32_MAX, 1 << 52, WindowAnchor::FirstHit),
                &[INT32_MAX, 1],
                2,
            ),
            limit(
                &[LimitPart::Key],
                window(INT32_MAX, 1 << 52, WindowAnchor::Calendar),
                &[INT32_MAX, 1],
                2,
            ),
        ],
        auth: Some(AuthSpec {
            signed: vec![true, false],
            hash: HashKind::Sha512,
            encoding: SignatureEncoding::Base64,
            text: TextForm::Utf8,
            window_us_max: HORIZON_US,
            future_us: HORIZON_US,
            replay_capacity: None,
            replay_per_key: 0,
        }),
        origin_us: (1 << 52) - HORIZON_US,
    }
}

fn families() -> GateSpec {
    use LimitPart::{Account, Class, Ip, Key, Master};
    let (capacity, window_us) = (4, 12);
    let young = |cells| vec![AgeCost { under_us: 20, cells }, AgeCost { under_us: 90, cells: 0 }];
    GateSpec {
        classes: classes(3),
        limits: vec![
            LimitSpec {
                ip_prefix: Some(IpPrefix { v4: 24, v6: 64 }),
                ban: ban(2, &[9, 30, 31], 50),
                ..limit(
                    &[Class, Ip],
                    LimitNumbers::SlidingLog { capacity, window_us },
                    &[1, 1, 0],
                    3,
                )
            },
            LimitSpec {
                age_costs: vec![young(2), Vec::new(), young(1)],
                ..limit(
                    &[Master],
                    LimitNumbers::SlidingCounter { capacity, window_us },
                    &[1, 0, 1],
                    2,
                )
            },
            limit(
                &[Account, Class],
                LimitNumbers::LeakyQueue {
                    capacity,
                    queue_cells: 5,
                    refill_cells: 3,
                    refill_period_us: 7,
                },
                &[1, 1, 1],
                3,
            ),
            limit(
                &[Key],
                LimitNumbers::EarnedBudget {
                    capacity: 6,
                    trickle_us: Some(25),
                },
                &[0, 1, 2],
                2,
            ),
            limit(
                &[Account, Key],
                LimitNumbers::Concurrency { capacity: 9 },
                &[0, 0, 1],
                2,
            ),
            limit(
                &[],
                LimitNumbers::FixedWindow {
                    capacity: 30,
                    window_us: 40,
                    anchor: WindowAnchor::Calendar,
                    credit: WindowCredit::None,
                    counts_denied: true,
                },
                &[1, 1, 1],
                1,
            ),
        ],
        auth: Some(AuthSpec {
            signed: vec![false, true, true],
            hash: HashKind::Sha384,
            encoding: SignatureEncoding::Hex,
            text: TextForm::Utf8,
            window_us_max: 30,
            future_us: 10,
            replay_capacity: Some(2),
            replay_per_key: 1,
        }),
        origin_us: 1_000_000,
    }
}

fn shadows() -> GateSpec {
    let mut spec = families();
    let shadows: Vec<LimitSpec> = spec.limits.iter().map(shadow).collect();
    spec.limits.extend(shadows);
    spec
}

/// A smaller table, and a ban where there was none: it judges otherwise than the limit it was made of.
fn shadow(limit: &LimitSpec) -> LimitSpec {
    LimitSpec {
        is_shadow: true,
        max_keys: 1,
        ban: ban(1, &[3], 0),
        ..limit.clone()
    }
}
