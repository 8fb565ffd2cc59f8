//! The functions of a gate. Which gate, and all numbers, lie in the instance's `Numbers`; a decision is left there.
use crate::buffers::{Buffer, count, demand_apart};
use crate::call::Call;
use crate::failure::{Failure, done};
use crate::function::{Function, define};
use crate::instance::{Instance, Seat, keep};
use crate::numbers::Slot;
use crate::settle_functions;
use crate::shared_gates;
use crate::texts::{Texts, read_owned};
use floodproof_core::{
    ANSWER_SIZE, Caller, Contention, Gate, GateError, HashSecret, SignedRequest, Unsigned, whole_us,
};
use napi::sys;
use serde_json::Value;
use std::ffi::CStr;
use std::ptr;
use std::rc::Rc;

/// An object with all of them.
pub(crate) fn define_all(instance: &Rc<Instance>, env: sys::napi_env) -> Result<sys::napi_value, Failure> {
    let mut target = ptr::null_mut();
    // SAFETY: env is that of the running call.
    done(unsafe { sys::napi_create_object(env, &raw mut target) }, "an object")?;
    define::<Open>(instance, env, target)?;
    define::<AddKey>(instance, env, target)?;
    define::<RemoveKey>(instance, env, target)?;
    define::<Sign>(instance, env, target)?;
    define::<Decide>(instance, env, target)?;
    define::<Limit>(instance, env, target)?;
    define::<Verify>(instance, env, target)?;
    define::<DecideRecord>(instance, env, target)?;
    define::<DecideBatch>(instance, env, target)?;
    define::<InternCaller>(instance, env, target)?;
    define::<LimitCaller>(instance, env, target)?;
    define::<DecideSigned>(instance, env, target)?;
    define::<LimitBatch>(instance, env, target)?;
    define::<ReadContention>(instance, env, target)?;
    settle_functions::define_all(instance, env, target)?;
    Ok(target)
}

/// `open(owner, spec as JSON, k0, k1, name or null)`: the gate's number, good until `owner` is collected.
struct Open;
impl Function for Open {
    const NAME: &'static CStr = c"open";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let spec: Value =
            serde_json::from_str(&read_owned(call, 1)?).map_err(|error| GateError::Gate(error.to_string()))?;
        let secret = HashSecret {
            k0: word(call.number(2)?)?,
            k1: word(call.number(3)?)?,
        };
        let seat = if call.is_null(4) {
            Seat {
                gate: Gate::new(&shared_gates::parse(spec)?, secret)?,
                _shared: None,
            }
        } else {
            let (gate, shared) = shared_gates::attach(read_owned(call, 4)?, spec, secret)?;
            Seat {
                gate,
                _shared: Some(shared),
            }
        };
        call.new_number(keep(instance, call.env(), call.argument(0), seat)?)
    }
}

fn word(number: f64) -> Result<u32, Failure> {
    let word = whole_us(number).and_then(|number| u32::try_from(number).ok());
    word.ok_or(Failure::Type("a hash secret of two whole numbers below 2^32"))
}

/// `addKey(keyId, secret, account)`
struct AddKey;
impl Function for AddKey {
    const NAME: &'static CStr = c"addKey";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let Texts { key_id, account, .. } = &mut *instance.texts();
        key_id.read(call, 0, true)?;
        account.read(call, 2, true)?;
        let secret = Buffer::<u8>::new(call, 1, "secret")?;
        instance.with(|gate| gate.add_key(key_id.bytes(), secret.read(), account.bytes()))?;
        Ok(ptr::null_mut())
    }
}

/// `removeKey(keyId)`
struct RemoveKey;
impl Function for RemoveKey {
    const NAME: &'static CStr = c"removeKey";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let key_id = &mut instance.texts().key_id;
        key_id.read(call, 0, true)?;
        call.new_boolean(instance.with(|gate| Ok(gate.remove_key(key_id.bytes())))?)
    }
}

/// `sign(keyId, message)`
struct Sign;
impl Function for Sign {
    const NAME: &'static CStr = c"sign";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let Texts { key_id, message, .. } = &mut *instance.texts();
        key_id.read(call, 0, true)?;
        message.read(call, 1, true)?;
        let message = message.bytes(call, 1, || instance.text_form())?;
        let message = message.ok_or(Failure::Type("a text of characters up to U+00FF"))?;
        call.new_text(&instance.with(|gate| gate.sign(key_id.bytes(), message))?)
    }
}

