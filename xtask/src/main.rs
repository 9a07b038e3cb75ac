//! `cargo xtask <command>`; without a command it says which there are.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = std::env::current_dir()
        .map_err(Into::into)
        .and_then(|directory| xtask::run(&arguments, &directory, &mut std::io::stdout().lock()));
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            // Where standard error is closed there is nobody to tell.
            writeln!(std::io::stderr(), "{failure}").unwrap_or_default();
            ExitCode::FAILURE
        }
    }
}
