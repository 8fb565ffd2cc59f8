//! Arguments that are read where they are used, into memory that is there already.
use napi::bindgen_prelude::FromNapiValue;
use napi::{Error, Result, Status, sys};
use std::ptr;

/// Room for the longest id of 256 bytes and for one more character of any width. A text that fills more than 256
/// bytes of it is too long, so it does not matter that it may have been cut.
pub(crate) const ID_ROOM: usize = 256 + 4 + 1;

/// A string of JavaScript, not read yet.
#[derive(Debug)]
pub struct Text {
    env: sys::napi_env,
    value: sys::napi_value,
}

impl FromNapiValue for Text {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        Ok(Self { env, value })
    }
}

impl Text {
    /// Copies the text as UTF-8, a lone surrogate as U+FFFD; what does not fit is cut off after a whole character.
    pub fn read<'buffer>(&self, buffer: &'buffer mut [u8]) -> Result<&'buffer [u8]> {
        let mut length = 0;
        // SAFETY: the value lives as long as the call that it is an argument of, and a `Text` is not kept longer. Node
        // writes at most `buffer.len()` bytes, the closing 0 included.
        let status = unsafe {
            sys::napi_get_value_string_utf8(
                self.env,
                self.value,
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                &raw mut length,
            )
        };
        check(status, "expected a string")?;
        Ok(&buffer[..length])
    }

    /// The same for a text of any length; `buffer` grows to hold it and is kept for the next one.
    pub fn read_whole<'buffer>(&self, buffer: &'buffer mut Vec<u8>) -> Result<&'buffer [u8]> {
        // A character has at most 4 bytes, so a text that leaves 4 and the closing 0 free was not cut.
        if !buffer.is_empty() {
            let length = self.read(buffer)?.len();
            if length + 5 <= buffer.len() {
                return Ok(&buffer[..length]);
            }
        }
        let mut length = 0;
        // SAFETY: as above; without a buffer Node only counts the bytes.
        let status =
            unsafe { sys::napi_get_value_string_utf8(self.env, self.value, ptr::null_mut(), 0, &raw mut length) };
        check(status, "expected a string")?;
        buffer.resize((length + 5).next_power_of_two(), 0);
        self.read(buffer)
    }
}

/// The array that an answer is written to.
#[derive(Debug)]
pub struct Numbers {
    data: *mut f64,
    length: usize,
}

impl FromNapiValue for Numbers {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        let (mut kind, mut length, mut data) = (0, 0, ptr::null_mut());
        // SAFETY: env and value come from Node, for this call; unwanted results may be null.
        let status = unsafe {
            sys::napi_get_typedarray_info(
                env,
                value,
                &raw mut kind,
                &raw mut length,
                &raw mut data,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        check(status, "expected a Float64Array")?;
        if kind != sys::TypedarrayType::float64_array || (data.is_null() && length > 0) {
            return Err(Error::new(Status::InvalidArg, "expected a Float64Array"));
        }
        Ok(Self {
            data: data.cast(),
            length,
        })
    }
}

impl Numbers {
    pub fn write(&mut self, numbers: &[f64]) -> Result<()> {
        if self.length < numbers.len() {
            return Err(Error::new(Status::InvalidArg, "the array for the answer is too short"));
        }
        // SAFETY: Node said that `length` doubles lie at `data`; the call holds the array, nothing of JavaScript runs
        // meanwhile, and the source is memory of Rust.
        unsafe { ptr::copy_nonoverlapping(numbers.as_ptr(), self.data, numbers.len()) };
        Ok(())
    }
}

fn check(status: sys::napi_status, expected: &str) -> Result<()> {
    if status == sys::Status::napi_ok {
        Ok(())
    } else {
        Err(Error::new(Status::InvalidArg, expected))
    }
}
