//! Damage to the bytes of a packed record.
use crate::packed_record::{HEADER_BYTES, lengths, mend_total, set_length};
use arbitrary::Arbitrary;

/// The first and last whole microseconds, and what lies next to them.
const EDGE_TIMES: [f64; 8] = [
    0.0,
    -0.0,
    -1.0,
    0.5,
    9_007_199_254_740_991.0,
    9_007_199_254_740_992.0,
    f64::NAN,
    f64::INFINITY,
];

/// What is done to the bytes of a record, which an index names.
#[derive(Debug, Arbitrary)]
pub(crate) struct Spoil {
    pub(crate) record: u8,
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
    EdgeTime {
        index: u8,
        edge: u8,
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

impl Spoil {
    /// The number of bytes after which the batch is to end, when it is cut.
    pub(crate) fn apply(&self, record: &mut [u8]) -> Option<usize> {
        match self.kind {
            SpoilKind::SetLength { index, value } => set_length(record, usize::from(index), u64::from(value)),
            SpoilKind::AddLength { index, by } => {
                let index = usize::from(index) % 6;
                let length = lengths(&record[..HEADER_BYTES])[index];
                set_length(record, index, length.wrapping_add_signed(i64::from(by)));
            }
            SpoilKind::MoveLength { from, to, by } => {
                let (from, to) = (1 + usize::from(from) % 5, 1 + usize::from(to) % 5);
                let by = u64::from(by).min(lengths(&record[..HEADER_BYTES])[from]);
                set_length(record, from, lengths(&record[..HEADER_BYTES])[from] - by);
                set_length(record, to, lengths(&record[..HEADER_BYTES])[to] + by);
            }
            SpoilKind::Inflate { index, by } => {
                let index = 1 + usize::from(index) % 5;
                let length = lengths(&record[..HEADER_BYTES])[index];
                set_length(record, index, length + u64::from(by));
                mend_total(record);
            }
            SpoilKind::Time { index, value } => set_time(record, index, value),
            SpoilKind::EdgeTime { index, edge } => {
                set_time(record, index, EDGE_TIMES[usize::from(edge) % EDGE_TIMES.len()]);
            }
            SpoilKind::Class(class_id) => record[36..38].copy_from_slice(&class_id.to_le_bytes()),
            SpoilKind::Byte { at, value } => {
                let at = usize::from(at) % record.len();
                record[at] = value;
            }
            SpoilKind::Cut { at } => return Some(usize::from(at) % record.len()),
        }
        None
    }
}

fn set_time(record: &mut [u8], index: u8, value: f64) {
    let at = 8 * (usize::from(index) % 4);
    record[at..at + 8].copy_from_slice(&value.to_le_bytes());
}
