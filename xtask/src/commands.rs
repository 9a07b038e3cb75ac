//! Runs commands.

use std::io::Write;
use std::path::Path;
use std::process::{Command as Process, ExitCode, Stdio};

use crate::cli::{Command, HELP};
use crate::failure::{Failure, Result, refuse};
use crate::repository::Repository;
use crate::scaffold::{self, Written};
use crate::{apis, budgets, performance, sizes, tidy};

/// Runs the command that the arguments name, in the checkout around `directory`, and says what it did.
pub fn run(arguments: &[String], directory: &Path, out: &mut dyn Write) -> Result<ExitCode> {
    let command = Command::parse(arguments)?;
    let repository = &Repository::around(directory)?;
    match command {
        Command::Help => write!(out, "{HELP}")?,
        Command::Tidy => return check(repository, out),
        Command::Rules => list_rules(out)?,
        Command::Openapi => bless(repository)?,
        Command::Apis => {
            for path in apis::write(repository)? {
                writeln!(out, "{path}")?;
            }
        }
        Command::Performance => {
            for note in performance::write(repository)? {
                writeln!(out, "{note}")?;
            }
        }
        Command::Sizes => write!(out, "{}", sizes::table(repository)?)?,
        Command::CheckSizes { binaries } => {
            writeln!(out, "sizes: {}", sizes::check(repository, &binaries)?)?;
        }
        Command::BlessSizes => sizes::bless(repository)?,
        Command::CheckBudgets { record } => {
            writeln!(out, "budgets: {} cases, each measured", budgets::check(repository, &record)?)?;
        }
        Command::BlessBudgets { record } => budgets::bless(repository, &record)?,
        Command::NewContext { pack, context } => {
            let written = scaffold::context(repository, &pack, &context)?;
            finish(repository, &written, false, out)?;
        }
        Command::NewEndpoint { context, name, route, public, bless } => {
            let written = scaffold::endpoint(repository, &context, &name, &route, public)?;
            finish(repository, &written, bless, out)?;
        }
        Command::NewConsumer { context, name, events, bus, bless } => {
            let source = if bus { scaffold::Source::Bus } else { scaffold::Source::Queue };
            let written = scaffold::consumer(repository, &context, &name, &events, source)?;
            finish(repository, &written, bless, out)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(repository: &Repository, out: &mut dyn Write) -> Result<ExitCode> {
    let violations = tidy::check(repository)?;
    for violation in &violations {
        writeln!(out, "{violation}")?;
    }
    match violations.len() {
        0 => writeln!(out, "tidy: all {} rules hold", tidy::RULES.len())?,
        1 => writeln!(out, "tidy: 1 violation")?,
        count => writeln!(out, "tidy: {count} violations")?,
    }
    Ok(if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn list_rules(out: &mut dyn Write) -> Result<()> {
    for rule in tidy::RULES {
        writeln!(out, "{:<16} {}", rule.name, rule.asks)?;
    }
    Ok(())
}

/// Brings the new files in order, and says what was written and what is left to do.
fn finish(repository: &Repository, written: &Written, with_bless: bool, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "Written:")?;
    for file in &written.files {
        writeln!(out, "  {file}")?;
    }
    let packages = written.packages.iter().flat_map(|package| ["--package", package]);
    cargo(repository, &["fmt"], packages, &[])?;
    // Writes new packages and new dependencies into the lock file, which later commands take as it is.
    cargo(repository, &["metadata", "--format-version", "1"], [], &[])?;
    if with_bless {
        bless(repository)?;
    }
    writeln!(out, "Next (docs/adding-an-endpoint.md says more):")?;
    for (number, step) in (1..).zip(&written.next) {
        writeln!(out, "  {number}. {step}")?;
    }
    Ok(())
}

/// Rewrites what the contract tests compare, and what is generated from that.
fn bless(repository: &Repository) -> Result<()> {
    cargo(repository, &["test", "--quiet", "--package", "tests", "--test", "contract"], [], &[("BLESS", "1")])?;
    apis::write(repository).map(drop)
}

/// Runs cargo; its messages go where ours go, and what it prints on its standard output goes nowhere.
fn cargo<'a>(
    repository: &Repository,
    command: &[&str],
    more: impl IntoIterator<Item = &'a str>,
    variables: &[(&str, &str)],
) -> Result<()> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut process = Process::new(program);
    process
        .args(command)
        .args(more)
        .current_dir(repository.root())
        .envs(variables.iter().copied())
        .stdout(Stdio::null());
    let status = process.status().map_err(|error| Failure::new(format!("cargo cannot be started: {error}.")))?;
    if status.success() { Ok(()) } else { refuse!("`cargo {}` failed; what was written stays.", command.join(" ")) }
}
