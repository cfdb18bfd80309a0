//! Any bytes as lines of JSON with the keys of an export.
#![no_main]

mod exports;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exports::read_rows("export.jsonl", bytes));
