//! The functions of a gate that decide nothing: a request that ends, cells that are earned, another policy.
use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Function, define};
use crate::instance::Instance;
use crate::numbers::Slot;
use crate::shared_gates;
use crate::texts::{Texts, read_owned};
use floodproof_core::{Caller, GateError};
use napi::sys;
use std::ffi::CStr;
use std::ptr;
use std::rc::Rc;

pub(crate) fn define_all(instance: &Rc<Instance>, env: sys::napi_env, target: sys::napi_value) -> Result<(), Failure> {
    define::<Release>(instance, env, target)?;
    define::<Credit>(instance, env, target)?;
    define::<Change>(instance, env, target)
}

/// `release(ip, account, keyId)`
struct Release;
impl Function for Release {
    const NAME: &'static CStr = c"release";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let texts = &mut *instance.texts();
        let caller = caller(texts, call)?;
        let numbers = &instance.numbers;
        let (now_us, class_id) = (numbers.get(Slot::NowUs), numbers.get(Slot::ClassId));
        instance.with(|gate| gate.release(now_us, class_id, caller, numbers.get(Slot::Elements)))?;
        Ok(ptr::null_mut())
    }
}

/// `credit(ip, account, keyId)`: whether the counter took the cells.
struct Credit;
impl Function for Credit {
    const NAME: &'static CStr = c"credit";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let texts = &mut *instance.texts();
        let caller = caller(texts, call)?;
        let [now_us, limit, class_id, cells] =
            [Slot::NowUs, Slot::Limit, Slot::ClassId, Slot::Cells].map(|slot| instance.numbers.get(slot));
        call.new_boolean(instance.with(|gate| gate.credit(now_us, limit, class_id, caller, cells))?)
    }
}

/// `change(spec as JSON)`
struct Change;
impl Function for Change {
    const NAME: &'static CStr = c"change";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let text = read_owned(call, 0)?;
        let spec = serde_json::from_str(&text).map_err(|error| GateError::Gate(error.to_string()))?;
        let spec = shared_gates::parse(spec)?;
        instance.with(|gate| gate.change(instance.numbers.get(Slot::NowUs), &spec))?;
        Ok(ptr::null_mut())
    }
}

/// The first three arguments.
fn caller<'texts>(texts: &'texts mut Texts, call: &Call) -> Result<Caller<'texts>, Failure> {
    let Texts {
        ip, account, key_id, ..
    } = texts;
    ip.read(call, 0, true)?;
    account.read(call, 1, true)?;
    key_id.read(call, 2, true)?;
    Ok(Caller {
        ip: ip.bytes(),
        account: account.bytes(),
        key_id: key_id.bytes(),
    })
}
