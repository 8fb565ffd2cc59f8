//! A batch of records that are right at first, of which a few are then spoiled: it gets past the header, and to the
//! limits and the verifier behind.
use crate::batch_case::BatchCase;
use crate::noise::noise;
use crate::packed_record::{HEADER_BYTES, PackedRecord, lengths, mend_total, set_length};
use crate::policy::{KEYS, Policy, sign};
use arbitrary::{Arbitrary, Unstructured};
use floodproof_core::TIME_US_MAX;

const RECORDS_MAX: usize = 48;
const SEEDED_BYTES: usize = 400;
const SPOILS_MAX: usize = 3;

#[derive(Debug)]
pub struct BatchPlan {
    policy: u8,
    pad: u8,
    records: Vec<RecordPlan>,
    spoils: Vec<Spoil>,
    /// Added to the number of records that are there.
    count_skew: i8,
    answers_skew: i8,
}

#[derive(Debug, Arbitrary)]
struct RecordPlan {
    /// How often it is sent beyond the first time.
    repeats: u8,
    clock: Clock,
    class_id: u8,
    ip: u8,
    account: u8,
    key: u8,
    /// None: the signature is right.
    tampering: Option<Tampering>,
    age: Age,
    window_us: u16,
    message: u16,
}

#[derive(Debug, Arbitrary)]
enum Clock {
    Stay,
    Creep,
    Step(u8),
    StepBack(u8),
    /// Up to years.
    Leap {
        us: u16,
        doublings: u8,
    },
}

/// How long before the gate's time the request was made.
#[derive(Debug, Arbitrary)]
enum Age {
    None,
    Us(u8),
    AheadUs(u8),
    LongUs(u16),
}

#[derive(Debug, Arbitrary)]
enum Tampering {
    UpperCase,
    OtherMessage,
    /// One character is another one.
    Off(u8, u8),
    Of(u8),
}

/// What is done to the bytes of a record, which an index names.
#[derive(Debug, Arbitrary)]
struct Spoil {
    record: u8,
    kind: SpoilKind,
}

#[derive(Debug, Arbitrary)]
enum SpoilKind {
    SetLength {
        index: u8,
        value: u32,
    },
    AddLength {
        index: u8,
        by: i8,
    },
    /// Bytes of one field become those of another; the total still agrees.
    MoveLength {
        from: u8,
        to: u8,
        by: u8,
    },
    /// The total agrees with lengths that nothing stands behind.
    Inflate {
        index: u8,
        by: u16,
    },
    Time {
        index: u8,
        value: f64,
    },
    Class(u16),
    Byte {
        at: u16,
        value: u8,
    },
    /// The batch ends within this record.
    Cut {
        at: u16,
    },
}

impl<'a> Arbitrary<'a> for BatchPlan {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let policy = bytes.arbitrary()?;
        let pad = bytes.arbitrary()?;
        // Most batches are whole, or the first fault would hide all that comes after it.
        let (count_skew, answers_skew) = if bytes.ratio(1, 8)? { bytes.arbitrary()? } else { (0, 0) };
        let spoil_count = if bytes.ratio(1, 2)? {
            bytes.int_in_range(1..=SPOILS_MAX)?
        } else {
            0
        };
        let spoils = (0..spoil_count).map(|_| bytes.arbitrary()).collect::<Result<_, _>>()?;
        let mut records = Vec::new();
        while !bytes.is_empty() && records.len() < RECORDS_MAX {
            records.push(bytes.arbitrary()?);
        }
        Ok(Self {
            policy,
            pad,
            records,
            spoils,
            count_skew,
            answers_skew,
        })
    }
}

impl BatchPlan {
    /// None when the bytes are too few for a plan.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::arbitrary(&mut Unstructured::new(bytes)).ok()
    }

    /// The plan that a number stands for.
    pub fn from_seed(seed: u64) -> Option<Self> {
        Self::from_bytes(&noise(seed, SEEDED_BYTES))
    }

    /// Writes the records, spoils them, and says how many were meant.
    pub fn to_case(&self) -> BatchCase {
        let policy = Policy::of(self.policy);
        let spec = policy.spec();
        let mut now_us = spec.origin_us;
        let mut packed: Vec<Vec<u8>> = Vec::new();
        for plan in &self.records {
            now_us = plan.clock.after(now_us);
            let bytes = plan.record(spec.classes.len(), now_us).to_bytes();
            packed.extend(std::iter::repeat_n(bytes, 1 + usize::from(plan.repeats % 4)));
        }
        let count = i64::try_from(packed.len()).unwrap_or(i64::MAX) + i64::from(self.count_skew);
        let mut end = None;
        for spoil in &self.spoils {
            if packed.is_empty() {
                break;
            }
            let index = usize::from(spoil.record) % packed.len();
            if let Some(cut) = spoil.kind.apply(&mut packed[index]) {
                end = Some(packed[..index].iter().map(Vec::len).sum::<usize>() + cut);
            }
        }
        let mut records = packed.concat();
        records.truncate(end.unwrap_or(usize::MAX));
        BatchCase::new(
            policy,
            self.pad,
            &records,
            u8::try_from(count.clamp(0, 255)).unwrap_or(u8::MAX),
            self.answers_skew,
        )
    }
}

