//! One request of a plan: who sends it, when, and whether the signature is right.
use crate::packed_record::{PackedRecord, to_f64};
use crate::policy::KEYS;
use crate::signer::sign;
use arbitrary::Arbitrary;
use floodproof_core::{GateSpec, TIME_US_MAX, whole_us};

#[derive(Debug, Arbitrary)]
pub(crate) struct RecordPlan {
    /// How often it is sent beyond the first time.
    pub(crate) repeats: u8,
    clock: Clock,
    again: Again,
    class_id: u8,
    ip: u8,
    account: u8,
    key: u8,
    /// None: the signature is right.
    tampering: Option<Tampering>,
    age: Age,
    size: Size,
    window_us: Option<u8>,
    message: u16,
}

/// What the time does before the request. Most often little, since that is where tables are full.
#[derive(Debug, Arbitrary)]
enum Clock {
    Stay,
    Creep(u8),
    Wait(u8),
    Far(FarClock),
}

#[derive(Debug, Arbitrary)]
enum FarClock {
    Step(u8),
    Back(u8),
    /// Up to years.
    Leap {
        us: u16,
        doublings: u8,
    },
}

/// Of four requests one is an earlier one, sent again: now, or where its freshness ends.
#[derive(Debug, Arbitrary)]
struct Again {
    chance: u8,
    back: u8,
    moment: Moment,
}

#[derive(Debug, Arbitrary)]
enum Moment {
    Now,
    LastFresh,
    FirstStale,
}

/// How long before the gate's time the request was made.
#[derive(Debug, Arbitrary)]
enum Age {
    None,
    Us(u8),
    AheadUs(u8),
    LongUs(u16),
}

/// Elements, and the age of what the request is about. Most often one element of something new.
#[derive(Debug, Arbitrary)]
enum Size {
    One,
    OneOld(u8),
    Few(u8),
    Any { elements: u16, age_us: u32 },
}

#[derive(Debug, Arbitrary)]
enum Tampering {
    UpperCase,
    OtherMessage,
    /// One character is another one.
    Off(u8, u8),
    Of(u8),
}

impl RecordPlan {
    /// The request, and moves `now_us` to when it is sent: beyond the gate's horizon too, but always a time.
    pub(crate) fn record(&self, spec: &GateSpec, earlier: &[PackedRecord], now_us: &mut u64) -> PackedRecord {
        *now_us = self.clock.after(*now_us).min(TIME_US_MAX - 0xff_ffff);
        if self.again.chance.is_multiple_of(4) && !earlier.is_empty() {
            let mut record = earlier[earlier.len() - 1 - usize::from(self.again.back) % earlier.len()].clone();
            *now_us = self.again.moment.at(spec, &record, *now_us);
            record.now_us = to_f64(*now_us);
            return record;
        }
        // Three of four name a key that is known.
        let key = KEYS.get(usize::from(self.key % 4));
        let message = self.message.to_le_bytes().repeat(usize::from(self.message % 40));
        let right = key.map_or_else(Vec::new, |key| sign(spec, key, &message));
        PackedRecord {
            now_us: to_f64(*now_us),
            timestamp_us: to_f64(self.age.timestamp_us(*now_us)),
            window_us: f64::from(self.window_us.unwrap_or(0)),
            class_id: u16::try_from(usize::from(self.class_id) % spec.classes.len()).unwrap_or(0),
            age_us: to_f64(self.size.age_us()),
            elements: self.size.elements(),
            ip: ip(self.ip),
            account: text(self.account),
            key_id: key.map_or_else(|| text(self.key), |key| key.key_id.as_bytes().to_vec()),
            signature: match &self.tampering {
                None => right,
                Some(tampering) => tampering.signature(spec, right, &message),
            },
            message,
        }
    }
}

