//! One request on its way through the limits of its class.
use crate::bucket_table::Sharing;
use crate::caller::CallerKeys;
use crate::look::Look;
use crate::plan::{ClassPlan, Match};
use crate::spec::Decision;
use crate::state::State;
use std::ops::Range;
use std::sync::atomic::Ordering;

/// What the limits of the class said, in their order, and which of them is named in the answer.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    pub(crate) list: Vec<Look>,
    pub(crate) named: Option<usize>,
}

/// Looks at everything first and charges afterwards, so that nothing has to be given back, unless another thread takes
/// cells in between.
pub(crate) struct Attempt<'a> {
    pub(crate) state: &'a State,
    pub(crate) plan: &'a ClassPlan,
    pub(crate) keys: CallerKeys,
    pub(crate) now_us: u64,
    pub(crate) sharing: Sharing,
    pub(crate) looks: &'a mut Looks,
}

impl Attempt<'_> {
    /// Asks the limits before the verifier; a decision when one says no.
    pub(crate) fn look_front(&mut self) -> Option<Decision> {
        self.looks.list.clear();
        self.looks.named = None;
        if self.plan.front_count > 0 && self.keys.ip.is_none() {
            return Some(Decision::Malformed);
        }
        self.look(0..self.plan.front_count)
    }

    /// Asks the limits after the verifier.
    pub(crate) fn look_back(&mut self) -> Option<Decision> {
        let needs = self.plan.needs;
        if (needs.account && self.keys.account.is_none()) || (needs.key && self.keys.key.is_none()) {
            return Some(self.refuse(Decision::Malformed));
        }
        self.look(self.plan.front_count..self.plan.matches.len())
    }

    /// A refusal by the verifier keeps the charge of the limits before it, or forged signatures would be free.
    pub(crate) fn refuse(&mut self, refusal: Decision) -> Decision {
        self.charge(self.plan.front_count, false).unwrap_or(refusal)
    }

    /// Charges all limits; the denial when another thread was faster, and then nothing is charged.
    pub(crate) fn admit(&mut self) -> Decision {
        if let Some(denial) = self.charge(self.plan.matches.len(), true) {
            return denial;
        }
        self.name_fewest();
        Decision::Admitted
    }

    /// When one says no, nothing but its strike is kept.
    fn look(&mut self, positions: Range<usize>) -> Option<Decision> {
        let mut named: Option<(usize, Decision, u64)> = None;
        let first = positions.start;
        for (offset, &Match { index, cost }) in self.plan.matches[positions].iter().enumerate() {
            let table = &self.state.tables[index];
            let key = self.keys.of(table.by, self.state.global);
            let look = table.look(key, cost, self.now_us, &self.state.clock);
            let (decision, retry_at_us) = (look.decision, look.retry_at_us);
            self.looks.list.push(look);
            let is_named = match (decision, named) {
                (Decision::Admitted, _) | (_, Some((_, Decision::Never, _))) => false,
                (_, None) | (Decision::Never, _) => true,
                (_, Some((_, _, latest_us))) => retry_at_us > latest_us,
            };
            if is_named {
                named = Some((first + offset, decision, retry_at_us));
            }
        }
        named.map(|(position, ..)| self.deny(position))
    }

    fn deny(&mut self, position: usize) -> Decision {
        let table = &self.state.tables[self.plan.matches[position].index];
        let key = self.keys.of(table.by, self.state.global);
        let look = &mut self.looks.list[position];
        table.strike(key, look, &self.state.clock);
        self.looks.named = Some(position);
        look.decision
    }

    /// Charges the first `count` limits; when another thread was faster at one of them nothing stays charged, and its
    /// denial is the decision.
    fn charge(&mut self, count: usize, is_admitted: bool) -> Option<Decision> {
        let state = self.state;
        let matches = self.plan.matches.iter().zip(&mut self.looks.list).take(count);
        for (position, (limit, look)) in matches.enumerate() {
            let table = &state.tables[limit.index];
            let key = self.keys.of(table.by, state.global);
            if !table.charge(key, look, &state.clock, self.sharing, is_admitted) {
                return Some(self.give_way(position));
            }
        }
        None
    }

    #[cold]
    fn give_way(&mut self, position: usize) -> Decision {
        let state = self.state;
        for (limit, look) in self.plan.matches.iter().zip(&self.looks.list).take(position) {
            let table = &state.tables[limit.index];
            table.give_back(self.keys.of(table.by, state.global), look, &state.clock);
        }
        state.overtaken.fetch_add(1, Ordering::Relaxed);
        state.given_back.fetch_add(position as u64, Ordering::Relaxed);
        self.deny(position)
    }

    /// Names the limit with the fewest cells left, the first of equals.
    fn name_fewest(&mut self) {
        let looks = &self.looks.list;
        self.looks.named = match looks.len() {
            0 => None,
            1 => Some(0),
            count => (0..count).min_by_key(|position| {
                let index = self.plan.matches[*position].index;
                (self.state.tables[index].remaining(&looks[*position]), index)
            }),
        };
    }
}
