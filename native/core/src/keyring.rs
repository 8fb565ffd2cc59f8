//! The API keys that a gate knows; see `harness/core/keyring.ts`. The operator's table: callers can not make it grow.
//!
//! Several threads may use one gate. What changes is written to one log; each thread keeps a table of its own, reads the
//! number of the last change before a decision, and takes in what is new. A decision without news takes no lock and
//! shares no memory that is written to.
use crate::caller::master_hash;
use crate::error::GateError;
use crate::hash_index::ENTRIES_MAX;
use crate::hmac_key::HmacKey;
use crate::key_hash::{HashSecret, KeyHash, key_hash};
use crate::key_holders::{Found, HashOfHash, KeyHolder, KeyHolders};
use crate::spec::HashKind;
use crate::text_form;
use std::collections::HashMap;
use std::fmt;
use std::hash::BuildHasherDefault;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What an index of keys has room for.
const KEYS_MAX: usize = ENTRIES_MAX;

/// A log this much longer than twice the keys is cut down to them.
const LOG_SLACK: usize = 32;

/// The keys of a gate, for all its threads.
pub(crate) struct SharedKeyring {
    hash: HashKind,
    secret: HashSecret,
    /// Number of the last change, stored while `log` is locked.
    version: AtomicU64,
    log: Mutex<Log>,
}

/// Shows no secret.
impl fmt::Debug for SharedKeyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SharedKeyring({} keys)", self.log().live.count())
    }
}

impl SharedKeyring {
    pub(crate) fn new(hash: HashKind, secret: HashSecret) -> Self {
        Self {
            hash,
            secret,
            version: AtomicU64::new(0),
            log: Mutex::new(Log::new(hash)),
        }
    }

    /// Adds the key, or gives it another secret and account.
    ///
    /// # Errors
    /// `GateError::Key` when a text has a wrong form, the secret is empty, or 2^32 - 1 ids were added before.
    pub(crate) fn add(&self, key_id: &[u8], secret: &[u8], account: &[u8]) -> Result<(), GateError> {
        let key_id = text_form::id(key_id).ok_or(GateError::Key("the key id has a wrong form"))?;
        if secret.is_empty() {
            return Err(GateError::Key("the secret is empty"));
        }
        if !account.is_empty() && !text_form::is_id(account) {
            return Err(GateError::Key("the account has a wrong form"));
        }
        let hmac = HmacKey::new(self.hash, secret);
        let hash = self.hash_of(key_id);
        let mut log = self.log();
        if log.live.count() >= KEYS_MAX {
            return Err(GateError::Key("the gate holds as many keys as it can"));
        }
        let number = log.number(hash)?;
        let holder = KeyHolder {
            key_id: Arc::from(key_id),
            key_hash: hash,
            account: (!account.is_empty()).then(|| key_hash(self.secret, account)),
            master: master_hash(self.secret, account),
            hmac,
            number,
        };
        log.push(Change::Add(Arc::new(holder)));
        self.version.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// Whether the key was there.
    pub(crate) fn remove(&self, key_id: &[u8]) -> bool {
        let Some(key_id) = text_form::id(key_id) else {
            return false;
        };
        let key_hash = self.hash_of(key_id);
        let mut log = self.log();
        let Some(holder) = log.live.find(key_hash, key_id.as_bytes()).known() else {
            return false;
        };
        let removal = Change::Remove(key_hash, Arc::clone(&holder.key_id));
        let number = holder.number;
        log.retired.insert(key_hash, number);
        log.push(removal);
        self.version.fetch_add(1, Ordering::Release);
        true
    }

    fn hash_of(&self, text: &str) -> KeyHash {
        key_hash(self.secret, text.as_bytes())
    }

    /// A thread that panicked with the lock has left a log that is whole: each change is one push.
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone)]
enum Change {
    Add(Arc<KeyHolder>),
    /// By id: a holder here would keep a removed secret in memory.
    Remove(KeyHash, Arc<str>),
}

impl Change {
    fn apply(&self, holders: &mut KeyHolders) {
        match self {
            Self::Add(holder) => holders.insert(holder),
            Self::Remove(key_hash, key_id) => holders.remove(*key_hash, key_id),
        }
    }
}

struct Log {
    /// Goes up when the log is cut down to the keys that are there.
    generation: u64,
    changes: Vec<Change>,
    live: KeyHolders,
    /// Numbers of ids that were removed, since their claims live on: some 20 bytes for each id that was ever there, kept
    /// for the life of the gate.
    retired: HashMap<KeyHash, u32, BuildHasherDefault<HashOfHash>>,
    numbers: u32,
}

impl Log {
    fn new(hash: HashKind) -> Self {
        Self {
            generation: 0,
            changes: Vec::new(),
            live: KeyHolders::new(hash),
            retired: HashMap::default(),
            numbers: 0,
        }
    }

