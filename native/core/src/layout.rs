//! Where a table looks for a key, the same in both engines; see `harness/core/limit-table.ts`.
use crate::key_hash::KeyHash;

pub(crate) const LINE_SLOTS: usize = 4;
const LINES_PROBED_MAX: u32 = 32;
const PAIRED_TURNS: u32 = 16;
const TURN_FACTOR: u32 = 0x9e37_79b9;
const SPREAD_FACTOR: u32 = 0x85eb_ca6b;

/// `slot_count` slots in lines of four. The last line may have less.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    slot_count: usize,
    line_count: u32,
}

impl Layout {
    /// A quarter more slots than keys: at a fill of 80 % practically every key finds one within the lines probed; why is
    /// told in `harness/core/probe-order.ts`.
    pub(crate) fn new(keys_max: u64) -> Self {
        let slot_count = usize::try_from(keys_max * 5 / 4).unwrap_or(usize::MAX);
        Self {
            slot_count,
            line_count: u32::try_from(slot_count.div_ceil(LINE_SLOTS)).unwrap_or(u32::MAX),
        }
    }

    pub(crate) fn line_count(self) -> usize {
        self.line_count as usize
    }

    pub(crate) fn slot_count(self) -> usize {
        self.slot_count
    }

    /// How many slots the line has.
    pub(crate) fn slots_of(self, line: usize) -> usize {
        LINE_SLOTS.min(self.slot_count - line * LINE_SLOTS)
    }

    /// The line at which the search begins.
    pub(crate) fn home(self, key: KeyHash) -> usize {
        self.reduce(key.hi())
    }

    /// The lines in which the key may be, in the order in which they are searched. A small table is searched whole.
    pub(crate) fn lines(self, key: KeyHash) -> impl Iterator<Item = usize> {
        let is_small = self.line_count <= LINES_PROBED_MAX;
        let home = self.home(key);
        (0..self.line_count.min(LINES_PROBED_MAX)).map(move |turn| {
            if is_small {
                return (home + turn as usize) % self.line_count();
            }
            let first = if turn < PAIRED_TURNS { turn & !1 } else { turn };
            let line = if first == 0 {
                home
            } else {
                let spread = (key.lo() ^ first.wrapping_mul(TURN_FACTOR)).wrapping_mul(SPREAD_FACTOR);
                self.reduce(key.hi().wrapping_add(spread))
            };
            let neighbour = line ^ 1;
            if first == turn || neighbour >= self.line_count() {
                line
            } else {
                neighbour
            }
        })
    }

    /// Multiplies and shifts into the range of lines, so that their number need not be a power of two. 31 bits, since the
    /// product must be exact in a double of the other engine.
    fn reduce(self, hash: u32) -> usize {
        ((u64::from(hash >> 1) * u64::from(self.line_count)) >> 31) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_table_is_searched_whole_and_a_large_one_in_32_lines_within_it() {
        for (keys_max, lines) in [
            (1, 1),
            (3, 1),
            (4, 2),
            (100, 32),
            (102, 32),
            (103, 32),
            (10_000_000, 32),
        ] {
            let layout = Layout::new(keys_max);
            let key = KeyHash::new(0xffff_ffff, 0xffff_ffff);
            let probed: Vec<usize> = layout.lines(key).collect();
            assert_eq!(probed.len(), lines, "{keys_max}");
            assert!(probed.iter().all(|line| *line < layout.line_count()));
            if layout.line_count() <= 32 {
                let mut all = probed;
                all.sort_unstable();
                assert!(all.into_iter().eq(0..layout.line_count()), "{keys_max}");
            }
        }
    }

    #[test]
    fn has_a_quarter_more_slots_than_keys_and_none_beyond_them() {
        let layout = Layout::new(5);
        assert_eq!((layout.slot_count(), layout.line_count()), (6, 2));
        assert_eq!((layout.slots_of(0), layout.slots_of(1)), (4, 2));
        assert_eq!(Layout::new(3).slot_count(), 3);
    }
}
