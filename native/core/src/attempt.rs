//! One request on its way through the limits of its class.
//!
//! Shadow limits are asked beside the others and charged after them, so that nothing of theirs can change a decision.
use crate::bucket_table::Sharing;
use crate::caller::CallerKeys;
use crate::extent::Size;
use crate::key_hash::KeyHash;
use crate::look::{Asked, Look};
use crate::plan::{ClassPlan, Match};
use crate::spec::{Answer, Decision};
use crate::state::State;
use std::ops::Range;
use std::sync::atomic::Ordering;

/// What the limits of the class said, in their order, and what of it is answered.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    /// Those of this request are the first `count`; the others are room.
    list: Vec<Asked>,
    count: usize,
    /// Position of the limit that is named.
    named: Option<usize>,
    retry_at_us: u64,
    delay_us: u64,
    /// Index of the first shadow limit that would have denied the request.
    shadow: Option<usize>,
}

impl Looks {
    /// Nothing was asked.
    pub(crate) fn clear(&mut self) {
        self.count = 0;
        (self.named, self.shadow) = (None, None);
        (self.retry_at_us, self.delay_us) = (0, 0);
    }

    /// Where the next limit is asked.
    #[inline]
    fn next(&mut self, limit: &Match, key: KeyHash, cost: u64, now_us: u64) -> &mut Asked {
        let position = self.count;
        self.count += 1;
        if position == self.list.len() {
            self.list.push(Asked {
                index: 0,
                is_shadow: false,
                key,
                look: Look::unasked(0, 0),
            });
        }
        let asked = &mut self.list[position];
        (asked.index, asked.is_shadow, asked.key) = (limit.index, limit.is_shadow, key);
        (asked.look.cost, asked.look.now_us) = (cost, now_us);
        asked
    }

    #[inline]
    fn asked(&mut self) -> &mut [Asked] {
        &mut self.list[..self.count]
    }

    pub(crate) fn answer(&self, state: &State) -> Answer {
        let answer = self.named.map_or_else(Answer::default, |position| {
            let asked = &self.list[position];
            state.tables[asked.index].answer(asked)
        });
        Answer {
            retry_at_us: self.retry_at_us,
            delay_us: self.delay_us,
            shadow: self.shadow,
            ..answer
        }
    }
}

/// Looks at everything first and charges afterwards, so that nothing has to be given back, unless another thread takes
/// cells in between.
pub(crate) struct Attempt<'a> {
    pub(crate) state: &'a State,
    pub(crate) plan: &'a ClassPlan,
    pub(crate) class_id: usize,
    pub(crate) keys: CallerKeys,
    pub(crate) size: Size,
    pub(crate) now_us: u64,
    pub(crate) sharing: Sharing,
    pub(crate) looks: &'a mut Looks,
}

