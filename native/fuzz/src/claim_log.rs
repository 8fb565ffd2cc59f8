//! What a verifier may have accepted: nothing forged, nothing stale, nothing twice.
use crate::packed_record::PackedRecord;
use crate::policy::KEYS;
use crate::signer::{is_spelled_right, sign};
use floodproof_core::{GateSpec, whole_us};
use std::collections::HashMap;

type Claim = (Vec<u8>, Vec<u8>);

#[derive(Debug)]
pub(crate) struct ClaimLog {
    /// Key and signature, and the last instant at which it is fresh. None when the policy remembers none.
    live: Option<HashMap<Claim, u64>>,
}

impl ClaimLog {
    pub(crate) fn new(spec: &GateSpec) -> Self {
        let remembers = spec.auth.as_ref().is_some_and(|auth| auth.replay_capacity.is_some());
        Self {
            live: remembers.then(HashMap::new),
        }
    }

    /// # Panics
    /// When the request ought to have been refused.
    pub(crate) fn admit(&mut self, spec: &GateSpec, record: &PackedRecord, now_us: u64) {
        let auth = spec.auth.as_ref();
        let Some(auth) = auth.filter(|auth| auth.signed[usize::from(record.class_id)]) else {
            return;
        };
        let key = KEYS.iter().find(|key| key.key_id.as_bytes() == record.key_id);
        let key = key.unwrap_or_else(|| panic!("nobody has this key: {record:?}"));
        let signature = sign(spec, key, &record.message);
        assert!(
            is_spelled_right(spec, &record.signature, &signature),
            "forged: {record:?}"
        );

        let times = (whole_us(record.timestamp_us), whole_us(record.window_us));
        let (Some(timestamp_us), Some(window_us)) = times else {
            panic!("no times: {record:?}");
        };
        let fresh_us = if window_us == 0 {
            auth.window_us_max
        } else {
            window_us.min(auth.window_us_max)
        };
        let last_fresh_us = timestamp_us + fresh_us;
        assert!(timestamp_us < now_us + auth.future_us, "from the future: {record:?}");
        assert!(now_us <= last_fresh_us, "stale: {record:?}");

        if let Some(live) = &mut self.live {
            live.retain(|_, last_fresh_us| *last_fresh_us >= now_us);
            let before = live.insert((record.key_id.clone(), signature), last_fresh_us);
            assert_eq!(before, None, "replayed: {record:?}");
            let of_key = live.keys().filter(|(key_id, _)| *key_id == record.key_id).count();
            let capacity = auth.replay_capacity.unwrap_or(u64::MAX);
            assert!(
                live.len() as u64 <= capacity && of_key as u64 <= auth.replay_per_key,
                "more claims than there is room for: {live:?}"
            );
        }
    }
}
