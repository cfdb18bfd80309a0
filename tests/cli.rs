//! The program as it is used: each file in `tests/cmd` is a command and what it must answer.
#![cfg(all(feature = "cli", feature = "serve"))]

#[test]
fn commands_answer_as_documented() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd").case("tests/cmd/*.toml");
}
