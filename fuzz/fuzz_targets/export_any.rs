//! Any bytes as an input without a name: recognised as whatever export, rows, page or text it looks like.
#![no_main]

mod exports;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exports::read_rows("-", bytes));
