//! Looks for what the verifier's time gives away, in the manner of dudect (Reparaz, Balasch, Verbauwhede: "Dude, is my code
//! constant time?"): requests of two classes in random order, each timed, and Welch's t-test of the two means.
//!
//! ```sh
//! cargo run --release -p floodproof-core --example timing
//! ```
//! Ends with 1 when |t| reaches 5 for the verifier, or does not for a comparison that stops at the first wrong byte, which
//! must be found out. Wants a machine that does nothing else. So many measurements tell parts of one cycle apart; how far
//! the classes are from each other is printed beside.
use floodproof_core::{
    AuthSpec, Decision, Gate, GateSpec, HashKind, HashSecret, SignatureEncoding, SignedRequest, TextForm, hmac_sha256,
};
use std::fmt;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

const MEASUREMENTS: usize = 2_000_000;
/// From which the thresholds are taken above which a measurement says more about the machine than about the code.
const PILOT: u32 = 100_000;
/// Shares of the measurements that are kept; the worst answer of all counts.
const KEPT: [f64; 5] = [0.5, 0.75, 0.9, 0.99, 1.0];
const T_MAX: f64 = 5.0;

const SECRET: &[u8] = b"the secret of every key";
const MESSAGE: &[u8] = &[b'm'; 200];
const KEYS: usize = 32;
/// Requests of a class. So many that the keys which stand in for unknown ones are spread as evenly as the known ones.
const REQUESTS: usize = 1024;

/// What differs between the requests; equally long in both classes.
#[derive(Clone)]
struct Request {
    key_id: Vec<u8>,
    signature: Vec<u8>,
}

fn main() -> ExitCode {
    let mut gate = gate();
    let nearly_right = class(|index| (known(index % KEYS), signature(31)));
    let wrong_at_once = class(|index| (known(index % KEYS), signature(0)));
    let unknown = class(|index| (format!("unknown-{index:024}"), signature(0)));

    let mut verify = |request: &Request| {
        let signed = SignedRequest {
            key_id: &request.key_id,
            timestamp_us: Some(0),
            window_us: Some(0),
            message: MESSAGE,
            signature: &request.signature,
        };
        let decision = gate.verify(0.0, &signed).expect("the gate has a verifier");
        assert!(matches!(decision, Decision::BadSignature | Decision::UnknownKey));
    };
    let place = largest_leak(&[&nearly_right, &wrong_at_once], &mut verify);
    let key = largest_leak(&[&wrong_at_once, &unknown], &mut verify);
    let planted = largest_leak(&[&nearly_right, &wrong_at_once], &mut stops_at_first_difference);

    println!("{MEASUREMENTS} measurements each; |t| from {T_MAX} on tells the classes apart");
    println!("verifier, wrong in the last byte / in the first:   {place}");
    println!("verifier, wrong signature of a key / unknown key:  {key}");
    println!("planted comparison that stops at a difference:     {planted}");
    if place.t < T_MAX && key.t < T_MAX && planted.t >= T_MAX {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// How well two classes are told apart, and by how much.
#[derive(Default)]
struct Leak {
    t: f64,
    difference_ns: f64,
}

impl fmt::Display for Leak {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "|t| = {:.2}, {:.2} ns apart", self.t, self.difference_ns)
    }
}

fn gate() -> Gate {
    let spec = GateSpec {
        classes: vec!["signed".to_owned()],
        limits: Vec::new(),
        auth: Some(AuthSpec {
            signed: vec![true],
            hash: HashKind::Sha256,
            encoding: SignatureEncoding::Hex,
            text: TextForm::Utf8,
            window_us_max: 1,
            future_us: 1,
            replay_capacity: None,
            replay_per_key: 1,
        }),
        origin_us: 0,
    };
    let mut gate = Gate::new(&spec, HashSecret { k0: 0x5eed, k1: 0x5eed }).expect("the spec is right");
    for index in 0..KEYS {
        gate.add_key(known(index).as_bytes(), SECRET, b"")
            .expect("the key is right");
    }
    gate
}

