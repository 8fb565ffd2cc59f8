//! Typed arrays that are passed to a call, and that it reads or writes in place.
use crate::call::Call;
use crate::failure::{Failure, done};
use floodproof_core::GateError;
use napi::sys;
use std::ffi::c_void;
use std::{ptr, slice};

/// An element of a typed array: every pattern of its bits is a value.
pub(crate) trait Element: Copy {
    const KIND: sys::napi_typedarray_type;
    const NAME: &'static str;
}

impl Element for u8 {
    const KIND: sys::napi_typedarray_type = sys::TypedarrayType::uint8_array;
    const NAME: &'static str = "Uint8Array";
}

impl Element for u32 {
    const KIND: sys::napi_typedarray_type = sys::TypedarrayType::uint32_array;
    const NAME: &'static str = "Uint32Array";
}

impl Element for f64 {
    const KIND: sys::napi_typedarray_type = sys::TypedarrayType::float64_array;
    const NAME: &'static str = "Float64Array";
}

/// Where the elements of an argument lie while its call runs: nothing of JavaScript runs meanwhile.
#[derive(Debug)]
pub(crate) struct Buffer<'call, T> {
    data: *mut T,
    length: usize,
    _call: &'call Call,
}

impl<'call, T: Element> Buffer<'call, T> {
    /// The argument, when it is such an array and no other thread can change it.
    pub(crate) fn new(call: &'call Call, index: usize, name: &str) -> Result<Self, Failure> {
        let (mut kind, mut length, mut is_own) = (-1, 0, false);
        let (mut data, mut memory): (*mut c_void, _) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: env and argument are those of the running call; the offset is not asked for.
        let status = unsafe {
            sys::napi_get_typedarray_info(
                call.env(),
                call.argument(index),
                &raw mut kind,
                &raw mut length,
                &raw mut data,
                &raw mut memory,
                ptr::null_mut(),
            )
        };
        if status != sys::Status::napi_ok || kind != T::KIND {
            return fault(format!("{name} must be a {}", T::NAME));
        }
        // A SharedArrayBuffer is none for Node.
        // SAFETY: as above.
        done(
            unsafe { sys::napi_is_arraybuffer(call.env(), memory, &raw mut is_own) },
            "a buffer",
        )?;
        if !is_own {
            return fault(format!(
                "{name}: a buffer that threads share can change while it is read"
            ));
        }
        let mut data = data.cast::<T>();
        if data.is_null() {
            // A detached array has no elements, and nowhere.
            (data, length) = (ptr::NonNull::dangling().as_ptr(), 0);
        }
        if !data.is_aligned() {
            return fault(format!("{name} lies at an odd address"));
        }
        Ok(Self {
            data,
            length,
            _call: call,
        })
    }

    /// The first `count` elements and no more.
    pub(crate) fn first(self, count: usize, name: &str) -> Result<Self, Failure> {
        if self.length < count {
            return fault(format!("{name} has room for {} of {count}", self.length));
        }
        Ok(Self { length: count, ..self })
    }

    /// Which bytes it takes, to be compared with those of others.
    pub(crate) fn span(&self) -> (usize, usize) {
        let start = self.data.addr();
        (start, start + self.length * size_of::<T>())
    }

    pub(crate) fn read(&self) -> &'call [T] {
        // SAFETY: Node said that `length` elements lie at `data`, which is aligned and not null; every pattern of bits
        // is a value. They stay there while the call runs, nobody else writes, and `demand_apart` has kept writers away.
        unsafe { slice::from_raw_parts(self.data, self.length) }
    }

    pub(crate) fn write(self) -> &'call mut [T] {
        // SAFETY: as above, and a buffer that is written is given away here and so lent only once.
        unsafe { slice::from_raw_parts_mut(self.data, self.length) }
    }
}

/// Refuses buffers of which two have a byte in common; empty ones have none.
pub(crate) fn demand_apart(spans: &[(usize, usize)]) -> Result<(), Failure> {
    let overlap = |(left, right): (&(usize, usize), &(usize, usize))| left.0 < right.1 && right.0 < left.1;
    let mut pairs = spans
        .iter()
        .enumerate()
        .flat_map(|(index, left)| spans[..index].iter().map(move |right| (left, right)));
    if pairs.any(overlap) {
        return fault("buffers overlap".to_owned());
    }
    Ok(())
}

/// How many elements a call is to take.
pub(crate) fn count(call: &Call, index: usize) -> Result<usize, Failure> {
    let number = call.number(index).unwrap_or(f64::NAN);
    let count = floodproof_core::whole_us(number).and_then(|count| usize::try_from(count).ok());
    count.ok_or_else(|| {
        Failure::Gate(GateError::Batch(format!(
            "count must be a whole number from 0, got {number}"
        )))
    })
}

fn fault<T>(message: String) -> Result<T, Failure> {
    Err(Failure::Gate(GateError::Batch(message)))
}
