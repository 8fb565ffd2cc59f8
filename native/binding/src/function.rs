//! How a function of JavaScript comes to its code in Rust.
//!
//! These are written by hand, not by the macros of napi-rs: those cost 16 ns a call before anything is read, up to 40 ns
//! for each number, and a lock for all threads where a method borrows its object.
use crate::call::Call;
use crate::failure::{Failure, done, throw_panic};
use crate::instance::Instance;
use napi::sys;
use std::ffi::{CStr, c_void};
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::rc::Rc;

/// A function that JavaScript can call.
pub(crate) trait Function {
    const NAME: &'static CStr;

    /// Null = undefined.
    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure>;
}

/// Makes the function, and a property of `target` of it.
pub(crate) fn define<F: Function>(
    instance: &Rc<Instance>,
    env: sys::napi_env,
    target: sys::napi_value,
) -> Result<(), Failure> {
    let mut function = ptr::null_mut();
    let data = Rc::into_raw(Rc::clone(instance)).cast_mut();
    let length = F::NAME.count_bytes().cast_signed();
    // SAFETY: env and target are those of the running call. `data` lives until `let_go`, which Node calls once, on this
    // thread, when the function is collected or the thread ends: in both cases nobody can call it any more.
    let status = unsafe {
        let made = sys::napi_create_function(
            env,
            F::NAME.as_ptr(),
            length,
            Some(enter::<F>),
            data.cast(),
            &raw mut function,
        );
        if made == sys::Status::napi_ok {
            sys::napi_add_finalizer(
                env,
                function,
                data.cast(),
                Some(let_go),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        } else {
            made
        }
    };
    // On failure `data` is left where it is: a function that was made may still lead to it.
    done(status, "a function")?;
    // SAFETY: as above.
    done(
        unsafe { sys::napi_set_named_property(env, target, F::NAME.as_ptr(), function) },
        "a property",
    )
}

unsafe extern "C" fn let_go(_env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: `data` is what `define` gave away, and Node calls this once.
    drop(unsafe { Rc::from_raw(data.cast_const().cast::<Instance>()) });
}

/// Where Node enters. A panic stops here and becomes an exception: unwinding into C++ would end the process.
unsafe extern "C" fn enter<F: Function>(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut call = Call::new(env);
        // SAFETY: Node calls this with its env and info, and the `Call` ends within.
        let data = unsafe { call.take(info) }?;
        // SAFETY: `define` made the function with this `Rc`, which lives as long as the function; that runs right now. It
        // is only lent here.
        let instance = ManuallyDrop::new(unsafe { Rc::from_raw(data) });
        F::run(&instance, &call)
    }));
    match outcome {
        Ok(Ok(value)) => return value,
        Ok(Err(failure)) => failure.throw(env),
        Err(payload) => throw_panic(env, payload.as_ref()),
    }
    ptr::null_mut()
}
