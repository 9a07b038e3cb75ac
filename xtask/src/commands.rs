//! Runs commands.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use crate::cli::{Command, HELP};
use crate::failure::Result;
use crate::repository::Repository;
use crate::{sizes, tidy};

/// Runs the command that the arguments name, in the checkout around `directory`, and says what it did.
pub fn run(arguments: &[String], directory: &Path, out: &mut dyn Write) -> Result<ExitCode> {
    let command = Command::parse(arguments)?;
    let repository = &Repository::around(directory)?;
    match command {
        Command::Help => write!(out, "{HELP}")?,
        Command::Tidy => return check(repository, out),
        Command::Sizes => write!(out, "{}", sizes::table(repository)?)?,
        _ => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn check(repository: &Repository, out: &mut dyn Write) -> Result<ExitCode> {
    let violations = tidy::check(repository)?;
    for violation in &violations {
        writeln!(out, "{violation}")?;
    }
    let (count, rules) = (violations.len(), tidy::RULES.len());
    match count {
        0 => writeln!(out, "tidy: {rules} rules hold")?,
        1 => writeln!(out, "tidy: 1 violation")?,
        _ => writeln!(out, "tidy: {count} violations")?,
    }
    Ok(if count == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
