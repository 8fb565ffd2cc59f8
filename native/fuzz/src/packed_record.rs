//! The packed form of a request, written and read here a second time: plainly, without a look at how the core does it.

pub(crate) const HEADER_BYTES: usize = 52;

/// Offsets of the lengths in a header: the total, then those of the fields in their order. The first and the last have
/// four bytes, the others two.
pub(crate) const LENGTH_OFFSETS: [usize; 6] = [32, 38, 40, 42, 44, 48];

#[derive(Debug, Clone, Default)]
pub(crate) struct PackedRecord {
    pub(crate) now_us: f64,
    pub(crate) timestamp_us: f64,
    pub(crate) window_us: f64,
    pub(crate) age_us: f64,
    pub(crate) class_id: u16,
    /// 0 stands for one.
    pub(crate) elements: u16,
    pub(crate) ip: Vec<u8>,
    pub(crate) account: Vec<u8>,
    pub(crate) key_id: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) message: Vec<u8>,
}

impl PackedRecord {
    /// # Panics
    /// When a field is longer than its length can say.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let short = |field: &[u8]| u16::try_from(field.len()).expect("at most 65535 bytes").to_le_bytes();
        let fields = [&self.ip, &self.account, &self.key_id, &self.signature, &self.message];
        let used = HEADER_BYTES + fields.iter().map(|field| field.len()).sum::<usize>();
        let total = used.div_ceil(8) * 8;
        let mut bytes = Vec::with_capacity(total);
        for time_us in [self.now_us, self.timestamp_us, self.window_us, self.age_us] {
            bytes.extend(time_us.to_le_bytes());
        }
        bytes.extend(u32::try_from(total).expect("below 4 GiB").to_le_bytes());
        bytes.extend(self.class_id.to_le_bytes());
        for field in [&self.ip, &self.account, &self.key_id, &self.signature] {
            bytes.extend(short(field));
        }
        bytes.extend(self.elements.to_le_bytes());
        bytes.extend(u32::try_from(self.message.len()).expect("below 4 GiB").to_le_bytes());
        for field in fields {
            bytes.extend_from_slice(field);
        }
        bytes.resize(total, 0);
        bytes
    }

    /// The record at `offset` and where the next one starts; none when it is not whole.
    pub(crate) fn read(bytes: &[u8], offset: usize) -> Option<(Self, usize)> {
        let header = bytes.get(offset..offset + HEADER_BYTES)?;
        let [total, ip, account, key_id, signature, message] = lengths(header);
        let used = HEADER_BYTES as u64 + ip + account + key_id + signature + message;
        if total < used || total - used > 7 || total % 8 != 0 || total > (bytes.len() - offset) as u64 {
            return None;
        }
        let mut at = offset + HEADER_BYTES;
        let mut field = |length: u64| {
            let from = at;
            at += usize::try_from(length).expect("it is within the bytes");
            bytes[from..at].to_vec()
        };
        let record = Self {
            now_us: double(header, 0),
            timestamp_us: double(header, 8),
            window_us: double(header, 16),
            age_us: double(header, 24),
            class_id: u16::from_le_bytes([header[36], header[37]]),
            elements: u16::from_le_bytes([header[46], header[47]]),
            ip: field(ip),
            account: field(account),
            key_id: field(key_id),
            signature: field(signature),
            message: field(message),
        };
        Some((record, offset + usize::try_from(total).expect("it is within the bytes")))
    }
}

/// The six lengths of a header, in the order of `LENGTH_OFFSETS`.
pub(crate) fn lengths(header: &[u8]) -> [u64; 6] {
    let mut lengths = [0; 6];
    for (index, (length, at)) in lengths.iter_mut().zip(LENGTH_OFFSETS).enumerate() {
        let size = if index == 0 || index == 5 { 4 } else { 2 };
        for (place, byte) in header[at..at + size].iter().enumerate() {
            *length |= u64::from(*byte) << (8 * place);
        }
    }
    lengths
}

/// Writes the low bytes of `value` where the length stands.
pub(crate) fn set_length(header: &mut [u8], index: usize, value: u64) {
    let index = index % LENGTH_OFFSETS.len();
    let size = if index == 0 || index == 5 { 4 } else { 2 };
    let at = LENGTH_OFFSETS[index];
    header[at..at + size].copy_from_slice(&value.to_le_bytes()[..size]);
}

/// Makes the total agree with the lengths of the fields.
pub(crate) fn mend_total(header: &mut [u8]) {
    let used = HEADER_BYTES as u64 + lengths(header)[1..].iter().sum::<u64>();
    set_length(header, 0, used.div_ceil(8) * 8);
}

fn double(header: &[u8], at: usize) -> f64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&header[at..at + 8]);
    f64::from_le_bytes(bytes)
}

/// A time as a record has it.
pub(crate) fn to_f64(us: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a time below 2^53 is exact")]
    let value = us as f64;
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_was_written_is_read_as_it_was() {
        let record = PackedRecord {
            now_us: 1.0,
            timestamp_us: 2.0,
            window_us: 3.0,
            age_us: 4.0,
            class_id: 0x0405,
            elements: 0x0607,
            ip: b"ip".to_vec(),
            account: b"account".to_vec(),
            key_id: b"key".to_vec(),
            signature: vec![b'f'; 64],
            message: vec![7; 300],
        };
        let mut bytes = vec![0xee; 3];
        bytes.extend(record.to_bytes());
        let (read, next) = PackedRecord::read(&bytes, 3).unwrap();
        assert_eq!(next, bytes.len());
        assert_eq!(format!("{read:?}"), format!("{record:?}"));
        assert!(PackedRecord::read(&bytes[..bytes.len() - 1], 3).is_none(), "cut short");
    }
}
