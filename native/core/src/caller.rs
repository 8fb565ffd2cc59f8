//! What limits count by: as it came, and as the tables know it.
use crate::key_hash::{HashSecret, KeyHash, key_hash};
use crate::plan::Needs;
use crate::spec::LimitBy;
use crate::text_form;

/// Bytes that need not be of any form.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller<'a> {
    pub ip: &'a [u8],
    pub account: &'a [u8],
    pub key_id: &'a [u8],
}

/// The hashes of those texts that are of the right form.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CallerKeys {
    pub(crate) ip: Option<KeyHash>,
    pub(crate) account: Option<KeyHash>,
    pub(crate) key: Option<KeyHash>,
}

/// Who calls, and what is asked of the class of the request, worked out before the rest of the request is read.
#[derive(Debug, Clone, Copy)]
pub struct Prepared {
    /// None: there is no such class.
    pub(crate) class_id: Option<usize>,
    pub(crate) keys: CallerKeys,
}

impl CallerKeys {
    /// Hashes what is needed and leaves the rest.
    pub(crate) fn new(secret: HashSecret, caller: Caller<'_>, needs: Needs) -> Self {
        let hash = |is_right: bool, bytes| is_right.then(|| key_hash(secret, bytes));
        Self {
            ip: hash(needs.ip && text_form::is_ip(caller.ip), caller.ip),
            account: hash(needs.account && text_form::is_id(caller.account), caller.account),
            key: hash(needs.key && text_form::is_id(caller.key_id), caller.key_id),
        }
    }

    /// The key of a limit; all requests are one to a global limit. None: it is not known, or not of the right form.
    pub(crate) fn known(&self, by: LimitBy, global: KeyHash) -> Option<KeyHash> {
        match by {
            LimitBy::Ip => self.ip,
            LimitBy::Account => self.account,
            LimitBy::Key => self.key,
            LimitBy::Global => Some(global),
        }
    }

    /// The same where it was seen before that there is one.
    pub(crate) fn of(&self, by: LimitBy, global: KeyHash) -> KeyHash {
        self.known(by, global).unwrap_or(global)
    }
}

/// Callers that are known by a number. One list for each text, since a request seldom needs more than one of them, and
/// what is read for one request should lie close together.
#[derive(Debug, Default)]
pub(crate) struct Callers {
    ips: Vec<Option<KeyHash>>,
    accounts: Vec<Option<KeyHash>>,
    keys: Vec<Option<KeyHash>>,
}

impl Callers {
    pub(crate) fn count(&self) -> usize {
        self.ips.len()
    }

    pub(crate) fn push(&mut self, caller: CallerKeys) {
        self.ips.push(caller.ip);
        self.accounts.push(caller.account);
        self.keys.push(caller.key);
    }

    /// Those of the caller's keys that are needed; none when nobody has this number.
    pub(crate) fn get(&self, caller: u32, needs: Needs) -> Option<CallerKeys> {
        let index = caller as usize;
        let read = |is_needed: bool, list: &[Option<KeyHash>]| if is_needed { list[index] } else { None };
        (index < self.count()).then(|| CallerKeys {
            ip: read(needs.ip, &self.ips),
            account: read(needs.account, &self.accounts),
            key: read(needs.key, &self.keys),
        })
    }

    /// What a limit counts the callers by; none when it counts all as one.
    pub(crate) fn list(&self, by: LimitBy) -> Option<&[Option<KeyHash>]> {
        match by {
            LimitBy::Ip => Some(&self.ips),
            LimitBy::Account => Some(&self.accounts),
            LimitBy::Key => Some(&self.keys),
            LimitBy::Global => None,
        }
    }
}
