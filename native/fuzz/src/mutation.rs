//! How the fuzzer changes the bytes of a case beyond what it does by itself. A header has six lengths that must agree,
//! which it would seldom hit upon; so no corpus needs to be kept, and none is.
use crate::batch_case::CASE_HEADER_BYTES;
use crate::batch_plan::BatchPlan;
use crate::packed_record::{HEADER_BYTES, lengths, mend_total};

const PLANTED_BYTES: usize = 400;

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
    let planted = BatchPlan::from_seed(u64::from(seed), PLANTED_BYTES)?
        .to_case()
        .to_bytes();
    let size = planted.len().min(size_max);
    bytes[..size].copy_from_slice(&planted[..size]);
    Some(size)
}

/// Goes from record to record as far as their bytes reach, and not beyond one whose length has no room in four bytes.
fn mend(bytes: &mut [u8]) {
    let mut at = CASE_HEADER_BYTES;
    while let Some(header) = bytes.get_mut(at..at + HEADER_BYTES) {
        mend_total(header);
        match usize::try_from(lengths(header)[0]) {
            Ok(total) if total >= HEADER_BYTES => at += total,
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch_case::BatchCase;

    const SIZE_MAX: usize = 700;

    #[test]
    fn what_it_plants_is_cut_to_what_there_is_room_for() {
        let seeds = if cfg!(miri) { 0..9 } else { 0..160 };
        for seed in seeds.step_by(8) {
            let mut bytes = [0xee; SIZE_MAX + 5];
            let size = mutate(&mut bytes, 1, SIZE_MAX, seed, |_, _, _| {
                unreachable!("it is one in eight")
            });
            assert!(
                (5..=SIZE_MAX).contains(&size) && bytes[SIZE_MAX..] == [0xee; 5],
                "{size} at {seed}"
            );
        }
    }

    #[test]
    fn totals_that_were_spoiled_agree_again_whatever_the_lengths_are() {
        let planted = BatchPlan::from_seed(3, PLANTED_BYTES).map(|plan| plan.to_case().to_bytes());
        let mut bytes = planted.unwrap();
        for spoiled in [0_u8, 1, 0x30, 0xff] {
            bytes[CASE_HEADER_BYTES + 32..CASE_HEADER_BYTES + 36].fill(spoiled);
            bytes[CASE_HEADER_BYTES + 48] = spoiled;
            let size = bytes.len();
            mutate(&mut bytes, size, size, 1, |_, _, _| unreachable!("it is one in eight"));
            let header = &bytes[CASE_HEADER_BYTES..CASE_HEADER_BYTES + HEADER_BYTES];
            let [total, fields @ ..] = lengths(header);
            let used = HEADER_BYTES as u64 + fields.iter().sum::<u64>();
            assert!(
                total >= used && total < used + 8 && total % 8 == 0,
                "{total} for {used}"
            );
            BatchCase::from_bytes(&bytes).check();
        }
    }

    #[test]
    fn lengths_that_add_up_to_more_than_the_total_can_say_are_left() {
        let mut bytes = [0; CASE_HEADER_BYTES + 3 * HEADER_BYTES];
        bytes[CASE_HEADER_BYTES + 48..CASE_HEADER_BYTES + 52].copy_from_slice(&(u32::MAX - 51).to_le_bytes());
        let size = bytes.len();
        mutate(&mut bytes, size, size, 1, |_, _, _| unreachable!("it is one in eight"));
        assert_eq!(
            lengths(&bytes[CASE_HEADER_BYTES..])[0],
            0,
            "2^32 without its highest bit"
        );
        BatchCase::from_bytes(&bytes).check();
    }
}
