//! The numbers of a call, in memory that Rust and JavaScript both see: a number that is passed as an argument costs
//! Node 4 to 9 ns, one that lies here costs less than one.
//!
//! The memory is Rust's and lives until this side and the array of JavaScript have both let go of it, so neither a
//! kept nor a detached array leads anywhere else. It is read and written atomically, which is free on all machines
//! that Node runs on: were the array ever moved to another thread, numbers would be wrong, and nothing else.
use crate::failure::{Failure, done};
use floodproof_core::{ANSWER_SIZE, Answer, Decision, Extent, to_f64};
use napi::sys;
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// Where a number lies; `Slot` in `harness/native/load.ts` is the same.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Slot {
    NowUs,
    ClassId,
    TimestampUs,
    WindowUs,
    /// The number of an interned caller.
    Caller,
    /// The number of the gate that is called.
    Gate,
    /// Elements and age of a request: 1 and 0 but during a call that says something else.
    Elements,
    AgeUs,
    /// Index of a limit, and the cells that are given to it.
    Limit,
    Cells,
    Decision,
    /// The first of `ANSWER_SIZE`, in the order of `Answer`.
    Answer,
}

const SIZE: usize = Slot::Answer as usize + ANSWER_SIZE;

#[derive(Debug)]
pub(crate) struct Numbers(Arc<[AtomicU64; SIZE]>);

impl Numbers {
    pub(crate) fn new() -> Self {
        let numbers = Self(Arc::new([const { AtomicU64::new(0) }; SIZE]));
        numbers.set(Slot::Elements as usize, 1.0);
        numbers
    }

    pub(crate) fn get(&self, slot: Slot) -> f64 {
        f64::from_bits(self.0[slot as usize].load(Relaxed))
    }

    /// The number, when it is a whole one from 0 to 2^31 - 1.
    pub(crate) fn index(&self, slot: Slot) -> Option<usize> {
        let number = self.get(slot);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::float_cmp,
            reason = "the cast is undone and compared, and what it lost is seen there"
        )]
        let (index, is_whole) = (number as i32, f64::from(number as i32) == number);
        is_whole.then_some(index).and_then(|index| usize::try_from(index).ok())
    }

    /// How large the request of the call is.
    pub(crate) fn extent(&self) -> Extent {
        Extent {
            elements: self.get(Slot::Elements),
            age_us: self.get(Slot::AgeUs),
        }
    }

    pub(crate) fn set_decision(&self, decision: Decision, answer: &Answer) {
        self.set(Slot::Decision as usize, f64::from(decision as u8));
        for (index, number) in answer.numbers().into_iter().enumerate() {
            self.set(Slot::Answer as usize + index, number);
        }
    }

    /// In the first places of the answer.
    pub(crate) fn set_counts(&self, counts: [u64; 2]) {
        for (index, count) in counts.into_iter().enumerate() {
            self.set(Slot::Answer as usize + index, to_f64(count));
        }
    }

    fn set(&self, index: usize, number: f64) {
        self.0[index].store(number.to_bits(), Relaxed);
    }

    /// A `Float64Array` over this memory.
    pub(crate) fn to_array(&self, env: sys::napi_env) -> Result<sys::napi_value, Failure> {
        let hold = Arc::into_raw(Arc::clone(&self.0));
        let data = hold.cast_mut().cast::<c_void>();
        let (mut buffer, mut array) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: `data` leads to `SIZE` doubles that live until `release` is called for this very hold.
        let status = unsafe {
            sys::napi_create_external_arraybuffer(env, data, SIZE * 8, Some(release), ptr::null_mut(), &raw mut buffer)
        };
        if status != sys::Status::napi_ok {
            // SAFETY: Node made no buffer and so will not call `release`: the hold is still ours.
            drop(unsafe { Arc::from_raw(hold) });
        }
        done(status, "memory of its own for the addon")?;
        // SAFETY: env is that of the running call, and the buffer has just been made in it.
        let status = unsafe {
            let kind = sys::TypedarrayType::float64_array;
            sys::napi_create_typedarray(env, kind, SIZE, buffer, 0, &raw mut array)
        };
        done(status, "an array of numbers")?;
        Ok(array)
    }
}

unsafe extern "C" fn release(_env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: Node calls this once for the buffer that `to_array` made, with the pointer that `Arc::into_raw` gave.
    drop(unsafe { Arc::from_raw(data.cast_const().cast::<[AtomicU64; SIZE]>()) });
}
