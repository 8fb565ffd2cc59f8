//! How long a key is banned that was throttled too often; see `BanSpec` in `harness/core/spec.ts`.
use crate::spec::BanSpec;

#[derive(Debug)]
pub(crate) struct Ban {
    after_throttles: u32,
    /// At least one; none shorter than the one before.
    steps_us: Vec<u64>,
    forget_us: u64,
}

/// What a limit holds against a key. Fresh is all zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, zerocopy::FromZeros)]
#[repr(C)]
pub(crate) struct Record {
    /// Throttles since the last admission.
    pub(crate) strikes: u32,
    /// Bans one after the other, no more than there are steps.
    pub(crate) level: u32,
    /// 0: never banned. A ban ends at this very microsecond.
    pub(crate) banned_until_us: u64,
}

impl Ban {
    pub(crate) fn new(spec: &BanSpec) -> Self {
        Self {
            after_throttles: u32::try_from(spec.after_throttles).unwrap_or(u32::MAX),
            steps_us: spec.steps_us.clone(),
            forget_us: spec.forget_us,
        }
    }

    /// Counts a throttle; the end of the ban that it brings. A fresh counter can throttle too, when a budget is smaller
    /// than the cost: its throttle is always the first, since its slot may be lost at any time.
    pub(crate) fn strike(&self, record: &mut Record, is_fresh: bool, now_us: u64) -> Option<u64> {
        record.strikes = if is_fresh { 1 } else { record.strikes + 1 };
        if record.strikes < self.after_throttles {
            return None;
        }
        if self.is_forgotten(*record, now_us) {
            record.level = 0;
        }
        let last = self.steps_us.len() - 1;
        let step_us = self.steps_us[last.min(record.level as usize)];
        *record = Record {
            strikes: 0,
            level: self.level(record.level + 1),
            banned_until_us: now_us + step_us,
        };
        Some(record.banned_until_us)
    }

    /// From when on nothing is held against the key but strikes, which a fresh counter forgets too.
    pub(crate) fn forgotten_at_us(&self, record: Record) -> u64 {
        if record.level > 0 && self.steps_us.len() > 1 {
            record.banned_until_us + self.forget_us
        } else {
            record.banned_until_us
        }
    }

    /// A record that other steps made: what they have forgotten by now stays so, and no more bans are held against the
    /// key than there are steps here.
    pub(crate) fn carried(&self, old: &Self, record: Record, now_us: u64) -> Record {
        if old.is_forgotten(record, now_us) {
            return Record {
                strikes: record.strikes,
                ..Record::default()
            };
        }
        Record {
            level: self.level(record.level),
            ..record
        }
    }

    fn level(&self, bans: u32) -> u32 {
        bans.min(u32::try_from(self.steps_us.len()).unwrap_or(u32::MAX))
    }

    fn is_forgotten(&self, record: Record, now_us: u64) -> bool {
        self.forgotten_at_us(record) <= now_us
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ban(after_throttles: u64, steps_us: &[u64], forget_us: u64) -> Ban {
        Ban::new(&BanSpec {
            after_throttles,
            steps_us: steps_us.to_vec(),
            forget_us,
        })
    }

    #[test]
    fn bans_longer_each_time_and_the_last_step_again_and_again() {
        let ban = ban(2, &[10, 20, 40], 1_000);
        let mut record = Record::default();
        let mut now_us = 5;
        for step_us in [10, 20, 40, 40] {
            assert_eq!(ban.strike(&mut record, false, now_us), None);
            assert_eq!(ban.strike(&mut record, false, now_us), Some(now_us + step_us));
            assert_eq!((record.strikes, record.banned_until_us), (0, now_us + step_us));
            assert_eq!(ban.forgotten_at_us(record), now_us + step_us + 1_000);
            now_us += step_us + 999;
        }
    }

    #[test]
    fn starts_again_at_the_first_step_when_the_time_to_forget_has_passed() {
        for (waited_us, expected_us) in [(99, 20), (100, 10)] {
            let ban = ban(1, &[10, 20], 100);
            let mut record = Record::default();
            assert_eq!(ban.strike(&mut record, false, 0), Some(10));
            let now_us = 10 + waited_us;
            assert_eq!(ban.strike(&mut record, false, now_us), Some(now_us + expected_us));
        }
    }

    #[test]
    fn one_step_is_forgotten_with_its_ban() {
        let ban = ban(1, &[10], 0);
        let mut record = Record::default();
        assert_eq!(ban.forgotten_at_us(record), 0);
        ban.strike(&mut record, false, 3);
        assert_eq!(ban.forgotten_at_us(record), 13);
    }

    #[test]
    fn a_throttle_by_a_fresh_counter_is_always_the_first() {
        let ban = ban(2, &[10], 0);
        let mut record = Record::default();
        assert_eq!(ban.strike(&mut record, true, 0), None);
        assert_eq!(ban.strike(&mut record, true, 0), None);
        assert_eq!(ban.strike(&mut record, false, 0), Some(10));
    }

    #[test]
    fn other_steps_go_on_from_what_is_not_forgotten() {
        let old = ban(1, &[10, 20, 40], 100);
        let record = Record {
            strikes: 7,
            level: 3,
            banned_until_us: 50,
        };
        let forgotten = Record {
            level: 0,
            banned_until_us: 0,
            ..record
        };
        for (steps_us, now_us, expected) in [
            (&[1, 2][..], 149, Record { level: 2, ..record }),
            (&[1, 2, 3, 4], 149, record),
            (&[1], 49, Record { level: 1, ..record }),
            (&[1, 2], 150, forgotten),
        ] {
            assert_eq!(
                ban(1, steps_us, 9).carried(&old, record, now_us),
                expected,
                "{steps_us:?} at {now_us}"
            );
        }
    }
}
