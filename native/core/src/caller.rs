//! What limits count by: as it came, and as the tables know it.
use crate::ip_prefix::address;
use crate::key_hash::{HashSecret, KeyHash, key_hash};
use crate::key_holders::KeyHolder;
use crate::plan::Needs;
use crate::spec::LimitPart;
use crate::text_form;
use core::net::IpAddr;

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
    /// For limits that count addresses by their first bits.
    pub(crate) address: Option<IpAddr>,
    pub(crate) master: Option<KeyHash>,
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
        let is_account = (needs.account || needs.master) && text_form::is_id(caller.account);
        Self {
            ip: hash(needs.ip && text_form::is_ip(caller.ip), caller.ip),
            address: if needs.address { address(caller.ip) } else { None },
            master: if needs.master && is_account {
                master_hash(secret, caller.account)
            } else {
                None
            },
            account: hash(needs.account && is_account, caller.account),
            key: hash(needs.key && text_form::is_id(caller.key_id), caller.key_id),
        }
    }

    /// What is known of a key stands in for what the request says of its account.
    pub(crate) fn owned_by(self, holder: &KeyHolder) -> Self {
        Self {
            account: holder.account,
            master: holder.master,
            ..self
        }
    }
}

/// The hash of an account up to its first slash; none when nothing stands before it.
pub(crate) fn master_hash(secret: HashSecret, account: &[u8]) -> Option<KeyHash> {
    let master = account.split(|byte| *byte == b'/').next().unwrap_or_default();
    (!master.is_empty()).then(|| key_hash(secret, master))
}

/// Callers that are known by a number. One list for each text, since a request seldom needs more than one of them, and
/// what is read for one request should lie close together.
#[derive(Debug, Default)]
pub(crate) struct Callers {
    ips: Vec<Option<KeyHash>>,
    /// Empty where no limit counts by a prefix.
    addresses: Vec<Option<IpAddr>>,
    masters: Vec<Option<KeyHash>>,
    accounts: Vec<Option<KeyHash>>,
    keys: Vec<Option<KeyHash>>,
}

impl Callers {
    pub(crate) fn count(&self) -> usize {
        self.ips.len()
    }

    /// `needs` says whether addresses are kept; the same in each call.
    pub(crate) fn push(&mut self, caller: CallerKeys, needs: Needs) {
        self.ips.push(caller.ip);
        self.masters.push(caller.master);
        self.accounts.push(caller.account);
        self.keys.push(caller.key);
        if needs.address {
            self.addresses.push(caller.address);
        }
    }

    /// Puts a caller in the place of another; false when nobody has this number.
    pub(crate) fn replace(&mut self, number: u32, caller: CallerKeys, needs: Needs) -> bool {
        let index = number as usize;
        if index >= self.count() {
            return false;
        }
        self.ips[index] = caller.ip;
        self.masters[index] = caller.master;
        self.accounts[index] = caller.account;
        self.keys[index] = caller.key;
        if needs.address {
            self.addresses[index] = caller.address;
        }
        true
    }

    /// Those of the caller's keys that are needed; none when nobody has this number.
    pub(crate) fn get(&self, caller: u32, needs: Needs) -> Option<CallerKeys> {
        let index = caller as usize;
        let read = |is_needed: bool, list: &[Option<KeyHash>]| if is_needed { list[index] } else { None };
        (index < self.count()).then(|| CallerKeys {
            ip: read(needs.ip, &self.ips),
            address: if needs.address { self.addresses[index] } else { None },
            master: read(needs.master, &self.masters),
            account: read(needs.account, &self.accounts),
            key: read(needs.key, &self.keys),
        })
    }

    /// The hashes of a text; none of the class, which is no text.
    pub(crate) fn list(&self, part: LimitPart) -> Option<&[Option<KeyHash>]> {
        match part {
            LimitPart::Ip => Some(&self.ips),
            LimitPart::Master => Some(&self.masters),
            LimitPart::Account => Some(&self.accounts),
            LimitPart::Key => Some(&self.keys),
            LimitPart::Class => None,
        }
    }
}
