//! The atomics of the core: those of the machine, or those of loom, which plays every order in which threads can meet.

#[cfg(floodproof_loom)]
pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering};
#[cfg(not(floodproof_loom))]
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How long one thread waits for another, which is in the middle of two stores. Not for ever: a thread that was put to
/// sleep there must not stop the others, so whoever runs out of patience refuses its request.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    turns: u32,
}

#[cfg(floodproof_loom)]
impl Patience {
    const TURNS_MAX: u32 = 2;

    fn pause(&self) {
        loom::thread::yield_now();
    }
}

#[cfg(not(floodproof_loom))]
impl Patience {
    const SPINS_MAX: u32 = 256;
    const TURNS_MAX: u32 = Self::SPINS_MAX + 64;

    fn pause(&self) {
        if self.turns < Self::SPINS_MAX {
            std::hint::spin_loop();
        } else {
            std::thread::yield_now();
        }
    }
}

impl Patience {
    /// Waits a moment; false when there was waiting enough.
    pub(crate) fn wait(&mut self) -> bool {
        if self.turns == Self::TURNS_MAX {
            return false;
        }
        self.pause();
        self.turns += 1;
        true
    }
}
