//! Any bytes as an export of the format `comentario`.
#![no_main]

mod exports;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exports::read("comentario", bytes));
