//! How the fuzzer changes the bytes of a case beyond what it does by itself. A header has six lengths that must agree,
//! which it would seldom hit upon; so no corpus needs to be kept, and none is.
use crate::batch_case::CASE_HEADER_BYTES;
use crate::batch_plan::BatchPlan;
use crate::packed_record::{HEADER_BYTES, lengths, mend_total};

/// Changes the first `size` bytes, and says how many there are now: at most `size_max` and `bytes.len()`.
///
/// One in eight becomes a batch of records that were right before a few were spoiled, one in eight has its totals
/// mended, the others are left to `plain`, the fuzzer's own way.
pub fn mutate(
    bytes: &mut [u8],
    size: usize,
    size_max: usize,
    seed: u32,
    plain: impl FnOnce(&mut [u8], usize, usize) -> usize,
) -> usize {
    let size_max = size_max.min(bytes.len());
    match seed % 8 {
        0 => plant(bytes, size_max, seed).unwrap_or(size),
        1 => {
            mend(&mut bytes[..size]);
            size
        }
        _ => plain(bytes, size, size_max),
    }
}

fn plant(bytes: &mut [u8], size_max: usize, seed: u32) -> Option<usize> {
    let planted = BatchPlan::from_seed(u64::from(seed))?.to_case().to_bytes();
    let size = planted.len().min(size_max);
    bytes[..size].copy_from_slice(&planted[..size]);
    Some(size)
}

/// Goes from record to record as far as their bytes reach.
fn mend(bytes: &mut [u8]) {
    let mut at = CASE_HEADER_BYTES;
    while let Some(header) = bytes.get_mut(at..at + HEADER_BYTES) {
        mend_total(header);
        let total = lengths(header)[0];
        let Ok(total) = usize::try_from(total) else { return };
        at += total;
    }
}
