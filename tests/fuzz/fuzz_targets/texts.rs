//! libFuzzer's way into the target of this name, which is in `src/targets`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| quanho_fuzz::run("texts", input));