impl Clock {
    /// Beyond the gate's horizon too, but always a time.
    fn after(&self, now_us: u64) -> u64 {
        match *self {
            Self::Stay => now_us,
            Self::Creep => now_us + 1,
            Self::Step(us) => now_us + u64::from(us),
            Self::StepBack(us) => now_us.saturating_sub(u64::from(us)),
            Self::Leap { us, doublings } => (now_us + (u64::from(us) << (doublings % 36))).min(TIME_US_MAX - 0xffff),
        }
    }
}

impl RecordPlan {
    fn record(&self, class_count: usize, now_us: u64) -> PackedRecord {
        // Three of four name a key that is known.
        let key = KEYS.get(usize::from(self.key % 4));
        let message = self.message.to_le_bytes().repeat(usize::from(self.message % 40));
        let right = key.map_or_else(Vec::new, |key| sign(key, &message));
        PackedRecord {
            now_us: double(now_us),
            timestamp_us: double(self.age.timestamp_us(now_us)),
            window_us: f64::from(self.window_us),
            class_id: u16::try_from(usize::from(self.class_id) % class_count).unwrap_or(0),
            ip: text(self.ip),
            account: text(self.account),
            key_id: key.map_or_else(|| text(self.key), |key| key.key_id.as_bytes().to_vec()),
            signature: match &self.tampering {
                None => right,
                Some(tampering) => tampering.signature(right, &message),
            },
            message,
        }
    }
}

impl Age {
    fn timestamp_us(&self, now_us: u64) -> u64 {
        match self {
            Self::None => now_us,
            Self::Us(us) => now_us.saturating_sub(u64::from(*us)),
            Self::AheadUs(us) => now_us + u64::from(*us),
            Self::LongUs(us) => now_us.saturating_sub(u64::from(*us) * 100),
        }
    }
}

impl Tampering {
    fn signature(&self, mut right: Vec<u8>, message: &[u8]) -> Vec<u8> {
        match self {
            Self::UpperCase => right.to_ascii_uppercase(),
            Self::OtherMessage => sign(&KEYS[0], &[message, b"."].concat()),
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

impl SpoilKind {
    /// The number of bytes after which the batch is to end, when it is cut.
    fn apply(&self, record: &mut [u8]) -> Option<usize> {
        match *self {
            Self::SetLength { index, value } => set_length(record, usize::from(index), u64::from(value)),
            Self::AddLength { index, by } => {
                let index = usize::from(index) % 6;
                let length = lengths(&record[..HEADER_BYTES])[index];
                set_length(record, index, length.wrapping_add_signed(i64::from(by)));
            }
            Self::MoveLength { from, to, by } => {
                let (from, to) = (1 + usize::from(from) % 5, 1 + usize::from(to) % 5);
                let by = u64::from(by).min(lengths(&record[..HEADER_BYTES])[from]);
                set_length(record, from, lengths(&record[..HEADER_BYTES])[from] - by);
                set_length(record, to, lengths(&record[..HEADER_BYTES])[to] + by);
            }
            Self::Inflate { index, by } => {
                let index = 1 + usize::from(index) % 5;
                let length = lengths(&record[..HEADER_BYTES])[index];
                set_length(record, index, length + u64::from(by));
                mend_total(record);
            }
            Self::Time { index, value } => {
                let at = 8 * (usize::from(index) % 3);
                record[at..at + 8].copy_from_slice(&value.to_le_bytes());
            }
            Self::Class(class_id) => record[28..30].copy_from_slice(&class_id.to_le_bytes()),
            Self::Byte { at, value } => {
                let at = usize::from(at) % record.len();
                record[at] = value;
            }
            Self::Cut { at } => return Some(usize::from(at) % record.len()),
        }
        None
    }
}

/// A name of its own for most bytes; the last ones are texts that have no right form, or only just.
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
        _ => format!("name-{byte}").into_bytes(),
    }
}

fn double(whole: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a time below 2^53 is exact")]
    let value = whole as f64;
    value
}