    /// The number that the id has, or the next one. Ids of one hash share it, and with it their part of the replay
    /// memory.
    fn number(&mut self, key_hash: KeyHash) -> Result<u32, GateError> {
        let live = self.live.number(key_hash);
        if let Some(number) = live.or_else(|| self.retired.get(&key_hash).copied()) {
            return Ok(number);
        }
        let number = self.numbers;
        self.numbers = number
            .checked_add(1)
            .ok_or(GateError::Key("the gate has no number left for another key id"))?;
        Ok(number)
    }

    fn push(&mut self, change: Change) {
        change.apply(&mut self.live);
        self.changes.push(change);
        if self.changes.len() > 2 * self.live.count() + LOG_SLACK {
            self.generation += 1;
            self.changes = self
                .live
                .iter()
                .map(|holder| Change::Add(Arc::new(holder.clone())))
                .collect();
        }
    }
}

/// The keys as one thread sees them.
pub(crate) struct Keyring {
    shared: Arc<SharedKeyring>,
    version: u64,
    generation: u64,
    /// How many changes of the log's generation are taken in.
    applied: usize,
    pub(crate) holders: KeyHolders,
}

/// Says how many keys there are; secrets are shown nowhere.
impl fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Keyring({} keys)", self.holders.count())
    }
}

impl Keyring {
    pub(crate) fn new(shared: Arc<SharedKeyring>) -> Self {
        Self {
            holders: KeyHolders::new(shared.hash),
            shared,
            version: 0,
            generation: 0,
            applied: 0,
        }
    }

    /// Takes in what other threads have changed. To be called before the keys of a decision are looked up.
    #[inline]
    pub(crate) fn catch_up(&mut self) {
        if self.shared.version.load(Ordering::Acquire) != self.version {
            self.take_in();
        }
    }

    #[cold]
    fn take_in(&mut self) {
        let log = self.shared.log();
        if log.generation != self.generation {
            self.holders = KeyHolders::new(self.shared.hash);
            self.generation = log.generation;
            self.applied = 0;
        }
        for change in &log.changes[self.applied..] {
            change.apply(&mut self.holders);
        }
        self.applied = log.changes.len();
        self.version = self.shared.version.load(Ordering::Relaxed);
    }

    /// Asks for the memory of the key, which `find` will read.
    #[inline]
    pub(crate) fn expect(&self, key_hash: KeyHash) {
        self.holders.expect(key_hash);
    }

    /// The key of this id, whose hash is at hand already.
    #[inline]
    pub(crate) fn find(&self, key_hash: KeyHash, key_id: &[u8]) -> Found<'_> {
        self.holders.find(key_hash, key_id)
    }
}

#[cfg(test)]
impl Keyring {
    pub(crate) fn shared(&self) -> &Arc<SharedKeyring> {
        &self.shared
    }

