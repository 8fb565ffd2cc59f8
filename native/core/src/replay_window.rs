//! Signatures that were used and are still fresh; see `harness/core/replay-window.ts`.
use crate::spec::Decision;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Claim {
    pub(crate) key_id: Arc<str>,
    pub(crate) mac: [u8; 32],
}

#[derive(Debug)]
pub(crate) struct ReplayWindow {
    capacity: usize,
    claims: HashSet<Claim>,
    /// Last fresh instant, number of arrival (so that equals need not be compared further), claim.
    queue: BinaryHeap<Reverse<(u64, u64, Claim)>>,
    arrivals: u64,
}

impl ReplayWindow {
    pub(crate) fn new(capacity: u64) -> Self {
        let capacity = usize::try_from(capacity).unwrap_or(usize::MAX);
        Self {
            capacity,
            claims: HashSet::new(),
            queue: BinaryHeap::new(),
            arrivals: 0,
        }
    }

    /// Whether the signature can be claimed now.
    pub(crate) fn look(&mut self, claim: &Claim, now_us: u64) -> Decision {
        while self
            .queue
            .peek()
            .is_some_and(|Reverse((last_fresh_us, ..))| *last_fresh_us < now_us)
        {
            if let Some(Reverse((_, _, expired))) = self.queue.pop() {
                self.claims.remove(&expired);
            }
        }
        if self.claims.contains(claim) {
            Decision::Replayed
        } else if self.claims.len() < self.capacity {
            Decision::Admitted
        } else {
            Decision::ReplayFull
        }
    }

    /// Claims what `look` admitted, up to and including the last instant at which the signature is accepted.
    pub(crate) fn claim(&mut self, claim: Claim, last_fresh_us: u64) {
        self.claims.insert(claim.clone());
        self.queue.push(Reverse((last_fresh_us, self.arrivals, claim)));
        self.arrivals += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_kept_to_the_last_fresh_microsecond_and_frees_its_place_after_it() {
        let claim = |byte| Claim {
            key_id: Arc::from("k"),
            mac: [byte; 32],
        };
        let mut window = ReplayWindow::new(1);
        window.claim(claim(1), 100);
        assert_eq!(window.look(&claim(1), 100), Decision::Replayed);
        assert_eq!(window.look(&claim(2), 100), Decision::ReplayFull);
        assert_eq!(window.look(&claim(2), 101), Decision::Admitted);
    }
}
