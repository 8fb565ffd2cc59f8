//! Checks form, key and signature, freshness and replay; see `harness/core/verifier.ts`.
use crate::error::GateError;
use crate::hmac_key::Mac;
use crate::key_hash::HashSecret;
use crate::key_holders::{Found, KeyHolder};
use crate::offer::Offer;
use crate::replay_window::{Claim, ReplayWindow};
use crate::signature;
use crate::spec::{AuthSpec, Decision, HashKind, SignatureEncoding, TextForm};
use std::fmt;
use std::hint::black_box;
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

/// A request that was found valid, with the claim that was made on its signature.
#[derive(Debug)]
pub(crate) struct Valid<'k> {
    holder: &'k KeyHolder,
    /// None where nothing is remembered.
    claim: Option<Claim>,
}

impl Valid<'_> {
    /// Whose key it is.
    pub(crate) fn holder(&self) -> &KeyHolder {
        self.holder
    }
}

/// Serves any number of threads. Only the replay memory is changed, behind a lock.
pub(crate) struct Verifier {
    window_us_max: u64,
    future_us: u64,
    secret: HashSecret,
    hash: HashKind,
    encoding: SignatureEncoding,
    text: TextForm,
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
            text: auth.text,
            replay: replay.map(Mutex::new),
        })
    }

    /// Whether the request is valid; its signature is claimed if so, once for all threads. Who then refuses the request
    /// gives the claim back.
    ///
    /// `found` is what the keyring has found for the request's key, whose id is of the right form.
    pub(crate) fn claim<'k>(&self, found: Found<'k>, offer: Offer<'_>, now_us: u64) -> Result<Valid<'k>, Decision> {
        let Some((timestamp_us, window_us)) = offer.times() else {
            return Err(Decision::Malformed);
        };
        let (holder, mac) = self.check_signature(found, offer)?;
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
        let mut valid = Valid { holder, claim: None };
        if let Some(replay) = &self.replay {
            let claim = Claim::new(self.secret, holder.number, mac.head());
            match locked(replay).claim(claim, timestamp_us + fresh_us, now_us) {
                Decision::Admitted => valid.claim = Some(claim),
                refusal => return Err(refusal),
            }
        }
        Ok(valid)
    }

    /// Gives back what `claim` has claimed.
    pub(crate) fn release(&self, valid: &Valid<'_>) {
        if let (Some(replay), Some(claim)) = (&self.replay, valid.claim) {
            locked(replay).release(claim);
        }
    }

    pub(crate) fn encoding(&self) -> SignatureEncoding {
        self.encoding
    }

    pub(crate) fn text(&self) -> TextForm {
        self.text
    }

    fn check_signature<'k>(&self, found: Found<'k>, offer: Offer<'_>) -> Result<(&'k KeyHolder, Mac), Decision> {
        let refusal = if found.is_known {
            Decision::BadSignature
        } else {
            Decision::UnknownKey
        };
        let (signature, message) = match offer {
            Offer::Text(request) => {
                let decoded = signature::decode(self.encoding, request.signature, self.hash.mac_bytes());
                (decoded.ok_or(refusal)?, request.message)
            }
            // The compiler must not see that it is the same message, or it would work out one MAC for both.
            Offer::Made(request) => (*request.mac.padded(), black_box(request.message)),
        };
        let mac = found.holder.hmac.mac(message);
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
            text: TextForm::Utf8,
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
                let found = refusal(&verifier, &keyring, &request(b"k", b"m", &signature), NOW_US);
                let expected = if way == (hash, encoding) {
                    None
                } else {
                    Some(Decision::BadSignature)
                };
                assert_eq!(found, expected, "{way:?} at {hash:?} in {encoding:?}");
            }
        }
    }

    /// What is wrong with the request; nothing is kept of it.
    fn refusal(verifier: &Verifier, keyring: &Keyring, request: &SignedRequest<'_>, now_us: u64) -> Option<Decision> {
        let claimed = verifier.claim(keyring.find_text(request.key_id), Offer::Text(request), now_us);
        claimed.map_or_else(Some, |valid| {
            verifier.release(&valid);
            None
        })
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
            assert_eq!(refusal(&verifier, &keyring, &request, NOW_US), expected, "{because}");
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
            let found = refusal(&verifier, &keyring, &request, NOW_US);
            assert_eq!(found, expected, "{timestamp_us} within {window_us}");
        }
    }

    #[test]
    fn a_signature_is_claimed_once_until_it_is_stale_and_by_its_own_key() {
        let (verifier, keyring) = (hex_verifier(), keyring(HashKind::Sha256));
        let signature = signed_hex(b"m");
        let (of_k, of_j) = (request(b"k", b"m", &signature), request(b"j", b"m", &signature));
        let refusal = |request: &SignedRequest<'_>, now_us| refusal(&verifier, &keyring, request, now_us);
        let claim = |now_us| verifier.claim(keyring.find_text(b"k"), Offer::Text(&of_k), now_us);

        let first = claim(NOW_US).unwrap();
        assert_eq!(claim(NOW_US).err(), Some(Decision::Replayed));
        assert_eq!(refusal(&of_k, NOW_US + 100), Some(Decision::Replayed));
        let upper = signature.to_uppercase();
        assert_eq!(refusal(&request(b"k", b"m", &upper), NOW_US), Some(Decision::Replayed));
        assert_eq!(refusal(&of_j, NOW_US), None, "another key with the same secret");
        assert_eq!(refusal(&of_k, NOW_US + 101), Some(Decision::Stale));

        verifier.release(&first);
        assert_eq!(refusal(&of_k, NOW_US + 100), None);
        // Another thread has seen a later time, at which the claim may be forgotten.
        assert_eq!(refusal(&of_j, NOW_US + 101), Some(Decision::Stale));
        assert!(
            verifier
                .claim(
                    keyring.find_text(b"j"),
                    Offer::Text(&SignedRequest {
                        timestamp_us: Some(NOW_US + 9),
                        ..of_j
                    }),
                    NOW_US + 102
                )
                .is_ok()
        );
        assert_eq!(claim(NOW_US + 99).err(), Some(Decision::Stale));
    }

    #[test]
    fn a_key_that_is_removed_leaves_its_claims() {
        let (verifier, mut keyring) = (hex_verifier(), keyring(HashKind::Sha256));
        let signature = signed_hex(b"m");
        let request = request(b"k", b"m", &signature);
        assert!(
            verifier
                .claim(keyring.find_text(b"k"), Offer::Text(&request), NOW_US)
                .is_ok()
        );
        assert!(keyring.shared().remove(b"k"));
        keyring.catch_up();
        assert_eq!(
            refusal(&verifier, &keyring, &request, NOW_US),
            Some(Decision::UnknownKey)
        );
        keyring.shared().add(b"k", b"s", b"").unwrap();
        keyring.catch_up();
        assert_eq!(refusal(&verifier, &keyring, &request, NOW_US), Some(Decision::Replayed));
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
            let request = request(b"k", b"m", &signature);
            let claimed = verifier.claim(keyring.find_text(b"k"), Offer::Text(&request), NOW_US);
            assert!(claimed.is_ok());
        }
    }
}