impl Clock {
    fn after(&self, now_us: u64) -> u64 {
        match *self {
            Self::Stay => now_us,
            Self::Creep(us) => now_us + u64::from(us % 4),
            Self::Wait(us) => now_us + u64::from(us % 32),
            Self::Far(FarClock::Step(us)) => now_us + u64::from(us),
            Self::Far(FarClock::Back(us)) => now_us.saturating_sub(u64::from(us)),
            Self::Far(FarClock::Leap { us, doublings }) => now_us + (u64::from(us) << (doublings % 36)),
        }
    }
}

impl Moment {
    fn at(&self, spec: &GateSpec, record: &PackedRecord, now_us: u64) -> u64 {
        let Some(auth) = &spec.auth else { return now_us };
        let fresh_us = match whole_us(record.window_us) {
            None | Some(0) => auth.window_us_max,
            Some(window_us) => window_us.min(auth.window_us_max),
        };
        let last_fresh_us = whole_us(record.timestamp_us).map_or(now_us, |us| us + fresh_us);
        match self {
            Self::Now => now_us,
            Self::LastFresh => last_fresh_us,
            Self::FirstStale => last_fresh_us + 1,
        }
        .min(TIME_US_MAX - 0xff_ffff)
    }
}

impl Age {
    fn timestamp_us(&self, now_us: u64) -> u64 {
        match self {
            Self::None => now_us,
            Self::Us(us) => now_us.saturating_sub(u64::from(*us)),
            Self::AheadUs(us) => now_us + u64::from(*us),
            Self::LongUs(us) => now_us.saturating_sub(u64::from(*us)),
        }
    }
}

impl Size {
    fn elements(&self) -> u16 {
        match *self {
            Self::One | Self::OneOld(_) => 1,
            Self::Few(few) => u16::from(few % 4),
            // Most costs would be too much for any limit.
            Self::Any { elements, .. } if elements % 16 == 0 => elements,
            Self::Any { .. } => 1,
        }
    }

    fn age_us(&self) -> u64 {
        match *self {
            Self::One | Self::Few(_) => 0,
            Self::OneOld(us) => u64::from(us),
            Self::Any { age_us, .. } => u64::from(age_us),
        }
    }
}

impl Tampering {
    fn signature(&self, spec: &GateSpec, mut right: Vec<u8>, message: &[u8]) -> Vec<u8> {
        match self {
            Self::UpperCase => right.to_ascii_uppercase(),
            Self::OtherMessage => sign(spec, &KEYS[0], &[message, b"."].concat()),
            Self::Off(at, by) => {
                if !right.is_empty() {
                    let at = usize::from(*at) % right.len();
                    right[at] = right[at].wrapping_add(*by);
                }
                right
            }
            Self::Of(byte) => text(*byte),
        }
    }
}

/// Half of the texts are addresses, of few networks.
fn ip(byte: u8) -> Vec<u8> {
    match byte {
        0..0x50 => format!("10.0.{}.{}", byte % 3, byte % 5).into_bytes(),
        0x50..0x78 => format!("2001:db8:0:{}::{}", byte % 3, byte % 5).into_bytes(),
        0x78..0x80 => format!("::ffff:10.0.0.{}", byte % 5).into_bytes(),
        _ => text(byte),
    }
}

/// Half of the bytes name one of eight, so that counters are used more than once, the others one of their own each, so
/// that tables overflow; the last ones are texts that have no right form, or only just.
fn text(byte: u8) -> Vec<u8> {
    match byte {
        0xff => Vec::new(),
        0xfe => vec![b'x'; 64],
        0xfd => vec![b'x'; 65],
        0xfc => vec![b'x'; 256],
        0xfb => vec![b'x'; 257],
        0xfa => b"a b".to_vec(),
        0xf9 => "é".as_bytes().to_vec(),
        0xf8 => vec![0],
        0xf7 => vec![0x7f],
        0xf6 => b"!~".to_vec(),
        0xf5 => b"/sub".to_vec(),
        0xe0..0xf5 => format!("name-{}/sub-{}", byte % 3, byte % 4).into_bytes(),
        0x80.. => format!("name-{byte}").into_bytes(),
        _ => format!("name-{}", byte % 8).into_bytes(),
    }
}
