//! Any bytes as an export of the format `disqus`.
#![no_main]

mod exports;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exports::read("disqus", bytes));
