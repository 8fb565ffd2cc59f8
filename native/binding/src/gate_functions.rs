//! The functions of a gate. Which gate, and all numbers, lie in the instance's `Numbers`; a decision is left there.
use crate::buffers::{Buffer, count, demand_apart};
use crate::call::Call;
use crate::failure::{Failure, done};
use crate::function::{Function, define};
use crate::instance::{Instance, Seat, keep};
use crate::numbers::{Numbers, Slot};
use crate::shared_gates;
use crate::texts::{Texts, read_owned};
use floodproof_core::{ANSWER_SIZE, Gate, GateError, HashSecret, SignedRequest, whole_us};
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
    define::<LimitBatch>(instance, env, target)?;
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
        let mut texts = instance.texts();
        texts.read_key_id(call, 0, true)?;
        texts.read_account(call, 2, true)?;
        let secret = Buffer::<u8>::new(call, 1, "secret")?;
        instance.with(|gate| gate.add_key(texts.key_id(), secret.read(), texts.account()))?;
        Ok(ptr::null_mut())
    }
}

/// `removeKey(keyId)`
struct RemoveKey;
impl Function for RemoveKey {
    const NAME: &'static CStr = c"removeKey";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let mut texts = instance.texts();
        texts.read_key_id(call, 0, true)?;
        call.new_boolean(instance.with(|gate| Ok(gate.remove_key(texts.key_id())))?)
    }
}

/// `sign(keyId, message)`
struct Sign;
impl Function for Sign {
    const NAME: &'static CStr = c"sign";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let mut texts = instance.texts();
        texts.read_key_id(call, 0, true)?;
        texts.read_message(call, 1, true)?;
        call.new_text(&instance.with(|gate| gate.sign(texts.key_id(), texts.message()))?)
    }
}

/// `decide(ip, account, keyId, message, signature)`
struct Decide;
impl Function for Decide {
    const NAME: &'static CStr = c"decide";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let needs = instance.needs()?;
        let mut texts = instance.texts();
        texts.read_ip(call, 0, needs.ip)?;
        texts.read_account(call, 1, needs.account && !needs.signature)?;
        texts.read_key_id(call, 2, needs.key || needs.signature)?;
        texts.read_message(call, 3, needs.signature)?;
        texts.read_signature(call, 4, needs.signature)?;
        let (now_us, class_id, signed) = (
            instance.numbers.get(Slot::NowUs),
            instance.numbers.get(Slot::ClassId),
            signed(&texts, &instance.numbers),
        );
        instance.decide(|gate| gate.decide(now_us, class_id, texts.caller(), &signed))
    }
}

/// `limit(ip, account, keyId)`
struct Limit;
impl Function for Limit {
    const NAME: &'static CStr = c"limit";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let needs = instance.needs()?;
        let mut texts = instance.texts();
        texts.read_ip(call, 0, needs.ip)?;
        texts.read_account(call, 1, needs.account)?;
        texts.read_key_id(call, 2, needs.key)?;
        let (now_us, class_id) = (instance.numbers.get(Slot::NowUs), instance.numbers.get(Slot::ClassId));
        instance.decide(|gate| gate.limit(now_us, class_id, texts.caller()))
    }
}

/// `verify(keyId, message, signature)`
struct Verify;
impl Function for Verify {
    const NAME: &'static CStr = c"verify";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let mut texts = instance.texts();
        texts.read_key_id(call, 0, true)?;
        texts.read_message(call, 1, true)?;
        texts.read_signature(call, 2, true)?;
        let (now_us, signed) = (instance.numbers.get(Slot::NowUs), signed(&texts, &instance.numbers));
        instance.decide(|gate| gate.verify(now_us, &signed))
    }
}

fn signed<'texts>(texts: &'texts Texts, numbers: &Numbers) -> SignedRequest<'texts> {
    SignedRequest {
        key_id: texts.key_id(),
        timestamp_us: whole_us(numbers.get(Slot::TimestampUs)),
        window_us: whole_us(numbers.get(Slot::WindowUs)),
        message: texts.message(),
        signature: texts.signature(),
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

/// `internCaller(ip, account, keyId)`
struct InternCaller;
impl Function for InternCaller {
    const NAME: &'static CStr = c"internCaller";

    fn run(instance: &Rc<Instance>, call: &Call) -> Result<sys::napi_value, Failure> {
        let mut texts = instance.texts();
        texts.read_ip(call, 0, true)?;
        texts.read_account(call, 1, true)?;
        texts.read_key_id(call, 2, true)?;
        call.new_number(instance.with(|gate| gate.intern_caller(texts.caller()))?)
    }
}

/// `limitCaller()`
struct LimitCaller;
impl Function for LimitCaller {
    const NAME: &'static CStr = c"limitCaller";

    fn run(instance: &Rc<Instance>, _call: &Call) -> Result<sys::napi_value, Failure> {
        let numbers = &instance.numbers;
        let (now_us, class_id) = (numbers.get(Slot::NowUs), numbers.get(Slot::ClassId));
        let caller = whole_us(numbers.get(Slot::Caller)).and_then(|caller| u32::try_from(caller).ok());
        // No caller has the highest number.
        instance.decide(|gate| gate.limit_caller(now_us, class_id, caller.unwrap_or(u32::MAX)))
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
