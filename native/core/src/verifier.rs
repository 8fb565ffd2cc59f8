//! Checks form, key and signature, freshness and replay; see `harness/core/verifier.ts`.
use crate::keyring::{KeyHolder, Keyring};
use crate::replay_window::{Claim, ReplayWindow};
use crate::spec::{AuthSpec, Decision};
use crate::text_form;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// HMAC-SHA256 that has taken in its key.
#[derive(Clone)]
pub(crate) struct KeyedHmac(Hmac<Sha256>);

impl KeyedHmac {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).unwrap_or_else(|_| unreachable!("HMAC takes keys of every length")))
    }

    pub(crate) fn mac(&self, message: &[u8]) -> [u8; 32] {
        self.0.clone().chain_update(message).finalize().into_bytes().into()
    }
}

/// HMAC-SHA256, 32 bytes (RFC 2104, FIPS 180-4).
pub fn hmac_sha256(secret: &[u8], message: &[u8]) -> [u8; 32] {
    KeyedHmac::new(secret).mac(message)
}

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
pub(crate) struct Valid {
    pub(crate) account: Arc<str>,
    claim: Option<(Claim, u64)>,
}

pub(crate) struct Verifier {
    window_us_max: u64,
    future_us: u64,
    replay: Option<ReplayWindow>,
    /// Stands in for the key that is not there, so that the answer takes as long.
    dummy: KeyedHmac,
}

impl Verifier {
    pub(crate) fn new(auth: &AuthSpec) -> Self {
        Self {
            window_us_max: auth.window_us_max,
            future_us: auth.future_us,
            replay: auth.replay_capacity.map(ReplayWindow::new),
            dummy: KeyedHmac::new(b"no such key"),
        }
    }

    pub(crate) fn look(
        &mut self,
        keyring: &Keyring,
        request: &SignedRequest<'_>,
        now_us: u64,
    ) -> Result<Valid, Decision> {
        let (Some(key_id), Some(timestamp_us), Some(window_us)) =
            (text_form::id(request.key_id), request.timestamp_us, request.window_us)
        else {
            return Err(Decision::Malformed);
        };
        let (holder, mac) = self.check_signature(keyring.find(key_id), request)?;
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
        let account = Arc::clone(&holder.account);
        let Some(replay) = &mut self.replay else {
            return Ok(Valid { account, claim: None });
        };
        let claim = Claim {
            key_id: Arc::clone(&holder.key_id),
            mac,
        };
        match replay.look(&claim, now_us) {
            Decision::Admitted => Ok(Valid {
                account,
                claim: Some((claim, timestamp_us + fresh_us)),
            }),
            refusal => Err(refusal),
        }
    }

    pub(crate) fn claim(&mut self, valid: Valid) {
        if let (Some(replay), Some((claim, last_fresh_us))) = (&mut self.replay, valid.claim) {
            replay.claim(claim, last_fresh_us);
        }
    }

    fn check_signature<'k>(
        &self,
        holder: Option<&'k KeyHolder>,
        request: &SignedRequest<'_>,
    ) -> Result<(&'k KeyHolder, [u8; 32]), Decision> {
        let Some(signature) = decode_hex(request.signature) else {
            return Err(if holder.is_none() {
                Decision::UnknownKey
            } else {
                Decision::BadSignature
            });
        };
        let mac = holder.map_or(&self.dummy, |holder| &holder.hmac).mac(request.message);
        let is_equal = bool::from(mac.ct_eq(&signature));
        match holder {
            None => Err(Decision::UnknownKey),
            Some(holder) if is_equal => Ok((holder, mac)),
            Some(_) => Err(Decision::BadSignature),
        }
    }
}

/// 64 hex digits of either case.
fn decode_hex(digits: &[u8]) -> Option<[u8; 32]> {
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = hex_value(pair[0])? << 4 | hex_value(pair[1])?;
    }
    Some(bytes)
}

fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_64_digits_of_either_case_and_nothing_else() {
        assert_eq!(decode_hex("aF".repeat(32).as_bytes()), Some([0xaf; 32]));
        for wrong in [
            "",
            "a",
            &"a".repeat(63),
            &"a".repeat(65),
            &"g0".repeat(32),
            &" a".repeat(32),
            &"é".repeat(32),
        ] {
            assert_eq!(decode_hex(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
