//! Bytes as they come, changed by `mutate`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
use floodproof_fuzz::{BatchCase, mutate};

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    BatchCase::from_bytes(bytes).check();
});

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(data, size, max_size, seed, libfuzzer_sys::fuzzer_mutate)
});

/// Without the fuzzer it plays files again: what a finding left, under any toolchain, a debugger or Miri.
#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    for path in std::env::args_os().skip(1) {
        floodproof_fuzz::BatchCase::from_bytes(&std::fs::read(path)?).check();
    }
    Ok(())
}
