//! Any bytes as an export of the format `hacker-news-firebase`.
#![no_main]

mod exports;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exports::read("hacker-news-firebase", bytes));
