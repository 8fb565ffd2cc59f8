//! A batch of records that are right at first, of which a few are then spoiled: it gets past the header, and to the
//! limits and the verifier behind.
use crate::batch_case::BatchCase;
use crate::noise::noise;
use crate::packed_record::PackedRecord;
use crate::policy::Policy;
use crate::record_plan::RecordPlan;
use crate::spoil::Spoil;
use arbitrary::{Arbitrary, Unstructured};

const RECORDS_MAX: usize = 48;
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

impl<'a> Arbitrary<'a> for BatchPlan {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let policy = bytes.arbitrary()?;
        let pad = bytes.arbitrary()?;
        // Most batches are whole, or the first fault would hide all that comes after it.
        let (count_skew, answers_skew) = if bytes.ratio(1, 8)? {
            (bytes.int_in_range(-2..=2)?, bytes.int_in_range(-6..=6)?)
        } else {
            (0, 0)
        };
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

    /// The plan that a number stands for; a record takes about 20 of its bytes.
    pub fn from_seed(seed: u64, byte_count: usize) -> Option<Self> {
        Self::from_bytes(&noise(seed, byte_count))
    }

    /// Writes the records, spoils them, and says how many were meant.
    pub fn to_case(&self) -> BatchCase {
        let policy = Policy::of(self.policy);
        let spec = policy.spec();
        let mut now_us = spec.origin_us;
        let mut records: Vec<PackedRecord> = Vec::new();
        for plan in &self.records {
            let record = plan.record(&spec, &records, &mut now_us);
            records.extend(std::iter::repeat_n(record, 1 + usize::from(plan.repeats % 4)));
        }
        let mut packed: Vec<Vec<u8>> = records.iter().map(PackedRecord::to_bytes).collect();
        let count = i64::try_from(packed.len()).unwrap_or(i64::MAX) + i64::from(self.count_skew);
        let mut end = None;
        for spoil in &self.spoils {
            if packed.is_empty() {
                break;
            }
            let index = usize::from(spoil.record) % packed.len();
            if let Some(cut) = spoil.apply(&mut packed[index]) {
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