fn known(index: usize) -> String {
    format!("known-k-{index:024}")
}

/// The right signature but for one byte.
fn signature(wrong_byte: usize) -> String {
    let mut mac = hmac_sha256(SECRET, MESSAGE);
    mac[wrong_byte] ^= 0xff;
    let digits = mac.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

fn class(text_of: impl Fn(usize) -> (String, String)) -> Vec<Request> {
    let texts = (0..REQUESTS).map(text_of);
    texts
        .map(|(key_id, signature)| Request {
            key_id: key_id.into_bytes(),
            signature: signature.into_bytes(),
        })
        .collect()
}

/// What must not be done: it takes longer the more of the signature is right.
fn stops_at_first_difference(request: &Request) {
    let mac = hmac_sha256(SECRET, MESSAGE);
    let value = |digit: u8| char::from(digit).to_digit(16).unwrap_or(0);
    let mut pairs = mac.iter().zip(request.signature.chunks_exact(2));
    let is_equal = pairs.all(|(byte, digits)| value(digits[0]) << 4 | value(digits[1]) == u32::from(*byte));
    assert!(!black_box(is_equal));
}

/// That of the cropping with the largest |t|.
fn largest_leak(classes: &[&Vec<Request>; 2], subject: &mut dyn FnMut(&Request)) -> Leak {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    // Both classes are read at each measurement and shown in one place, so that memory can not tell them apart.
    let mut shown = classes[0][0].clone();
    let mut measure = || {
        let draw = random.next();
        let class = usize::from(draw & 1 == 1);
        let [zero, one] = classes.map(|class| &class[(draw >> 8) as usize % REQUESTS]);
        blend(&mut shown.key_id, &zero.key_id, &one.key_id, class == 1);
        blend(&mut shown.signature, &zero.signature, &one.signature, class == 1);
        let begun = Instant::now();
        subject(black_box(&shown));
        let elapsed = begun.elapsed();
        (class, f64::from(elapsed.subsec_nanos()))
    };
    let mut pilot: Vec<f64> = (0..PILOT).map(|_| measure().1).collect();
    pilot.sort_by(f64::total_cmp);
    let mut tests = KEPT.map(|share| {
        let kept = pilot
            .iter()
            .zip(1_u32..)
            .take_while(|(_, rank)| f64::from(*rank) <= share * f64::from(PILOT));
        let threshold = if share < 1.0 {
            kept.last().map_or(0.0, |(ns, _)| *ns)
        } else {
            f64::INFINITY
        };
        (threshold, Welch::default())
    });
    for _ in 0..MEASUREMENTS {
        let (class, ns) = measure();
        for (_, test) in tests.iter_mut().filter(|(threshold, _)| ns <= *threshold) {
            test.push(class, ns);
        }
    }
    let leaks = tests.iter().map(|(_, test)| test.leak());
    leaks.max_by(|one, other| one.t.total_cmp(&other.t)).unwrap_or_default()
}

fn blend(shown: &mut [u8], zero: &[u8], one: &[u8], is_one: bool) {
    let mask = black_box(u8::from(is_one).wrapping_neg());
    for (shown, (zero, one)) in shown.iter_mut().zip(zero.iter().zip(one)) {
        *shown = zero & !mask | one & mask;
    }
}

/// Welch's t-test on line, with Welford's sums.
#[derive(Default)]
struct Welch {
    count: [f64; 2],
    mean: [f64; 2],
    squares: [f64; 2],
}

impl Welch {
    fn push(&mut self, class: usize, value: f64) {
        self.count[class] += 1.0;
        let delta = value - self.mean[class];
        self.mean[class] += delta / self.count[class];
        self.squares[class] += delta * (value - self.mean[class]);
    }

    fn leak(&self) -> Leak {
        let error = |class: usize| self.squares[class] / (self.count[class] - 1.0) / self.count[class];
        let difference_ns = (self.mean[0] - self.mean[1]).abs();
        Leak {
            t: difference_ns / (error(0) + error(1)).sqrt(),
            difference_ns,
        }
    }
}

/// xorshift64*: classes need no more.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32
    }
}
