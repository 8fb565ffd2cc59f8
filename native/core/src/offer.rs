//! What the verifier is shown: a signature as it came, or one that was just made here.
use crate::hmac_key::Mac;
use crate::verifier::SignedRequest;

/// What a request offers as its signature.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Offer<'a> {
    /// As it came, with what it is said to sign.
    Text(&'a SignedRequest<'a>),
    /// Made here, under the key that the gate knows.
    Made(&'a MadeRequest<'a>),
}

/// A request that its sender has just signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MadeRequest<'a> {
    pub(crate) timestamp_us: Option<u64>,
    pub(crate) window_us: Option<u64>,
    pub(crate) message: &'a [u8],
    pub(crate) mac: Mac,
}

impl Offer<'_> {
    /// Timestamp and window, when both are whole microseconds.
    pub(crate) fn times(&self) -> Option<(u64, u64)> {
        let (timestamp_us, window_us) = match self {
            Self::Text(request) => (request.timestamp_us, request.window_us),
            Self::Made(request) => (request.timestamp_us, request.window_us),
        };
        timestamp_us.zip(window_us)
    }
}