/// `decide(ip, account, keyId, message, signature)`
struct Decide;
impl Function for Decide {
    const NAME: &'static CStr = c"decide";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let needs = instance.needs()?.of_whole_request();
        let Texts {
            ip,
            account,
            key_id,
            message,
            signature,
        } = &mut *instance.texts();
        ip.read(call, 0, needs.ip)?;
        account.read(call, 1, needs.account)?;
        key_id.read(call, 2, needs.key)?;
        let key_id = key_id.bytes();
        let numbers = &instance.numbers;
        let caller = Caller {
            ip: ip.bytes(),
            account: account.bytes(),
            key_id,
        };
        let prepared = instance.with(|gate| Ok(gate.prepare(numbers.get(Slot::ClassId), caller)))?;
        message.read(call, 3, needs.signature)?;
        signature.read(call, 4, needs.signature)?;
        let message = message.bytes(call, 3, || instance.text_form())?;
        let signed = SignedRequest {
            key_id,
            timestamp_us: time_of(message, numbers.get(Slot::TimestampUs)),
            window_us: whole_us(numbers.get(Slot::WindowUs)),
            message: message.unwrap_or_default(),
            signature: signature.bytes(),
        };
        instance.decide(|gate| gate.decide_prepared(numbers.get(Slot::NowUs), &prepared, numbers.extent(), &signed))
    }
}

/// A message that is no text of the gate's form has no time either: both are malformed, and at one place.
fn time_of(message: Option<&[u8]>, timestamp_us: f64) -> Option<u64> {
    message.and_then(|_| whole_us(timestamp_us))
}

/// `limit(ip, account, keyId)`
struct Limit;
impl Function for Limit {
    const NAME: &'static CStr = c"limit";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let needs = instance.needs()?;
        let Texts {
            ip, account, key_id, ..
        } = &mut *instance.texts();
        ip.read(call, 0, needs.ip)?;
        account.read(call, 1, needs.account)?;
        key_id.read(call, 2, needs.key)?;
        let caller = Caller {
            ip: ip.bytes(),
            account: account.bytes(),
            key_id: key_id.bytes(),
        };
        let numbers = &instance.numbers;
        let (now_us, class_id) = (numbers.get(Slot::NowUs), numbers.get(Slot::ClassId));
        instance.decide(|gate| gate.limit(now_us, class_id, caller, numbers.extent()))
    }
}

/// `verify(keyId, message, signature)`
struct Verify;
impl Function for Verify {
    const NAME: &'static CStr = c"verify";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let Texts {
            key_id,
            message,
            signature,
            ..
        } = &mut *instance.texts();
        key_id.read(call, 0, true)?;
        message.read(call, 1, true)?;
        signature.read(call, 2, true)?;
        let numbers = &instance.numbers;
        let message = message.bytes(call, 1, || instance.text_form())?;
        let signed = SignedRequest {
            key_id: key_id.bytes(),
            timestamp_us: time_of(message, numbers.get(Slot::TimestampUs)),
            window_us: whole_us(numbers.get(Slot::WindowUs)),
            message: message.unwrap_or_default(),
            signature: signature.bytes(),
        };
        instance.decide(|gate| gate.verify(numbers.get(Slot::NowUs), &signed))
    }
}

/// `decideRecord(record)`
struct DecideRecord;
impl Function for DecideRecord {
    const NAME: &'static CStr = c"decideRecord";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let record = Buffer::<u8>::new(call, 0, "record")?;
        instance.decide(|gate| gate.decide_record(record.read()))
    }
}

/// `decideBatch(records, count, decisions, answers)`
struct DecideBatch;
impl Function for DecideBatch {
    const NAME: &'static CStr = c"decideBatch";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let count = count(call, 1)?;
        let records = Buffer::<u8>::new(call, 0, "records")?;
        let decisions = Buffer::<u8>::new(call, 2, "decisions")?;
        let answers = Buffer::<f64>::new(call, 3, "answers")?;
        demand_apart(&[records.span(), decisions.span(), answers.span()])?;
        let decisions = decisions.first(count, "decisions")?;
        let answers = answers.first(count.saturating_mul(ANSWER_SIZE), "answers")?;
        instance.with(|gate| gate.decide_batch(records.read(), decisions.write(), answers.write()))?;
        Ok(ptr::null_mut())
    }
}

