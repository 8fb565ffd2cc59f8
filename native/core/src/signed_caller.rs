//! Requests that are signed and decided in one call: a caller whose key the gate knows wants something, and what would be
//! made by its sender is made here. For harnesses that play both sides.
use crate::error::GateError;
use crate::extent::Extent;
use crate::gate::Gate;
use crate::offer::{MadeRequest, Offer};
use crate::spec::Decision;
use crate::time::whole_us;

/// A request that its caller's key is still to sign; the times are of the signed text.
#[derive(Debug, Clone, Copy)]
pub struct Unsigned<'a> {
    pub timestamp_us: f64,
    pub window_us: f64,
    pub message: &'a [u8],
}

impl Gate {
    /// The first half of `decide_signed`, as `prepare` is of `decide`.
    pub fn prepare_caller(&mut self, class_id: f64, caller: u32) {
        let Ok(class_id) = self.class_index(class_id) else {
            return;
        };
        let state = &*self.state;
        let plan = &state.plans[class_id];
        if let Some(keys) = self.callers.get(caller, plan.needs.of_whole_request()) {
            if let Some(key) = keys.key {
                self.keyring.expect(key);
            }
            state.expect(plan, class_id, &keys);
        }
    }

    /// `sign` and then `decide` for an interned caller, whose key signs the message of `made`.
    ///
    /// # Errors
    /// `GateError::Time`, `GateError::Class`, `GateError::Caller`; `GateError::Key` when its key is not known.
    pub fn decide_signed(
        &mut self,
        now_us: f64,
        class_id: f64,
        caller: u32,
        extent: Extent,
        unsigned: &Unsigned<'_>,
    ) -> Result<Decision, GateError> {
        let now_us = whole_us(now_us).ok_or(GateError::Time)?;
        let class_id = self.class_index(class_id)?;
        let size = extent.size()?;
        let needs = self.state.plans[class_id].needs;
        if !needs.signature {
            return self.decide_caller(now_us, class_id, caller, size);
        }
        let keys = self.callers.get(caller, needs.of_whole_request());
        let keys = keys.ok_or(GateError::Caller(caller))?;
        self.keyring.catch_up();
        let holder = keys.key.and_then(|hash| self.keyring.holders.find_hash(hash).known());
        let holder = holder.ok_or(GateError::Key("no key of this id is known to the gate"))?;
        let made = MadeRequest {
            timestamp_us: whole_us(unsigned.timestamp_us),
            window_us: whole_us(unsigned.window_us),
            message: unsigned.message,
            mac: holder.hmac.mac(unsigned.message),
        };
        Ok(self.decide_checked(now_us, class_id, keys, size, Some(Offer::Made(&made))))
    }
}
