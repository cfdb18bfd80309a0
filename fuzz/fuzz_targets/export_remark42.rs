//! Any bytes as an export of the format `remark42`.
#![no_main]

mod exports;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exports::read("remark42", bytes));
