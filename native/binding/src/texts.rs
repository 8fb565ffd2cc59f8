//! Strings of JavaScript, read into memory that is there already.
//!
//! Ids and signatures are visible ASCII. Node's call for Latin-1 would be the cheapest to read them with, but it cuts
//! code units down to their lower byte, so that U+0130 would pass for '0'; its call for UTF-8 costs twice as much. So
//! they are read as UTF-16 and narrowed here, which costs 6 ns more than Latin-1 and sees every unit whole.
//!
//! A text is narrowed when it is used, after all of them were read: a machine that loads in one piece what has just
//! been stored in several waits for it.
use crate::call::Call;
use crate::failure::Failure;
use floodproof_core::TextForm;
use napi::sys;
use std::ptr;

/// Units that are narrowed at once.
const LANES: usize = 16;
/// One more than the longest id, so that a longer one is seen to be too long however much of it is cut off.
const ID_UNITS_MAX: usize = 257;
const ID_ROOM: usize = (ID_UNITS_MAX + 1).next_multiple_of(LANES);
/// A message with more units takes the way of one that is not ASCII.
const MESSAGE_ROOM: usize = 4096;
/// Memory for a message that was longer is given back.
const MESSAGE_KEPT_MAX: usize = 1 << 20;

/// The texts of the call that runs.
#[derive(Debug)]
pub(crate) struct Texts {
    pub(crate) ip: Id,
    pub(crate) account: Id,
    pub(crate) key_id: Id,
    pub(crate) signature: Id,
    pub(crate) message: Message,
}

impl Texts {
    pub(crate) fn new() -> Self {
        Self {
            ip: Id::new(),
            account: Id::new(),
            key_id: Id::new(),
            signature: Id::new(),
            message: Message::new(),
        }
    }
}

/// An id or a signature.
#[derive(Debug)]
pub(crate) struct Id {
    units: [u16; ID_ROOM],
    bytes: [u8; ID_ROOM],
    length: usize,
}

impl Id {
    const fn new() -> Self {
        Self {
            units: [0; ID_ROOM],
            bytes: [0; ID_ROOM],
            length: 0,
        }
    }

    /// '' when it is not needed: then nobody looks at it, and not even its type is asked for.
    #[inline]
    pub(crate) fn read(&mut self, call: &Call, index: usize, is_needed: bool) -> Result<(), Failure> {
        self.length = 0;
        if is_needed {
            self.length = read_units(&mut self.units[..=ID_UNITS_MAX], call, index)?;
        }
        Ok(())
    }

    /// What can not be an id is a single byte that none may have.
    #[inline]
    pub(crate) fn bytes(&mut self) -> &[u8] {
        if narrow(&self.units, self.length, &mut self.bytes) {
            &self.bytes[..self.length]
        } else {
            b"\0"
        }
    }
}

/// The signed text.
#[derive(Debug)]
pub(crate) struct Message {
    units: Box<[u16; MESSAGE_ROOM]>,
    length: usize,
    bytes: Vec<u8>,
}

impl Message {
    fn new() -> Self {
        Self {
            units: Box::new([0; MESSAGE_ROOM]),
            length: 0,
            bytes: vec![0; MESSAGE_ROOM],
        }
    }

    #[inline]
    pub(crate) fn read(&mut self, call: &Call, index: usize, is_needed: bool) -> Result<(), Failure> {
        self.length = 0;
        if is_needed {
            self.length = read_units(&mut self.units[..], call, index)?;
        }
        Ok(())
    }

    /// In the form that is asked for only where it matters, which is not in ASCII. As UTF-8 a lone surrogate is U+FFFD; as
    /// Latin-1 a text with a character above U+00FF is `None`. The same argument as in `read`.
    #[inline]
    pub(crate) fn bytes(
        &mut self,
        call: &Call,
        index: usize,
        form: impl FnOnce() -> Result<TextForm, Failure>,
    ) -> Result<Option<&[u8]>, Failure> {
        // Units that fill the room may have been cut.
        if self.length + 1 < MESSAGE_ROOM && narrow(&self.units[..], self.length, &mut self.bytes) {
            return Ok(Some(&self.bytes[..self.length]));
        }
        match form()? {
            TextForm::Utf8 => self.bytes_whole(call, index).map(Some),
            TextForm::Latin1 => self.bytes_of_units(call, index),
        }
    }

    /// One byte for each code unit, which UTF-16 has one of for each character up to U+00FF.
    #[cold]
    fn bytes_of_units(&mut self, call: &Call, index: usize) -> Result<Option<&[u8]>, Failure> {
        let mut units = vec![0; count_units(call, index)? + 1];
        let length = read_units(&mut units, call, index)?;
        self.make_room(length);
        for (byte, unit) in self.bytes.iter_mut().zip(&units[..length]) {
            let Ok(narrow) = u8::try_from(*unit) else {
                return Ok(None);
            };
            *byte = narrow;
        }
        Ok(Some(&self.bytes[..length]))
    }

    #[cold]
    fn bytes_whole(&mut self, call: &Call, index: usize) -> Result<&[u8], Failure> {
        // Without a buffer Node only counts the bytes.
        let room = read_utf8(&mut [], call, index)? + 1;
        self.make_room(room);
        let length = read_utf8(&mut self.bytes, call, index)?;
        Ok(&self.bytes[..length])
    }

    fn make_room(&mut self, room: usize) {
        if self.bytes.len() < room || self.bytes.len() > MESSAGE_KEPT_MAX {
            self.bytes = vec![0; room.max(MESSAGE_ROOM).next_power_of_two()];
        }
    }
}

/// Ones for the units of a text in its last `LANES`, zeros for what an earlier text left after them.
static TAIL_MASK: [u16; 2 * LANES] = {
    let mut mask = [0; 2 * LANES];
    let mut lane = 0;
    while lane < LANES {
        mask[lane] = u16::MAX;
        lane += 1;
    }
    mask
};

/// Whether the units are ASCII; if so, `bytes` are they. Both have room up to a multiple of `LANES`.
#[inline]
fn narrow(units: &[u16], length: usize, bytes: &mut [u8]) -> bool {
    let rounded = length.next_multiple_of(LANES);
    let (units, _) = units[..rounded].as_chunks::<LANES>();
    let (bytes, _) = bytes[..rounded].as_chunks_mut::<LANES>();
    let (Some((tail, units)), Some((tail_bytes, bytes))) = (units.split_last(), bytes.split_last_mut()) else {
        return true;
    };
    let mut seen = [0; LANES];
    for (units, bytes) in units.iter().zip(bytes) {
        for lane in 0..LANES {
            seen[lane] |= units[lane];
            bytes[lane] = units[lane].to_le_bytes()[0];
        }
    }
    let mask = &TAIL_MASK[rounded - length..][..LANES];
    for lane in 0..LANES {
        seen[lane] |= tail[lane] & mask[lane];
        tail_bytes[lane] = tail[lane].to_le_bytes()[0];
    }
    seen.iter().fold(0, |all, unit| all | unit) < 0x80
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

/// How many there are: without a buffer Node only counts them.
fn count_units(call: &Call, index: usize) -> Result<usize, Failure> {
    let mut length = 0;
    // SAFETY: env and argument are those of the running call; Node writes nothing but the length.
    let status = unsafe {
        sys::napi_get_value_string_utf16(call.env(), call.argument(index), ptr::null_mut(), 0, &raw mut length)
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
