//! Other limits in the place of a gate's; see `Gate.change` in `harness/core/spec.ts`.
use crate::caller::Callers;
use crate::counted_by::CountedBy;
use crate::error::GateError;
use crate::gate::Gate;
use crate::spec::{AuthSpec, GateSpec, LimitNumbers, LimitSpec, WindowAnchor};
use crate::state::Limits;
use crate::time::whole_us;
use std::mem::discriminant;
use std::sync::Arc;

impl Gate {
    /// Puts other limits in the place of this gate's; those that go on keep their counters.
    ///
    /// # Errors
    /// `GateError::Time`; `GateError::Gate` when the spec is out of range, changes what a gate can not change, or threads
    /// share the gate. Then nothing has changed.
    pub fn change(&mut self, now_us: f64, spec: &GateSpec) -> Result<(), GateError> {
        let now_us = whole_us(now_us).ok_or(GateError::Time)?;
        spec.check()?;
        let fault = |message: &str| GateError::Gate(message.to_owned());
        let state =
            Arc::get_mut(&mut self.state).ok_or_else(|| fault("threads share this gate, so it can not be changed"))?;
        let old = &state.spec;
        if old.classes != spec.classes
            || !is_same_auth(old.auth.as_ref(), spec.auth.as_ref())
            || old.origin_us != spec.origin_us
        {
            return Err(fault("a gate that runs can not change its classes, auth or originUs"));
        }
        let mut limits = Limits::new(spec)?;
        let now_us = state.clock.advance(now_us);
        for (limit, table) in spec.limits.iter().zip(&mut limits.tables) {
            let mut before = old.limits.iter().zip(&mut state.tables);
            if let Some((_, old)) = before.find(|(before, _)| is_continued(before, limit)) {
                table.carry(old, now_us);
            }
        }
        (state.plans, state.tables) = (limits.plans, limits.tables);
        state.spec = spec.clone();
        self.callers = Callers::default();
        self.looks.clear();
        Ok(())
    }
}

/// Whether the limit goes on with the counters of the one that it takes the place of.
fn is_continued(before: &LimitSpec, after: &LimitSpec) -> bool {
    before.name == after.name
        && before.is_shadow == after.is_shadow
        && before.max_keys == after.max_keys
        && before.ban.is_some() == after.ban.is_some()
        && CountedBy::new(before) == CountedBy::new(after)
        && discriminant(&before.numbers) == discriminant(&after.numbers)
        && window(&before.numbers) == window(&after.numbers)
}

/// What must stay for the counters of a window to mean the same.
fn window(numbers: &LimitNumbers) -> Option<(u64, Option<WindowAnchor>)> {
    match *numbers {
        LimitNumbers::FixedWindow { window_us, anchor, .. } => Some((window_us, Some(anchor))),
        LimitNumbers::SlidingLog { window_us, .. } | LimitNumbers::SlidingCounter { window_us, .. } => {
            Some((window_us, None))
        }
        _ => None,
    }
}

/// A share of a memory that there is not is not looked at.
fn is_same_auth(before: Option<&AuthSpec>, after: Option<&AuthSpec>) -> bool {
    let looked_at = |auth: &AuthSpec| AuthSpec {
        replay_per_key: auth.replay_capacity.map_or(0, |_| auth.replay_per_key),
        ..auth.clone()
    };
    before.map(looked_at) == after.map(looked_at)
}
