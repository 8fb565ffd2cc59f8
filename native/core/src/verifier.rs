//! Checks form, key and signature, freshness and replay; see `harness/core/verifier.ts`.
use crate::error::GateError;
use crate::hmac_key::Mac;
use crate::key_hash::HashSecret;
use crate::key_holders::{Found, KeyHolder};
use crate::replay_window::{Claim, ReplayWindow};
use crate::signature;
use crate::spec::{AuthSpec, Decision, HashKind, SignatureEncoding};
use crate::text_form;
use std::fmt;
use std::sync::{Mutex, MutexGuard};

/// The fields as they came; bytes need not be of any form, and `None` is a time that is not whole microseconds.
#[derive(Debug, Clone, Copy)]
pub struct SignedRequest<'a> {
    pub key_id: &'a [u8],
    pub timestamp_us: Option<u64>,
    pub window_us: Option<u64>,
    pub message: &'a [u8],
    pub signature: &'a [u8],
}

/// A request that was found valid, with the claim that is to be made once every limit has agreed.
#[derive(Debug)]
pub(crate) struct Valid<'k> {
    pub(crate) holder: &'k KeyHolder,
    /// None where nothing is remembered.
    claim: Option<Claim>,
    /// The last instant at which the signature is accepted.
    last_fresh_us: u64,
}

/// Serves any number of threads. Only the replay memory is changed, behind a lock.
pub(crate) struct Verifier {
    window_us_max: u64,
    future_us: u64,
    secret: HashSecret,
    hash: HashKind,
    encoding: SignatureEncoding,
    replay: Option<Mutex<ReplayWindow>>,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Verifier({:?}, {:?})", self.hash, self.encoding)
    }
}

impl Verifier {
    /// # Errors
    /// `GateError::Gate` when there is no memory for the replay window.
    pub(crate) fn new(auth: &AuthSpec, secret: HashSecret) -> Result<Self, GateError> {
        let longest_life_us = auth.window_us_max + auth.future_us;
        let replay = auth
            .replay_capacity
            .map(|capacity| ReplayWindow::new(capacity, auth.replay_per_key, longest_life_us))
            .transpose()?;
        Ok(Self {
            window_us_max: auth.window_us_max,
            future_us: auth.future_us,
            secret,
            hash: auth.hash,
            encoding: auth.encoding,
            replay: replay.map(Mutex::new),
        })
    }

    /// Whether the request is valid and its signature unused; changes nothing.
    ///
    /// `found` is what the keyring has found for `request.key_id`.
    pub(crate) fn look<'k>(
        &self,
        found: Found<'k>,
        request: &SignedRequest<'_>,
        now_us: u64,
    ) -> Result<Valid<'k>, Decision> {
        let (Some(timestamp_us), Some(window_us)) = (request.timestamp_us, request.window_us) else {
            return Err(Decision::Malformed);
        };
        let (holder, mac) = self.check_signature(found, request)?;
        let fresh_us = if window_us == 0 {
            self.window_us_max
        } else {
            window_us.min(self.window_us_max)
        };
        if timestamp_us >= now_us + self.future_us {
            return Err(Decision::FromFuture);
        }
        if now_us.saturating_sub(timestamp_us) > fresh_us {
            return Err(Decision::Stale);
        }
        let mut valid = Valid {
            holder,
            claim: None,
            last_fresh_us: timestamp_us + fresh_us,
        };
        if let Some(replay) = &self.replay {
            let claim = Claim::new(self.secret, holder.number, mac.head());
            match locked(replay).look(claim, now_us) {
                Decision::Admitted => valid.claim = Some(claim),
                refusal => return Err(refusal),
            }
        }
        Ok(valid)
    }

    /// Looks at the replay memory again and claims, in one step: of two threads that found one signature unused, one is
    /// told `Replayed`.
    pub(crate) fn claim(&self, valid: &Valid<'_>, now_us: u64) -> Decision {
        match (&self.replay, valid.claim) {
            (Some(replay), Some(claim)) => locked(replay).claim(claim, valid.last_fresh_us, now_us),
            _ => Decision::Admitted,
        }
    }

    /// Gives back what `claim` has claimed.
    pub(crate) fn release(&self, valid: &Valid<'_>) {
        if let (Some(replay), Some(claim)) = (&self.replay, valid.claim) {
            locked(replay).release(claim);
        }
    }

    fn check_signature<'k>(
        &self,
        found: Found<'k>,
        request: &SignedRequest<'_>,
    ) -> Result<(&'k KeyHolder, Mac), Decision> {
        if !text_form::is_id(request.key_id) {
            return Err(Decision::Malformed);
        }
        let refusal = if found.is_known {
            Decision::BadSignature
        } else {
            Decision::UnknownKey
        };
        let signature = signature::decode(self.encoding, request.signature, self.hash.mac_bytes()).ok_or(refusal)?;
        let mac = found.holder.hmac.mac(request.message);
        if signature::is_equal(&mac, &signature) && found.is_known {
            Ok((found.holder, mac))
        } else {
            Err(refusal)
        }
    }
}

