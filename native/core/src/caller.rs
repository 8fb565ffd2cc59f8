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

impl CallerKeys {
    /// Hashes what is needed and leaves the rest.
    pub(crate) fn new(secret: HashSecret, caller: Caller<'_>, needs: Needs) -> Self {
        let id = |is_needed: bool, bytes| {
            let text = if is_needed { text_form::id(bytes) } else { None };
            text.map(|text| key_hash(secret, text.as_bytes()))
        };
        let ip = if needs.ip { text_form::ip(caller.ip) } else { None };
        Self {
            ip: ip.map(|text| key_hash(secret, text.as_bytes())),
            account: id(needs.account, caller.account),
            key: id(needs.key, caller.key_id),
        }
    }

    /// The key of a limit, whose form was checked before; all requests are one to a global limit.
    pub(crate) fn of(&self, by: LimitBy, global: KeyHash) -> KeyHash {
        let key = match by {
            LimitBy::Ip => self.ip,
            LimitBy::Account => self.account,
            LimitBy::Key => self.key,
            LimitBy::Global => None,
        };
        key.unwrap_or(global)
    }
}
