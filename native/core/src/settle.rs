//! What comes after a decision: a request that ends, cells that are earned.
use crate::caller::{Caller, CallerKeys};
use crate::error::GateError;
use crate::extent::Extent;
use crate::gate::Gate;
use crate::plan::Needs;
use crate::spec::CELLS_MAX;
use crate::time::whole_us;

impl Gate {
    /// Ends a request that was admitted: the cells that it held are free again.
    ///
    /// # Errors
    /// `GateError::Time`, `GateError::Class`, `GateError::Elements`
    pub fn release(&mut self, now_us: f64, class_id: f64, caller: Caller<'_>, elements: f64) -> Result<(), GateError> {
        let now_us = whole_us(now_us).ok_or(GateError::Time)?;
        let class_id = self.class_index(class_id)?;
        let size = Extent { elements, age_us: 0.0 }.size()?;
        let state = &*self.state;
        state.clock.advance(now_us);
        let plan = &state.plans[class_id];
        let keys = CallerKeys::new(state.hashing.secret, caller, plan.needs);
        for limit in &plan.matches {
            let table = &state.tables[limit.index];
            if !table.is_held {
                continue;
            }
            if let Some(key) = table.by.key(&keys, class_id, state.hashing) {
                table.release(key, limit.cost_of(size));
            }
        }
        Ok(())
    }

    /// Gives cells to a counter of the limit with this index; whether it took them.
    ///
    /// # Errors
    /// `GateError::Time`, `GateError::Class`, and `GateError::Credit` when there is no such limit, it takes no credit, or
    /// `cells` is not 1 to 2^31 - 1.
    pub fn credit(
        &mut self,
        now_us: f64,
        limit: f64,
        class_id: f64,
        caller: Caller<'_>,
        cells: f64,
    ) -> Result<bool, GateError> {
        let now_us = whole_us(now_us).ok_or(GateError::Time)?;
        let class_id = self.class_index(class_id)?;
        let state = &*self.state;
        let index = whole_us(limit).and_then(|index| usize::try_from(index).ok());
        let table = index.and_then(|index| state.tables.get(index));
        let table = table.ok_or_else(|| {
            fault(format!(
                "there is no limit {limit}, only {} of them",
                state.tables.len()
            ))
        })?;
        if !table.takes_credit {
            return Err(fault(format!("limit {limit} takes no credit")));
        }
        let cells = whole_us(cells).filter(|cells| (1..=CELLS_MAX).contains(cells));
        let cells = cells.ok_or_else(|| fault(format!("cells must be a whole number from 1 to {CELLS_MAX}")))?;
        state.clock.advance(now_us);
        let keys = CallerKeys::new(state.hashing.secret, caller, Needs::of_interned(&state.tables));
        let key = table.by.key(&keys, class_id, state.hashing);
        Ok(key.is_some_and(|key| table.credit(key, cells, &state.clock)))
    }
}

fn fault(message: String) -> GateError {
    GateError::Credit(message)
}
