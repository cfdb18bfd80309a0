//! The `gruff` program: parses the command line and runs it.

mod cli;

/// Judging and answering allocate many small pieces on several threads, for which the system's allocator is slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
