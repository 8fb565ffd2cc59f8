//! The time of a gate, which all its threads share and which never goes back.
use crate::sync::{AtomicU64, Ordering};

#[derive(Debug)]
pub(crate) struct Clock {
    now_us: AtomicU64,
    horizon_us: u64,
}

impl Clock {
    pub(crate) fn new(origin_us: u64, horizon_us: u64) -> Self {
        Self {
            now_us: AtomicU64::new(origin_us),
            horizon_us,
        }
    }

    /// Moves on to `now_us` unless it is further already; the time at which the request is decided.
    pub(crate) fn advance(&self, now_us: u64) -> u64 {
        let now_us = now_us.min(self.horizon_us);
        let seen_us = self.now_us.load(Ordering::Acquire);
        // Read first: most requests find the microsecond that another one has set, and a load does not take the line
        // away from other threads.
        if seen_us >= now_us {
            return seen_us;
        }
        self.now_us.fetch_max(now_us, Ordering::AcqRel).max(now_us)
    }

    /// The highest time so far: not before that of anything whose effect this thread has seen.
    pub(crate) fn now_us(&self) -> u64 {
        self.now_us.load(Ordering::Acquire)
    }
}
