//! The gates of this thread by number.
//!
//! A call names its gate by number, not as the `this` of a method: napi keeps account of who borrows which object in
//! one table for all threads behind one lock, which costs more than a decision and makes threads wait for each other.
use floodproof_core::Gate;
use napi::{Error, Result, Status};
use std::cell::RefCell;

/// A gate, and memory that holds the message of a request while it is hashed.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) gate: Gate,
    pub(crate) message: Vec<u8>,
}

thread_local! {
    static SEATS: RefCell<Vec<Option<Box<Seat>>>> = const { RefCell::new(Vec::new()) };
}

/// Keeps the gate until `remove`.
pub(crate) fn insert(gate: Gate) -> u32 {
    let seat = Some(Box::new(Seat {
        gate,
        message: Vec::new(),
    }));
    SEATS.with_borrow_mut(|seats| {
        let index = seats.iter().position(Option::is_none).unwrap_or(seats.len());
        match seats.get_mut(index) {
            Some(free) => *free = seat,
            None => seats.push(seat),
        }
        u32::try_from(index).unwrap_or_else(|_| unreachable!("memory ends long before 2^32 gates"))
    })
}

/// Also called when the thread ends, after its memory may be gone.
pub(crate) fn remove(id: u32) {
    // An error means that the thread's gates are gone already.
    let _ = SEATS.try_with(|seats| {
        if let Some(seat) = seats.borrow_mut().get_mut(id as usize) {
            *seat = None;
        }
    });
}

pub(crate) fn with<T>(id: u32, act: impl FnOnce(&mut Seat) -> Result<T>) -> Result<T> {
    SEATS.with_borrow_mut(|seats| match seats.get_mut(id as usize) {
        Some(Some(seat)) => act(seat),
        _ => Err(Error::new(Status::InvalidArg, "this gate is not of this thread")),
    })
}
