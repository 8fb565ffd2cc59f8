//! What one thread holds that has loaded the addon: its gates, the numbers and the texts of the call that runs.
//!
//! Who holds whom: the functions of JavaScript and the owners of gates hold the instance, the instance holds the gates,
//! the owner of a gate takes it out when it is collected. Node lets go of all of them when the thread ends, in an order
//! of its own; whoever is last frees the instance.
use crate::failure::{Failure, done};
use crate::numbers::{Numbers, Slot};
use crate::shared_gates::SharedGate;
use crate::texts::Texts;
use floodproof_core::{Decision, Gate, GateError, Needs, TextForm};
use napi::sys;
use std::cell::{RefCell, RefMut};
use std::ffi::c_void;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;

/// A gate of this thread, or a handle of this thread on a shared one.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) gate: Gate,
    /// Keeps the name taken.
    pub(crate) _shared: Option<Arc<SharedGate>>,
}

#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) numbers: Numbers,
    seats: RefCell<Vec<Option<Seat>>>,
    texts: RefCell<Texts>,
}

impl Instance {
    pub(crate) fn new() -> Self {
        Self {
            numbers: Numbers::new(),
            seats: RefCell::new(Vec::new()),
            texts: RefCell::new(Texts::new()),
        }
    }

    /// The texts of this call. Nothing is borrowed of the gates meanwhile: reading a text may collect garbage, and
    /// with it the owner of a gate.
    pub(crate) fn texts(&self) -> RefMut<'_, Texts> {
        self.texts.borrow_mut()
    }

    /// What the class of this call looks at; nothing when there is no such class, which the gate will say.
    #[inline]
    pub(crate) fn needs(&self) -> Result<Needs, Failure> {
        self.with(|gate| Ok(gate.needs(self.numbers.get(Slot::ClassId))))
    }

    /// How the gate of this call turns texts into bytes.
    pub(crate) fn text_form(&self) -> Result<TextForm, Failure> {
        self.with(|gate| Ok(gate.text_form()))
    }

    /// Calls the gate of this call.
    #[inline]
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut Gate) -> Result<T, GateError>) -> Result<T, Failure> {
        let mut seats = self.seats.borrow_mut();
        Ok(act(find(&mut seats, &self.numbers)?)?)
    }

    /// The same for a decision, which JavaScript finds among the numbers.
    #[inline]
    pub(crate) fn decide(
        &self,
        act: impl FnOnce(&mut Gate) -> Result<Decision, GateError>,
    ) -> Result<sys::napi_value, Failure> {
        let mut seats = self.seats.borrow_mut();
        let gate = find(&mut seats, &self.numbers)?;
        match act(gate) {
            Ok(decision) => self.numbers.set_decision(decision, &gate.answer()),
            Err(error) => return Err(Failure::Gate(error)),
        }
        Ok(ptr::null_mut())
    }

    fn seat(&self, seat: Seat) -> usize {
        let mut seats = self.seats.borrow_mut();
        let number = seats.iter().position(Option::is_none).unwrap_or(seats.len());
        match seats.get_mut(number) {
            Some(free) => *free = Some(seat),
            None => seats.push(Some(seat)),
        }
        number
    }
}

#[inline]
fn find<'seats>(seats: &'seats mut [Option<Seat>], numbers: &Numbers) -> Result<&'seats mut Gate, Failure> {
    match numbers.index(Slot::Gate).and_then(|number| seats.get_mut(number)) {
        Some(Some(seat)) => Ok(&mut seat.gate),
        _ => Err(Failure::Type("the number of a gate of this thread")),
    }
}

/// What the owner of a gate holds.
#[derive(Debug)]
struct Holding {
    instance: Rc<Instance>,
    number: usize,
}

impl Drop for Holding {
    fn drop(&mut self) {
        // The gate ends after the borrow does: it may be a large one, and its end is none of the list's business.
        let _seat = self.instance.seats.borrow_mut()[self.number].take();
    }
}

/// Keeps the gate until the object `owner` is collected; its number until then.
pub(crate) fn keep(
    instance: &Rc<Instance>,
    env: sys::napi_env,
    owner: sys::napi_value,
    seat: Seat,
) -> Result<u32, Failure> {
    let number = instance.seat(seat);
    let holding = Box::new(Holding {
        instance: Rc::clone(instance),
        number,
    });
    let data = Box::into_raw(holding);
    // SAFETY: env and owner are those of the running call; `data` is given away to `let_go`, which Node calls once, on
    // this thread, when the owner is collected or the thread ends.
    let status =
        unsafe { sys::napi_add_finalizer(env, owner, data.cast(), Some(let_go), ptr::null_mut(), ptr::null_mut()) };
    if status != sys::Status::napi_ok {
        // SAFETY: Node has not taken `data`, so it is still ours.
        drop(unsafe { Box::from_raw(data) });
    }
    done(status, "an owner for the gate: it must be an object")?;
    u32::try_from(number).map_err(|_| Failure::Node("more than 2^32 gates"))
}

unsafe extern "C" fn let_go(_env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: `data` is what `keep` gave away, and Node calls this once.
    drop(unsafe { Box::from_raw(data.cast::<Holding>()) });
}