    pub(crate) fn find_text(&self, key_id: &[u8]) -> Found<'_> {
        self.find(key_hash(self.shared.secret, key_id), key_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: HashSecret = HashSecret { k0: 1, k1: 2 };

    fn shared() -> Arc<SharedKeyring> {
        Arc::new(SharedKeyring::new(HashKind::Sha256, SECRET))
    }

    #[test]
    fn a_holder_carries_what_the_decision_needs() {
        let mut keyring = Keyring::new(shared());
        keyring.shared().add(b"k", b"secret", b"owner").unwrap();
        keyring.catch_up();
        let holder = keyring.find_text(b"k").known().unwrap();
        assert_eq!((&*holder.key_id, holder.number), ("k", 0));
        assert_eq!(holder.key_hash, key_hash(SECRET, b"k"));
        assert_eq!(holder.account, Some(key_hash(SECRET, b"owner")));
        let expected = HmacKey::new(HashKind::Sha256, b"secret").mac(b"m");
        assert_eq!(holder.hmac.mac(b"m"), expected);
        assert!(keyring.find_text(b"K").known().is_none());
        assert_eq!(keyring.version, 1, "nothing is left to take in");
    }

    #[test]
    fn refuses_wrong_forms_and_says_which() {
        let shared = shared();
        for (key_id, secret, account, message) in [
            ("", "s", "a", "the key id has a wrong form"),
            ("a b", "s", "a", "the key id has a wrong form"),
            ("k", "", "a", "the secret is empty"),
            ("k", "s", "\u{e9}", "the account has a wrong form"),
        ] {
            let error = shared.add(key_id.as_bytes(), secret.as_bytes(), account.as_bytes());
            assert_eq!(error, Err(GateError::Key(message)));
        }
        assert!(shared.add(&[b'k'; 257], b"s", b"").is_err());
        assert!(!shared.remove(b"k") && !shared.remove(b""));
        assert_eq!(shared.version.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn an_id_that_is_too_long_is_not_the_one_that_it_begins_with() {
        let mut keyring = Keyring::new(shared());
        keyring.shared().add(&[b'k'; 256], b"secret", b"").unwrap();
        keyring.catch_up();
        assert!(keyring.find_text(&[b'k'; 256]).known().is_some());
        assert!(keyring.find_text(&[b'k'; 257]).known().is_none());
        assert!(keyring.find_text(&vec![b'k'; 60_000]).known().is_none());
        assert!(keyring.find_text(b"").known().is_none());
    }

    #[test]
    fn a_number_stays_with_its_id_over_removal_and_a_new_secret() {
        let mut keyring = Keyring::new(shared());
        let mut number = |change: &dyn Fn(&SharedKeyring), key_id: &str| {
            change(&keyring.shared);
            keyring.catch_up();
            keyring.find_text(key_id.as_bytes()).known().map(|holder| holder.number)
        };
        assert_eq!(number(&|shared| shared.add(b"a", b"1", b"").unwrap(), "a"), Some(0));
        assert_eq!(number(&|shared| shared.add(b"b", b"1", b"").unwrap(), "b"), Some(1));
        assert_eq!(number(&|shared| shared.add(b"a", b"2", b"").unwrap(), "a"), Some(0));
        assert_eq!(number(&|shared| assert!(shared.remove(b"a")), "a"), None);
        assert_eq!(number(&|shared| shared.add(b"c", b"1", b"").unwrap(), "c"), Some(2));
        assert_eq!(number(&|shared| shared.add(b"a", b"3", b"").unwrap(), "a"), Some(0));
        assert_eq!(number(&|shared| assert!(shared.remove(b"a")), "b"), Some(1));
    }

    #[test]
    fn the_log_stays_within_twice_the_keys_and_a_late_thread_is_not_lost() {
        let shared = shared();
        let mut late = Keyring::new(Arc::clone(&shared));
        let mut later = Keyring::new(Arc::clone(&shared));
        for round in 0..1000_u32 {
            let key_id = format!("k{}", round % 7);
            shared.add(key_id.as_bytes(), &round.to_le_bytes(), b"").unwrap();
            if round % 3 == 0 {
                shared.remove(key_id.as_bytes());
            }
            if round == 500 {
                late.catch_up();
            }
            let log = shared.log();
            assert!(log.changes.len() <= 2 * log.live.count() + LOG_SLACK);
        }
        assert!(shared.log().generation > 1);
        for keyring in [&mut late, &mut later] {
            keyring.catch_up();
            assert_eq!(keyring.holders.count(), shared.log().live.count());
            for round in 993..1000_u32 {
                let holder = keyring.find_text(format!("k{}", round % 7).as_bytes()).known();
                let expected = HmacKey::new(HashKind::Sha256, &round.to_le_bytes()).mac(b"m");
                let mac = holder.map(|holder| holder.hmac.mac(b"m"));
                assert_eq!(mac, (round % 3 != 0).then_some(expected), "{round}");
            }
        }
    }

    #[test]
    fn shows_no_secret() {
        let mut keyring = Keyring::new(shared());
        keyring.shared().add(b"k", b"hunter2", b"owner").unwrap();
        keyring.catch_up();
        let shown = format!(
            "{:?} {:?} {:?}",
            keyring,
            keyring.shared(),
            keyring.find_text(b"k").known()
        );
        assert_eq!(
            shown,
            "Keyring(1 keys) SharedKeyring(1 keys) Some(KeyHolder(k, HmacKey(sha256)))"
        );
    }

    proptest! {
        #[test]
        fn every_thread_sees_the_keys_as_one_table_would_hold_them(
            changes in prop::collection::vec((0_u8..6, any::<bool>(), 0_usize..6), 0..200),
        ) {
            let shared = shared();
            let mut keyrings = [0, 1, 2].map(|_| Keyring::new(Arc::clone(&shared)));
            let mut model: HashMap<String, usize> = HashMap::new();
            for (index, (id, is_added, reader)) in changes.into_iter().enumerate() {
                let key_id = format!("k{id}");
                if is_added {
                    shared.add(key_id.as_bytes(), b"s", index.to_string().as_bytes()).unwrap();
                    model.insert(key_id, index);
                } else {
                    prop_assert_eq!(shared.remove(key_id.as_bytes()), model.remove(&key_id).is_some());
                }
                if let Some(keyring) = keyrings.get_mut(reader) {
                    keyring.catch_up();
                    for id in 0..6 {
                        let key_id = format!("k{id}");
                        let account = keyring.find_text(key_id.as_bytes()).known().map(|holder| holder.account);
                        let expected = model.get(&key_id).map(|index| Some(key_hash(SECRET, index.to_string().as_bytes())));
                        prop_assert_eq!(account, expected);
                    }
                }
            }
        }
    }
}
