//! The API keys that a gate knows; see `harness/core/keyring.ts`.
use crate::error::GateError;
use crate::text_form;
use crate::verifier::KeyedHmac;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

#[derive(Clone)]
pub(crate) struct KeyHolder {
    pub(crate) key_id: Arc<str>,
    /// The state of the hash after the key was taken in: cloned for each message, so that the key costs nothing.
    pub(crate) hmac: KeyedHmac,
    pub(crate) account: Arc<str>,
}

#[derive(Default)]
pub(crate) struct Keyring {
    holders: HashMap<Arc<str>, KeyHolder>,
}

/// Says how many keys there are; secrets are shown nowhere.
impl fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Keyring({} keys)", self.holders.len())
    }
}

impl Keyring {
    pub(crate) fn add(&mut self, key_id: &[u8], secret: &[u8], account: &[u8]) -> Result<(), GateError> {
        let key_id = text_form::id(key_id).ok_or(GateError::Key("the key id has a wrong form"))?;
        if secret.is_empty() {
            return Err(GateError::Key("the secret is empty"));
        }
        let account = match account {
            [] => "",
            _ => text_form::id(account).ok_or(GateError::Key("the account has a wrong form"))?,
        };
        let key_id: Arc<str> = Arc::from(key_id);
        let holder = KeyHolder {
            key_id: Arc::clone(&key_id),
            hmac: KeyedHmac::new(secret),
            account: Arc::from(account),
        };
        self.holders.insert(key_id, holder);
        Ok(())
    }

    pub(crate) fn remove(&mut self, key_id: &[u8]) -> bool {
        text_form::id(key_id).is_some_and(|key_id| self.holders.remove(key_id).is_some())
    }

    pub(crate) fn find(&self, key_id: &str) -> Option<&KeyHolder> {
        self.holders.get(key_id)
    }
}
