//! Any bytes as an export of the format `wordpress-rest`.
#![no_main]

mod exports;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exports::read("wordpress-rest", bytes));
