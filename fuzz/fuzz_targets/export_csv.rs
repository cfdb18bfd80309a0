//! Any bytes as a table with the columns of an export.
#![no_main]

mod exports;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exports::read_rows("export.csv", bytes));