/// A thread that panicked with the lock may have left a window that is not whole, by which nothing can be admitted:
/// whoever comes after it panics too.
fn locked(replay: &Mutex<ReplayWindow>) -> MutexGuard<'_, ReplayWindow> {
    replay
        .lock()
        .expect("no thread panics while it holds the replay window")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hmac_key::HmacKey;
    use crate::keyring::{Keyring, SharedKeyring};
    use std::sync::Arc;

    const SECRET: HashSecret = HashSecret { k0: 5, k1: 6 };
    const NOW_US: u64 = 1_000_000;
    const KINDS: [HashKind; 3] = [HashKind::Sha256, HashKind::Sha384, HashKind::Sha512];

    fn auth(hash: HashKind, encoding: SignatureEncoding) -> AuthSpec {
        AuthSpec {
            signed: vec![true],
            hash,
            encoding,
            window_us_max: 100,
            future_us: 10,
            replay_capacity: Some(4),
            replay_per_key: 2,
        }
    }

    fn hex_verifier() -> Verifier {
        Verifier::new(&auth(HashKind::Sha256, SignatureEncoding::Hex), SECRET).unwrap()
    }

    /// A keyring with the keys k and j, both of the secret s.
    fn keyring(hash: HashKind) -> Keyring {
        let mut keyring = Keyring::new(Arc::new(SharedKeyring::new(hash, SECRET)));
        for key_id in [b"k", b"j"] {
            keyring.shared().add(key_id, b"s", b"owner").unwrap();
        }
        keyring.catch_up();
        keyring
    }

    fn request<'a>(key_id: &'a [u8], message: &'a [u8], signature: &'a str) -> SignedRequest<'a> {
        SignedRequest {
            key_id,
            timestamp_us: Some(NOW_US),
            window_us: Some(0),
            message,
            signature: signature.as_bytes(),
        }
    }

    fn signed(hash: HashKind, encoding: SignatureEncoding, message: &[u8]) -> String {
        signature::encode(encoding, &HmacKey::new(hash, b"s").mac(message))
    }

    fn signed_hex(message: &[u8]) -> String {
        signed(HashKind::Sha256, SignatureEncoding::Hex, message)
    }

    #[test]
    fn accepts_the_gates_hash_in_its_encoding_and_no_other() {
        let encodings = [SignatureEncoding::Hex, SignatureEncoding::Base64];
        let ways = KINDS
            .into_iter()
            .flat_map(|hash| encodings.map(|encoding| (hash, encoding)));
        for (hash, encoding) in ways.clone() {
            let verifier = Verifier::new(&auth(hash, encoding), SECRET).unwrap();
            let keyring = keyring(hash);
            for way in ways.clone() {
                let signature = signed(way.0, way.1, b"m");
                let found = verifier.look(keyring.find(b"k"), &request(b"k", b"m", &signature), NOW_US);
                let expected = if way == (hash, encoding) {
                    None
                } else {
                    Some(Decision::BadSignature)
                };
                assert_eq!(found.err(), expected, "{way:?} at {hash:?} in {encoding:?}");
            }
        }
    }

    #[test]
    fn says_first_what_is_wrong_first() {
        let (verifier, keyring) = (hex_verifier(), keyring(HashKind::Sha256));
        let (right, wrong) = (signed_hex(b"m"), "0".repeat(64));
        let upper = right.to_uppercase();
        let right_request = request(b"k", b"m", &right);
        for (because, request, expected) in [
            (
                "no time",
                SignedRequest {
                    timestamp_us: None,
                    ..right_request
                },
                Some(Decision::Malformed),
            ),
            (
                "no window",
                SignedRequest {
                    window_us: None,
                    ..right_request
                },
                Some(Decision::Malformed),
            ),
            (
                "id of a wrong form",
                request(b"k ", b"m", &wrong),
                Some(Decision::Malformed),
            ),
            ("no id", request(b"", b"m", "short"), Some(Decision::Malformed)),
            (
                "unknown, right for another",
                request(b"x", b"m", &right),
                Some(Decision::UnknownKey),
            ),
            (
                "unknown, no signature",
                request(b"x", b"m", "short"),
                Some(Decision::UnknownKey),
            ),
            (
                "known, no signature",
                request(b"k", b"m", "short"),
                Some(Decision::BadSignature),
            ),
            (
                "wrong signature",
                request(b"k", b"m", &wrong),
                Some(Decision::BadSignature),
            ),
            (
                "another message",
                request(b"k", b"n", &right),
                Some(Decision::BadSignature),
            ),
            (
                "wrong signature and stale",
                SignedRequest {
                    timestamp_us: Some(0),
                    ..request(b"k", b"m", &wrong)
                },
                Some(Decision::BadSignature),
            ),
            ("right", right_request, None),
            ("right in upper case", request(b"k", b"m", &upper), None),
        ] {
            let found = verifier.look(keyring.find(request.key_id), &request, NOW_US);
            assert_eq!(found.err(), expected, "{because}");
        }
    }

    #[test]
    fn is_fresh_from_the_last_microsecond_before_the_future_to_the_last_of_the_window() {
        let (verifier, keyring) = (hex_verifier(), keyring(HashKind::Sha256));
        let signature = signed_hex(b"m");
        for (timestamp_us, window_us, expected) in [
            (NOW_US + 10, 0, Some(Decision::FromFuture)),
            (NOW_US + 9, 0, None),
            (NOW_US - 100, 0, None),
            (NOW_US - 101, 0, Some(Decision::Stale)),
            (NOW_US - 100, 1000, None),
            (NOW_US - 101, 1000, Some(Decision::Stale)),
            (NOW_US - 7, 7, None),
            (NOW_US - 8, 7, Some(Decision::Stale)),
        ] {
            let request = SignedRequest {
                timestamp_us: Some(timestamp_us),
                window_us: Some(window_us),
                ..request(b"k", b"m", &signature)
            };
            let found = verifier.look(keyring.find(b"k"), &request, NOW_US);
            assert_eq!(found.err(), expected, "{timestamp_us} within {window_us}");
        }
    }

    #[test]
    fn a_signature_is_claimed_once_until_it_is_stale_and_by_its_own_key() {
        let (verifier, keyring) = (hex_verifier(), keyring(HashKind::Sha256));
        let signature = signed_hex(b"m");
        let (of_k, of_j) = (request(b"k", b"m", &signature), request(b"j", b"m", &signature));
        let look = |request: &SignedRequest<'_>, now_us| verifier.look(keyring.find(request.key_id), request, now_us);

        let first = look(&of_k, NOW_US).unwrap();
        let second = look(&of_k, NOW_US).unwrap();
        assert_eq!(verifier.claim(&first, NOW_US), Decision::Admitted);
        assert_eq!(
            verifier.claim(&second, NOW_US),
            Decision::Replayed,
            "both were found unused"
        );
        assert_eq!(look(&of_k, NOW_US + 100).err(), Some(Decision::Replayed));
        let upper = signature.to_uppercase();
        assert_eq!(
            look(&request(b"k", b"m", &upper), NOW_US).err(),
            Some(Decision::Replayed)
        );
        assert_eq!(look(&of_j, NOW_US).err(), None, "another key with the same secret");
        assert_eq!(look(&of_k, NOW_US + 101).err(), Some(Decision::Stale));

        verifier.release(&first);
        assert_eq!(look(&of_k, NOW_US + 100).err(), None);
        assert_eq!(
            verifier.claim(&first, NOW_US + 102),
            Decision::Stale,
            "the time has come to another thread"
        );
    }

    #[test]
    fn a_key_that_is_removed_leaves_its_claims() {
        let (verifier, mut keyring) = (hex_verifier(), keyring(HashKind::Sha256));
        let signature = signed_hex(b"m");
        let request = request(b"k", b"m", &signature);
        let valid = verifier.look(keyring.find(b"k"), &request, NOW_US).unwrap();
        assert_eq!(verifier.claim(&valid, NOW_US), Decision::Admitted);
        assert!(keyring.shared().remove(b"k"));
        keyring.catch_up();
        assert_eq!(
            verifier.look(keyring.find(b"k"), &request, NOW_US).err(),
            Some(Decision::UnknownKey)
        );
        keyring.shared().add(b"k", b"s", b"").unwrap();
        keyring.catch_up();
        assert_eq!(
            verifier.look(keyring.find(b"k"), &request, NOW_US).err(),
            Some(Decision::Replayed)
        );
    }

    #[test]
    fn without_a_replay_memory_a_signature_may_be_used_again() {
        let auth = AuthSpec {
            replay_capacity: None,
            ..auth(HashKind::Sha256, SignatureEncoding::Hex)
        };
        let (verifier, keyring) = (Verifier::new(&auth, SECRET).unwrap(), keyring(HashKind::Sha256));
        let signature = signed_hex(b"m");
        for _ in 0..10 {
            let valid = verifier
                .look(keyring.find(b"k"), &request(b"k", b"m", &signature), NOW_US)
                .unwrap();
            assert_eq!(verifier.claim(&valid, NOW_US), Decision::Admitted);
        }
    }
}
