//! Records that are right, and a few that were spoiled.
#![cfg_attr(fuzzing, no_main)]

use floodproof_fuzz::BatchPlan;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    play(bytes);
});

fn play(bytes: &[u8]) {
    if let Some(plan) = BatchPlan::from_bytes(bytes) {
        plan.to_case().check();
    }
}

/// Without the fuzzer it plays files again: what a finding left, under any toolchain, a debugger or Miri.
#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    for path in std::env::args_os().skip(1) {
        play(&std::fs::read(path)?);
    }
    Ok(())
}
