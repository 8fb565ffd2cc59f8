//! Time as it comes from JavaScript: a double that holds whole microseconds.

/// 2^53 - 1, the largest whole number up to which doubles have no gap.
pub const TIME_US_MAX: u64 = (1 << 53) - 1;

/// The whole number that the double holds, if it is one from 0 to `TIME_US_MAX`.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "the cast is undone and compared, and what it lost is seen there"
)]
pub fn whole_us(value: f64) -> Option<u64> {
    // Signed, since machines convert that in one instruction.
    let whole = value as i64;
    let is_whole = whole as f64 == value;
    u64::try_from(whole)
        .ok()
        .filter(|whole| is_whole && *whole <= TIME_US_MAX)
}

/// Exact up to `TIME_US_MAX`; every instant of a gate is, since `GateSpec::check` bounds what they are made of.
pub(crate) fn to_f64(whole: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "whole numbers below 2^53 are exact")]
    let value = whole.cast_signed() as f64;
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_whole_numbers_below_2_to_53_alone() {
        let largest = to_f64(TIME_US_MAX);
        for (value, expected) in [
            (0.0, Some(0)),
            (-0.0, Some(0)),
            (1.0, Some(1)),
            (largest, Some(TIME_US_MAX)),
            (largest + 1.0, None),
            (1e300, None),
            (0.5, None),
            (-1.0, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
            (f64::NEG_INFINITY, None),
            (5e-324, None),
        ] {
            assert_eq!(whole_us(value), expected, "{value}");
        }
    }
}
