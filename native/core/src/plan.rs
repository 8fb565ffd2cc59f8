//! What a gate asks of a request class, worked out when it is made.
use crate::spec::{GateSpec, LimitBy};

/// A limit that matches a class: its index, and its cost for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Match {
    pub(crate) index: usize,
    pub(crate) cost: u64,
}

/// Which texts the limits of a class read, and whether its requests are signed; the others may as well be ''.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four questions, each answered on its own")]
pub struct Needs {
    pub ip: bool,
    pub account: bool,
    pub key: bool,
    pub signature: bool,
}

impl Needs {
    pub(crate) const ALL_TEXTS: Self = Self {
        ip: true,
        account: true,
        key: true,
        signature: false,
    };

    /// What `decide` reads: a signed request has the account of its key, and its key id is read in any case.
    #[must_use]
    pub fn of_whole_request(self) -> Self {
        Self {
            account: self.account && !self.signature,
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
}

impl ClassPlan {
    pub(crate) fn new(spec: &GateSpec, class_id: usize) -> Self {
        let is_signed = spec.auth.as_ref().is_some_and(|auth| auth.signed[class_id]);
        let matches_of = |is_front: bool| {
            let limits = spec.limits.iter().enumerate();
            limits
                .filter(move |(_, limit)| (limit.by == LimitBy::Ip) == is_front && limit.costs[class_id] > 0)
                .filter(move |(_, limit)| is_signed || limit.by != LimitBy::Key)
                .map(move |(index, limit)| Match {
                    index,
                    cost: limit.costs[class_id],
                })
        };
        let mut matches: Vec<Match> = matches_of(true).collect();
        let front_count = matches.len();
        matches.extend(matches_of(false));
        let needs = |by| matches.iter().any(|limit| spec.limits[limit.index].by == by);
        Self {
            needs: Needs {
                ip: front_count > 0,
                account: needs(LimitBy::Account),
                key: needs(LimitBy::Key),
                signature: is_signed,
            },
            matches,
            front_count,
        }
    }
}
