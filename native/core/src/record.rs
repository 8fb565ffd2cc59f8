//! The packed form of a request; see `harness/core/record.ts`, which draws the table of offsets.
use crate::error::GateError;
use crate::extent::Extent;

const HEADER_BYTES: usize = 52;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    pub(crate) now_us: f64,
    pub(crate) timestamp_us: f64,
    pub(crate) window_us: f64,
    pub(crate) age_us: f64,
    pub(crate) class_id: u16,
    pub(crate) elements: u16,
    pub(crate) ip: &'a [u8],
    pub(crate) account: &'a [u8],
    pub(crate) key_id: &'a [u8],
    pub(crate) signature: &'a [u8],
    pub(crate) message: &'a [u8],
}

impl Record<'_> {
    /// 0 elements stand for one.
    pub(crate) fn extent(&self) -> Extent {
        Extent {
            elements: f64::from(self.elements.max(1)),
            age_us: self.age_us,
        }
    }
}

/// Takes the record at the start of `bytes` and leaves the rest there.
pub(crate) fn take_record<'a>(bytes: &mut &'a [u8], index: usize) -> Result<Record<'a>, GateError> {
    let fault = |what: &str| GateError::Batch(format!("record {index} {what}"));
    let Some((header, body)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
        return Err(fault("is cut short within its header"));
    };
    let lengths = [38, 40, 42, 44].map(|at| usize::from(u16::from_le_bytes(part(header, at))));
    let message_length = u32::from_le_bytes(part(header, 48)) as usize;
    // In 64 bits, since four gigabytes and a header are too much for the sizes of a 32-bit machine.
    let used = (HEADER_BYTES + lengths.iter().sum::<usize>()) as u64 + message_length as u64;
    let total = u32::from_le_bytes(part(header, 32)) as usize;
    if total as u64 != used.next_multiple_of(8) {
        return Err(fault(&format!(
            "states a length of {total} bytes, but its fields take {used}"
        )));
    }
    let Some(rest) = bytes.get(total..) else {
        return Err(fault("is cut short within its fields"));
    };
    *bytes = rest;
    let mut body = body;
    let mut take = |length: usize| {
        let (field, after) = body.split_at(length);
        body = after;
        field
    };
    let [ip, account, key_id, signature] = lengths.map(&mut take);
    Ok(Record {
        now_us: f64::from_le_bytes(part(header, 0)),
        timestamp_us: f64::from_le_bytes(part(header, 8)),
        window_us: f64::from_le_bytes(part(header, 16)),
        age_us: f64::from_le_bytes(part(header, 24)),
        class_id: u16::from_le_bytes(part(header, 36)),
        elements: u16::from_le_bytes(part(header, 46)),
        ip,
        account,
        key_id,
        signature,
        message: take(message_length),
    })
}

fn part<const SIZE: usize>(header: &[u8; HEADER_BYTES], at: usize) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    bytes.copy_from_slice(&header[at..at + SIZE]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_bytes_make_it_read_beyond_the_end(
            mut bytes in prop::collection::vec(any::<u8>(), 0..200),
            lengths in prop::collection::vec(0_u8..40, 5),
            is_consistent in any::<bool>(),
        ) {
            if is_consistent && bytes.len() >= HEADER_BYTES {
                for (at, length) in [38, 40, 42, 44, 48].into_iter().zip(&lengths) {
                    bytes[at..at + 2].copy_from_slice(&[*length, 0]);
                }
                bytes[50..52].fill(0);
                let used = HEADER_BYTES + lengths.iter().map(|length| usize::from(*length)).sum::<usize>();
                bytes[32..36].copy_from_slice(&u32::try_from(used.next_multiple_of(8)).unwrap().to_le_bytes());
            }
            let mut rest = bytes.as_slice();
            match take_record(&mut rest, 0) {
                Ok(record) => {
                    let fields = [record.ip, record.account, record.key_id, record.signature, record.message];
                    let taken = HEADER_BYTES + fields.iter().map(|field| field.len()).sum::<usize>();
                    prop_assert_eq!(bytes.len() - rest.len(), taken.next_multiple_of(8));
                }
                Err(error) => {
                    prop_assert_eq!(error.code(), "FP_BATCH_INVALID");
                    prop_assert_eq!(rest.len(), bytes.len());
                }
            }
        }
    }
}
