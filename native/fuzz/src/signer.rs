//! Signs as a caller of a gate would, with another implementation of HMAC than the core's.
use crate::policy::KnownKey;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use floodproof_core::{GateSpec, HashKind, SignatureEncoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};

/// The text of a right signature; none where the gate has no verifier.
///
/// # Panics
/// Never: HMAC takes keys of every length.
pub(crate) fn sign(spec: &GateSpec, key: &KnownKey, message: &[u8]) -> Vec<u8> {
    let Some(auth) = &spec.auth else {
        return Vec::new();
    };
    let mac = match auth.hash {
        HashKind::Sha256 => mac::<Hmac<Sha256>>(key.secret, message),
        HashKind::Sha384 => mac::<Hmac<Sha384>>(key.secret, message),
        HashKind::Sha512 => mac::<Hmac<Sha512>>(key.secret, message),
    };
    match auth.encoding {
        SignatureEncoding::Hex => hex(&mac),
        SignatureEncoding::Base64 => STANDARD.encode(mac).into_bytes(),
    }
}

/// Whether a gate may take the text for this signature.
pub(crate) fn is_spelled_right(spec: &GateSpec, text: &[u8], signature: &[u8]) -> bool {
    match spec.auth.as_ref().map(|auth| auth.encoding) {
        Some(SignatureEncoding::Hex) => text.eq_ignore_ascii_case(signature),
        _ => text == signature,
    }
}

fn mac<M: Mac + KeyInit>(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let keyed = <M as KeyInit>::new_from_slice(secret).expect("HMAC takes keys of every length");
    keyed.chain_update(message).finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.map(|nibble| DIGITS[usize::from(nibble)]).collect()
}
