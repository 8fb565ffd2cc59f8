//! What a limit said to a request, and what it needs to know to charge it afterwards.
//!
//! A look is large, so it is written where it stays: cost and time are put in, and the table that is asked puts in the rest.
use crate::family::Counter;
use crate::key_hash::KeyHash;
use crate::spec::Decision;

/// Whose counter decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The key's own, in this slot.
    Own(usize),
    /// A copy of the cold one, which goes into this slot when it is charged.
    Free(usize),
    Cold,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) decision: Decision,
    /// First instant at which the request could pass this limit; 0 when it passes, or never can.
    pub(crate) retry_at_us: u64,
    pub(crate) is_cold: bool,
    pub(crate) now_us: u64,
    pub(crate) cost: u64,
    /// The counter that decided; after a charge, what became of it.
    pub(crate) counter: Counter,
    pub(crate) place: Place,
    /// Of a bucket table: the word that stood in the place. Of a wide one: the key's strikes before the charge.
    pub(crate) seen: u64,
    /// Of a wide table: the counter as it lay there before the charge.
    pub(crate) before: Counter,
    /// Of a wide table: credits that were cut off until then.
    pub(crate) cuts: u64,
}

impl Look {
    /// Of a request that no table was asked about yet.
    pub(crate) const fn unasked(cost: u64, now_us: u64) -> Self {
        const NONE: Counter = Counter { at: 0, used: 0 };
        Self {
            decision: Decision::Never,
            retry_at_us: 0,
            is_cold: false,
            now_us,
            cost,
            counter: NONE,
            place: Place::Cold,
            seen: 0,
            before: NONE,
            cuts: 0,
        }
    }
}

/// A limit that was asked about a request, by which key, and what it said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) index: usize,
    pub(crate) is_shadow: bool,
    pub(crate) key: KeyHash,
    pub(crate) look: Look,
}
