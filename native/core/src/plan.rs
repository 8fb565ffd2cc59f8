//! What a gate asks of a request class, worked out when it is made.
use crate::counted_by::CountedBy;
use crate::extent::Size;
use crate::limit_table::LimitTable;
use crate::spec::{AgeCost, GateSpec, LimitPart};

/// A limit that matches a class, and its cost for it.
#[derive(Debug, Clone)]
pub(crate) struct Match {
    pub(crate) index: usize,
    pub(crate) is_shadow: bool,
    /// Of one element of something that costs the most.
    pub(crate) cost: u64,
    element_cost: u64,
    age_costs: Vec<AgeCost>,
}

impl Match {
    fn new(index: usize, spec: &GateSpec, class_id: usize) -> Self {
        let limit = &spec.limits[index];
        let mut one = Self {
            index,
            is_shadow: limit.is_shadow,
            cost: 0,
            element_cost: limit.costs[class_id],
            age_costs: limit.age_costs[class_id].clone(),
        };
        one.cost = one.cost_of_parts(Size::default());
        one
    }

    /// Below 2^48: 65,535 elements of 2^31 cells and what the age adds.
    #[inline]
    pub(crate) fn cost_of(&self, size: Size) -> u64 {
        if size == Size::default() {
            self.cost
        } else {
            self.cost_of_parts(size)
        }
    }

    fn cost_of_parts(&self, size: Size) -> u64 {
        let young = self.age_costs.iter().find(|age| size.age_us < age.under_us);
        self.element_cost * size.elements + young.map_or(0, |age| age.cells)
    }
}

/// Which texts the limits of a class read, and whether its requests are signed; the others may as well be ''.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "six questions, each answered on its own")]
pub struct Needs {
    pub ip: bool,
    pub account: bool,
    pub key: bool,
    pub signature: bool,
    /// Of the ip: whether a limit counts by its first bits.
    pub(crate) address: bool,
    /// Of the account: whether a limit counts by what stands before its slash.
    pub(crate) master: bool,
}

impl Needs {
    #[cfg(test)]
    pub(crate) const ALL_TEXTS: Self = Self {
        address: true,
        ..Self::TEXTS_WITHOUT_ADDRESS
    };
    const TEXTS_WITHOUT_ADDRESS: Self = Self {
        ip: true,
        account: true,
        key: true,
        signature: false,
        address: false,
        master: true,
    };

    /// What is kept of an interned caller.
    pub(crate) fn of_interned(tables: &[LimitTable]) -> Self {
        Self {
            address: tables.iter().any(|table| table.by.has_prefix()),
            ..Self::TEXTS_WITHOUT_ADDRESS
        }
    }

    /// What `decide` reads: a signed request has the account of its key, and its key id is read in any case.
    #[must_use]
    pub fn of_whole_request(self) -> Self {
        Self {
            account: self.account && !self.signature,
            master: self.master && !self.signature,
            key: self.key || self.signature,
            ..self
        }
    }
}

/// The limits before the verifier (by ip), whether it is asked, and the limits after it.
#[derive(Debug)]
pub(crate) struct ClassPlan {
    pub(crate) needs: Needs,
    /// Those before the verifier come first.
    pub(crate) matches: Vec<Match>,
    pub(crate) front_count: usize,
    pub(crate) has_shadow: bool,
    /// Whether a limit counts denied requests too, enforced or not.
    pub(crate) counts_denied: bool,
}

impl ClassPlan {
    /// `counted_by` is of each limit.
    pub(crate) fn new(spec: &GateSpec, counted_by: &[CountedBy], class_id: usize) -> Self {
        let is_signed = spec.auth.as_ref().is_some_and(|auth| auth.signed[class_id]);
        let matches_of = |is_front: bool| {
            let limits = spec.limits.iter().zip(counted_by).enumerate();
            limits
                .filter(move |(_, (limit, by))| by.is_front() == is_front && limit.costs[class_id] > 0)
                .filter(move |(_, (_, by))| is_signed || !by.has(LimitPart::Key))
                .map(move |(index, _)| Match::new(index, spec, class_id))
        };
        let mut matches: Vec<Match> = matches_of(true).collect();
        let front_count = matches.len();
        matches.extend(matches_of(false));
        let any = |is_it: &dyn Fn(&CountedBy) -> bool| matches.iter().any(|limit| is_it(&counted_by[limit.index]));
        let has_master = any(&|by| by.has(LimitPart::Master));
        Self {
            needs: Needs {
                ip: any(&|by| by.has(LimitPart::Ip)),
                account: has_master || any(&|by| by.has(LimitPart::Account)),
                key: any(&|by| by.has(LimitPart::Key)),
                signature: is_signed,
                address: any(&CountedBy::has_prefix),
                master: has_master,
            },
            has_shadow: matches.iter().any(|limit| limit.is_shadow),
            counts_denied: matches
                .iter()
                .any(|limit| spec.limits[limit.index].numbers.counts_denied()),
            matches,
            front_count,
        }
    }
}
