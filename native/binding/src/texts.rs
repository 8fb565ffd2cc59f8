//! Strings of JavaScript, read into memory that is there already.
//!
//! Ids and signatures are visible ASCII. Node's call for Latin-1 would be the cheapest to read them with, but it cuts
//! code units down to their lower byte, so that U+0130 would pass for '0'; its call for UTF-8 costs twice as much. So
//! they are read as UTF-16 and narrowed here, which costs 6 ns more than Latin-1 and sees every unit whole.
use crate::call::Call;
use crate::failure::Failure;
use floodproof_core::Caller;
use napi::sys;
use std::ptr;

/// Units that are narrowed at once.
const LANES: usize = 16;
/// One more than the longest id, so that a longer one is seen to be too long however much of it is cut off.
const ID_UNITS_MAX: usize = 257;
const ID_ROOM: usize = (ID_UNITS_MAX + 1).next_multiple_of(LANES);
/// A message with more units takes the way of one that is not ASCII.
const UNITS_ROOM: usize = 4096;
/// Memory for a message that was longer is given back.
const MESSAGE_KEPT_MAX: usize = 1 << 20;

/// An id or a signature; what can not be one is kept as a single byte that no id may have.
#[derive(Debug)]
struct Id {
    bytes: [u8; ID_ROOM],
    length: usize,
}

/// The texts of the call that runs.
#[derive(Debug)]
pub(crate) struct Texts {
    units: Box<[u16; UNITS_ROOM]>,
    ip: Id,
    account: Id,
    key_id: Id,
    signature: Id,
    message: Vec<u8>,
    message_length: usize,
}

impl Texts {
    pub(crate) fn new() -> Self {
        Self {
            units: Box::new([0; UNITS_ROOM]),
            ip: Id::new(),
            account: Id::new(),
            key_id: Id::new(),
            signature: Id::new(),
            message: vec![0; UNITS_ROOM],
            message_length: 0,
        }
    }

    pub(crate) fn read_ip(&mut self, call: &Call, index: usize, is_needed: bool) -> Result<(), Failure> {
        self.ip.read(&mut self.units, call, index, is_needed)
    }

    pub(crate) fn read_account(&mut self, call: &Call, index: usize, is_needed: bool) -> Result<(), Failure> {
        self.account.read(&mut self.units, call, index, is_needed)
    }

    pub(crate) fn read_key_id(&mut self, call: &Call, index: usize, is_needed: bool) -> Result<(), Failure> {
        self.key_id.read(&mut self.units, call, index, is_needed)
    }

    pub(crate) fn read_signature(&mut self, call: &Call, index: usize, is_needed: bool) -> Result<(), Failure> {
        self.signature.read(&mut self.units, call, index, is_needed)
    }

    /// The message as UTF-8, a lone surrogate as U+FFFD.
    pub(crate) fn read_message(&mut self, call: &Call, index: usize, is_needed: bool) -> Result<(), Failure> {
        self.message_length = 0;
        if !is_needed {
            return Ok(());
        }
        if self.message.len() > MESSAGE_KEPT_MAX {
            self.message = vec![0; UNITS_ROOM];
        }
        let length = read_units(&mut self.units[..], call, index)?;
        if length + 1 < UNITS_ROOM && narrow(&mut self.units[..], length, &mut self.message) {
            self.message_length = length;
            return Ok(());
        }
        self.read_message_whole(call, index)
    }

    #[cold]
    fn read_message_whole(&mut self, call: &Call, index: usize) -> Result<(), Failure> {
        // Without a buffer Node only counts the bytes.
        let length = read_utf8(&mut [], call, index)?;
        if self.message.len() <= length {
            self.message.resize((length + 1).next_power_of_two(), 0);
        }
        self.message_length = read_utf8(&mut self.message, call, index)?;
        Ok(())
    }

    pub(crate) fn caller(&self) -> Caller<'_> {
        Caller {
            ip: self.ip.bytes(),
            account: self.account.bytes(),
            key_id: self.key_id.bytes(),
        }
    }

    pub(crate) fn key_id(&self) -> &[u8] {
        self.key_id.bytes()
    }

    pub(crate) fn account(&self) -> &[u8] {
        self.account.bytes()
    }

    pub(crate) fn signature(&self) -> &[u8] {
        self.signature.bytes()
    }

    pub(crate) fn message(&self) -> &[u8] {
        &self.message[..self.message_length]
    }
}

impl Id {
    const fn new() -> Self {
        Self {
            bytes: [0; ID_ROOM],
            length: 0,
        }
    }

    /// '' when it is not needed: then nobody looks at it, and not even its type is asked for.
    fn read(
        &mut self,
        units: &mut [u16; UNITS_ROOM],
        call: &Call,
        index: usize,
        is_needed: bool,
    ) -> Result<(), Failure> {
        self.length = 0;
        if !is_needed {
            return Ok(());
        }
        let length = read_units(&mut units[..=ID_UNITS_MAX], call, index)?;
        if narrow(units, length, &mut self.bytes) {
            self.length = length;
        } else {
            self.bytes[0] = 0;
            self.length = 1;
        }
        Ok(())
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Whether the units are ASCII; if so, `bytes` are they. Both have room up to a multiple of `LANES`.
fn narrow(units: &mut [u16], length: usize, bytes: &mut [u8]) -> bool {
    let rounded = length.next_multiple_of(LANES);
    units[length..rounded].fill(0);
    let (units, _) = units[..rounded].as_chunks::<LANES>();
    let (bytes, _) = bytes[..rounded].as_chunks_mut::<LANES>();
    let mut seen = [0; LANES];
    for (units, bytes) in units.iter().zip(bytes) {
        for lane in 0..LANES {
            seen[lane] |= units[lane];
            bytes[lane] = units[lane].to_le_bytes()[0];
        }
    }
    seen.iter().all(|unit| *unit < 0x80)
}

/// Copies at most `units.len() - 1` code units, and a 0 after them.
fn read_units(units: &mut [u16], call: &Call, index: usize) -> Result<usize, Failure> {
    let mut length = 0;
    // SAFETY: env and argument are those of the running call; Node writes `units.len()` units at most.
    let status = unsafe {
        sys::napi_get_value_string_utf16(
            call.env(),
            call.argument(index),
            units.as_mut_ptr(),
            units.len(),
            &raw mut length,
        )
    };
    is_text(status)?;
    Ok(length)
}

/// The same for bytes of UTF-8; characters that do not fit whole are left out.
fn read_utf8(bytes: &mut [u8], call: &Call, index: usize) -> Result<usize, Failure> {
    let mut length = 0;
    let data = if bytes.is_empty() {
        ptr::null_mut()
    } else {
        bytes.as_mut_ptr().cast()
    };
    // SAFETY: as above.
    let status = unsafe {
        sys::napi_get_value_string_utf8(call.env(), call.argument(index), data, bytes.len(), &raw mut length)
    };
    is_text(status)?;
    Ok(length)
}

fn is_text(status: sys::napi_status) -> Result<(), Failure> {
    if status == sys::Status::napi_ok {
        Ok(())
    } else {
        Err(Failure::Type("a string"))
    }
}

/// A text of any length that is read once and kept.
pub(crate) fn read_owned(call: &Call, index: usize) -> Result<String, Failure> {
    let mut bytes = vec![0; read_utf8(&mut [], call, index)? + 1];
    let length = read_utf8(&mut bytes, call, index)?;
    bytes.truncate(length);
    String::from_utf8(bytes).map_err(|_| Failure::Type("a string"))
}