/// `internCaller(ip, account, keyId)`: a new one, or in the place of the caller whose number lies there.
struct InternCaller;
impl Function for InternCaller {
    const NAME: &'static CStr = c"internCaller";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let Texts {
            ip, account, key_id, ..
        } = &mut *instance.texts();
        ip.read(call, 0, true)?;
        account.read(call, 1, true)?;
        key_id.read(call, 2, true)?;
        let caller = Caller {
            ip: ip.bytes(),
            account: account.bytes(),
            key_id: key_id.bytes(),
        };
        let numbers = &instance.numbers;
        let number = if numbers.get(Slot::Caller) < 0.0 {
            instance.with(|gate| gate.intern_caller(caller))?
        } else {
            let number = numbers
                .index(Slot::Caller)
                .and_then(|number| u32::try_from(number).ok());
            // No caller has the highest number.
            instance.with(|gate| gate.replace_caller(number.unwrap_or(u32::MAX), caller))?
        };
        call.new_number(number)
    }
}

/// `limitCaller()`
struct LimitCaller;
impl Function for LimitCaller {
    const NAME: &'static CStr = c"limitCaller";

    fn run(instance: &Rc<Instance>, _call: &Call) -> Result<sys::napi_value, Failure> {
        let numbers = &instance.numbers;
        let (now_us, class_id) = (numbers.get(Slot::NowUs), numbers.get(Slot::ClassId));
        let caller = numbers
            .index(Slot::Caller)
            .and_then(|caller| u32::try_from(caller).ok());
        // No caller has the highest number.
        instance.decide(|gate| gate.limit_caller(now_us, class_id, caller.unwrap_or(u32::MAX), numbers.extent()))
    }
}

/// `decideSigned(message)`
struct DecideSigned;
impl Function for DecideSigned {
    const NAME: &'static CStr = c"decideSigned";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let numbers = &instance.numbers;
        let (now_us, class_id) = (numbers.get(Slot::NowUs), numbers.get(Slot::ClassId));
        let caller = numbers
            .index(Slot::Caller)
            .and_then(|caller| u32::try_from(caller).ok())
            .unwrap_or(u32::MAX);
        instance.with(|gate| {
            gate.prepare_caller(class_id, caller);
            Ok(())
        })?;
        let message = &mut instance.texts().message;
        message.read(call, 0, true)?;
        let message = message.bytes(call, 0, || instance.text_form())?;
        let unsigned = Unsigned {
            timestamp_us: message.map_or(f64::NAN, |_| numbers.get(Slot::TimestampUs)),
            window_us: numbers.get(Slot::WindowUs),
            message: message.unwrap_or_default(),
        };
        instance.decide(|gate| gate.decide_signed(now_us, class_id, caller, numbers.extent(), &unsigned))
    }
}

/// `limitBatch(callers, count, decisions, answers or null)`
struct LimitBatch;
impl Function for LimitBatch {
    const NAME: &'static CStr = c"limitBatch";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let count = count(call, 1)?;
        let callers = Buffer::<u32>::new(call, 0, "callers")?;
        let decisions = Buffer::<u8>::new(call, 2, "decisions")?;
        let answers = (!call.is_null(3))
            .then(|| Buffer::<f64>::new(call, 3, "answers"))
            .transpose()?;
        let answers_span = answers.as_ref().map_or((0, 0), Buffer::span);
        demand_apart(&[callers.span(), decisions.span(), answers_span])?;
        let callers = callers.first(count, "callers")?;
        let decisions = decisions.first(count, "decisions")?;
        let answers = answers
            .map(|answers| answers.first(count.saturating_mul(ANSWER_SIZE), "answers"))
            .transpose()?;
        let numbers = &instance.numbers;
        let (now_us, class_id) = (numbers.get(Slot::NowUs), numbers.get(Slot::ClassId));
        instance.with(|gate| {
            gate.limit_batch(
                now_us,
                class_id,
                callers.read(),
                decisions.write(),
                answers.map(Buffer::write),
            )
        })?;
        Ok(ptr::null_mut())
    }
}

/// `contention()`: the counts lie in the first two places of the answer.
struct ReadContention;
impl Function for ReadContention {
    const NAME: &'static CStr = c"contention";

    fn run(instance: &Rc<Instance>, _call: &Call) -> Result<sys::napi_value, Failure> {
        let Contention { overtaken, given_back } = instance.with(|gate| Ok(gate.contention()))?;
        instance.numbers.set_counts([overtaken, given_back]);
        Ok(ptr::null_mut())
    }
}
