//! The `gruff` program: parses the command line and runs it.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