impl Attempt<'_> {
    /// Asks the limits before the verifier; a decision when one says no.
    pub(crate) fn look_front(&mut self) -> Option<Decision> {
        self.looks.clear();
        match self.ask(0..self.plan.front_count) {
            Ok(denial) => denial,
            Err(malformed) => Some(malformed),
        }
    }

    /// Asks the limits after the verifier.
    pub(crate) fn look_back(&mut self) -> Option<Decision> {
        match self.ask(self.plan.front_count..self.plan.matches.len()) {
            Ok(denial) => denial,
            Err(malformed) => Some(self.refuse(malformed)),
        }
    }

    /// A refusal by the verifier keeps the charge of the limits before it, or forged signatures would be free.
    pub(crate) fn refuse(&mut self, refusal: Decision) -> Decision {
        if let Some(denial) = self.charge(false) {
            return denial;
        }
        if self.plan.has_shadow {
            self.charge_shadows(false);
        }
        refusal
    }

    /// Charges all limits; the denial when another thread was faster, and then nothing is charged.
    pub(crate) fn admit(&mut self) -> Decision {
        if let Some(denial) = self.charge(true) {
            return denial;
        }
        self.name_fewest();
        if self.plan.has_shadow {
            self.charge_shadows(true);
        }
        Decision::Admitted
    }

    /// Most classes have limits on one side of the verifier alone.
    #[inline]
    fn ask(&mut self, positions: Range<usize>) -> Result<Option<Decision>, Decision> {
        if positions.is_empty() {
            return Ok(None);
        }
        self.look(positions)
    }

    /// When an enforced limit says no, nothing but its strike is kept, and the request where denied ones count. An error
    /// when one of them can not tell whom to count it for: then nobody was asked.
    fn look(&mut self, positions: Range<usize>) -> Result<Option<Decision>, Decision> {
        let first = self.looks.count;
        let mut named: Option<(usize, Decision, u64)> = None;
        for limit in &self.plan.matches[positions] {
            let table = &self.state.tables[limit.index];
            let Some(key) = table.by.key(&self.keys, self.class_id, self.state.hashing) else {
                if limit.is_shadow {
                    continue;
                }
                self.looks.count = first;
                return Err(Decision::Malformed);
            };
            let position = self.looks.count;
            let asked = self.looks.next(limit, key, limit.cost_of(self.size), self.now_us);
            table.look(asked, &self.state.clock);
            let (decision, retry_at_us) = (asked.look.decision, asked.look.retry_at_us);
            let is_named = match (decision, named) {
                _ if limit.is_shadow => false,
                (Decision::Admitted, _) | (_, Some((_, Decision::Never, _))) => false,
                (_, None) | (Decision::Never, _) => true,
                (_, Some((_, _, latest_us))) => retry_at_us > latest_us,
            };
            if is_named {
                named = Some((position, decision, retry_at_us));
            }
        }
        if self.plan.has_shadow {
            for position in first..self.looks.count {
                let asked = &self.looks.list[position];
                if asked.is_shadow && asked.look.decision != Decision::Admitted {
                    self.note_shadow(position);
                }
            }
        }
        Ok(named.map(|(position, ..)| self.deny(position)))
    }

    /// A shadow limit says no: it strikes and counts by itself.
    fn note_shadow(&mut self, position: usize) {
        let state = self.state;
        let asked = &mut self.looks.list[position];
        let table = &state.tables[asked.index];
        table.strike(asked, &state.clock);
        table.count_denied(asked, &state.clock);
        let first = self.looks.shadow.unwrap_or(asked.index);
        self.looks.shadow = Some(first.min(asked.index));
    }

    fn deny(&mut self, position: usize) -> Decision {
        let state = self.state;
        let named = &mut self.looks.list[position];
        state.tables[named.index].strike(named, &state.clock);
        let decision = named.look.decision;
        self.looks.named = Some(position);
        if self.plan.counts_denied {
            self.count_denied();
        }
        if decision != Decision::Never {
            let enforced = self.looks.asked().iter().filter(|asked| !asked.is_shadow);
            self.looks.retry_at_us = enforced.map(|asked| asked.look.retry_at_us).max().unwrap_or(0);
        }
        decision
    }

    fn count_denied(&mut self) {
        let state = self.state;
        for asked in self.looks.asked() {
            // A shadow limit that said no has counted the request.
            if !asked.is_shadow || asked.look.decision == Decision::Admitted {
                state.tables[asked.index].count_denied(asked, &state.clock);
            }
        }
    }

    /// Charges the enforced limits that were asked; when another thread was faster at one of them nothing stays charged,
    /// and its denial is the decision.
    fn charge(&mut self, is_admitted: bool) -> Option<Decision> {
        let state = self.state;
        for position in 0..self.looks.count {
            let asked = &mut self.looks.list[position];
            let table = &state.tables[asked.index];
            if asked.is_shadow || !table.is_charged(is_admitted) {
                continue;
            }
            if !table.charge(asked, &state.clock, self.sharing, is_admitted) {
                return Some(self.give_way(position, is_admitted));
            }
        }
        None
    }

    #[cold]
    fn give_way(&mut self, position: usize, is_admitted: bool) -> Decision {
        let state = self.state;
        let mut given_back = 0;
        for asked in &mut self.looks.list[..position] {
            let table = &state.tables[asked.index];
            if !asked.is_shadow && table.is_charged(is_admitted) {
                table.give_back(asked, &state.clock);
                given_back += 1;
            }
        }
        state.overtaken.fetch_add(1, Ordering::Relaxed);
        state.given_back.fetch_add(given_back, Ordering::Relaxed);
        self.deny(position)
    }

    /// Charges the shadow limits that said yes. One at which another thread was faster says no now.
    fn charge_shadows(&mut self, is_admitted: bool) {
        let state = self.state;
        for position in 0..self.looks.count {
            let asked = &mut self.looks.list[position];
            let table = &state.tables[asked.index];
            if !asked.is_shadow || asked.look.decision != Decision::Admitted || !table.is_charged(is_admitted) {
                continue;
            }
            if !table.charge(asked, &state.clock, self.sharing, is_admitted) {
                self.note_shadow(position);
            }
        }
    }

    /// Names the enforced limit with the fewest cells left, the first of equals, and the longest wait.
    fn name_fewest(&mut self) {
        let tables = &self.state.tables;
        let looks = &mut *self.looks;
        if let [only] = &looks.list[..looks.count]
            && !only.is_shadow
        {
            looks.named = Some(0);
            looks.delay_us = tables[only.index].delay_us(&only.look);
            return;
        }
        let enforced = looks.list[..looks.count]
            .iter()
            .enumerate()
            .filter(|(_, asked)| !asked.is_shadow);
        let fewest = enforced
            .clone()
            .min_by_key(|(_, asked)| (tables[asked.index].remaining(&asked.look), asked.index));
        looks.named = fewest.map(|(position, _)| position);
        let delays = enforced.map(|(_, asked)| tables[asked.index].delay_us(&asked.look));
        looks.delay_us = delays.max().unwrap_or(0);
    }
}
