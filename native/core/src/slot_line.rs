//! The memory of a bucket table: slots of two words, four to a line of the processor's cache. What may be done with them
//! is told in `bucket_table.rs`.
use crate::error::GateError;
use crate::key_hash::KeyHash;
use crate::layout::{LINE_SLOTS, Layout};
use crate::sync::{AtomicU64, Ordering};

/// Stands for the TAT of a slot that is being taken. A TAT is below 2^63.
pub(crate) const MOVING: u64 = u64::MAX;

#[cfg_attr(not(floodproof_loom), derive(zerocopy::FromZeros))]
#[derive(Debug, Default)]
#[repr(C)]
pub(crate) struct Slot {
    /// 0: no key ever.
    pub(crate) key: AtomicU64,
    pub(crate) tat: AtomicU64,
}

impl Slot {
    #[inline]
    pub(crate) fn read(&self, key: KeyHash) -> Reading {
        let before = self.key.load(Ordering::Acquire);
        if before != key.get() && before != 0 {
            return Reading::Other;
        }
        let tat = self.tat.load(Ordering::Acquire);
        if before == 0 && tat == 0 {
            return Reading::Empty;
        }
        let after = self.key.load(Ordering::Acquire);
        match (after == key.get(), before == after, tat) {
            (true, true, MOVING) | (true, false, _) => Reading::Moving,
            (true, true, tat) => Reading::Mine(tat),
            (false, ..) if before == key.get() => Reading::Moving,
            // Somebody is taking it, or has just taken it, for another key.
            (false, ..) => Reading::Other,
        }
    }
}

/// One line of the processor's cache.
#[cfg_attr(not(floodproof_loom), derive(zerocopy::FromZeros))]
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub(crate) struct Line {
    pub(crate) slots: [Slot; LINE_SLOTS],
}

impl Line {
    /// The slot in which a key stands. Compares all four, since which one it is can not be predicted, and a wrong guess
    /// costs the processor more than three comparisons.
    #[inline]
    pub(crate) fn slot_of(&self, key: u64) -> Option<&Slot> {
        let [a, b, c, d] = self
            .slots
            .each_ref()
            .map(|slot| slot.key.load(Ordering::Acquire) == key);
        let mask = u8::from(a) | u8::from(b) << 1 | u8::from(c) << 2 | u8::from(d) << 3;
        (mask != 0).then(|| &self.slots[mask.trailing_zeros() as usize % LINE_SLOTS])
    }
}

/// What a slot is to a key.
pub(crate) enum Reading {
    Mine(u64),
    Other,
    Empty,
    Moving,
}

/// Slots of the last line that the table does not have look as if they were taken for ever.
pub(crate) fn empty_lines(layout: Layout) -> Result<Box<[Line]>, GateError> {
    let mut lines = zeroed_lines(layout.line_count())?;
    for index in layout.slot_count()..layout.line_count() * LINE_SLOTS {
        lines[index / LINE_SLOTS].slots[index % LINE_SLOTS] = Slot {
            key: AtomicU64::new(u64::MAX),
            tat: AtomicU64::new(MOVING),
        };
    }
    Ok(lines)
}

/// Memory that the machine hands out when it is first used.
#[cfg(not(floodproof_loom))]
fn zeroed_lines(count: usize) -> Result<Box<[Line]>, GateError> {
    <[Line] as zerocopy::FromZeros>::new_box_zeroed_with_elems(count).map_err(|_| {
        GateError::Gate(format!(
            "a table of {} slots does not fit into memory",
            count * LINE_SLOTS
        ))
    })
}

#[cfg(floodproof_loom)]
fn zeroed_lines(count: usize) -> Result<Box<[Line]>, GateError> {
    Ok((0..count).map(|_| Line::default()).collect())
}
