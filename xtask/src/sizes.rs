//! How large the binaries are that were built for release, and how large they may be.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::budgets::{BLESS, Budgets, PATH, binaries};
use crate::failure::{Failure, Result, refuse};
use crate::repository::Repository;
use crate::survey::Survey;

/// How far a size may be from its budget, in percent. Paths of the machine that built it are part of a binary.
const TOLERANCE_PERCENT: u64 = 1;

/// One line per binary that was built, largest first.
pub fn table(repository: &Repository) -> Result<String> {
    let survey = Survey::of(repository)?;
    let target = target(repository);
    let mut sizes: Vec<(u64, String, &str)> = Vec::new();
    for binary in binaries(&survey) {
        for (what, path) in
            [("for AWS", format!("lambda/{binary}/bootstrap")), ("release", format!("release/{binary}"))]
        {
            sizes.extend(fs::metadata(target.join(path)).ok().map(|file| (file.len(), binary.clone(), what)));
        }
    }
    if sizes.is_empty() {
        return refuse!("Nothing is built for release in {}: run `cargo build --release` first.", target.display());
    }
    sizes.sort_by(|a, b| b.cmp(a));
    let lines: Vec<_> =
        sizes.iter().map(|(bytes, binary, what)| format!("{:>6} MB  {binary} ({what})\n", megabytes(*bytes))).collect();
    Ok(lines.concat())
}

/// Compares binaries that were built for release with their budgets: those that are named, or all. Says what was compared.
/// Another compiler, or another processor, makes binaries of other sizes: there nothing can be said.
pub fn check(repository: &Repository, named: &[String]) -> Result<String> {
    let survey = Survey::of(repository)?;
    let budgets = Budgets::of(repository)?;
    let here = compiler()?;
    if let Some(there) = budgets.compiler.as_ref().filter(|there| **there != here) {
        return Ok(format!("not compared: {PATH} has those of {there}, and this is {here}"));
    }
    let wanted = if named.is_empty() { binaries(&survey) } else { named.to_vec() };
    let new: Vec<_> = survey.functions().filter(crate::survey::Function::is_as_scaffolded).collect();
    let is_new = |binary: &str| new.iter().any(|function| function.resource.text("Handler") == binary);
    let mut wrong = Vec::new();
    for binary in &wanted {
        let budget = budgets.functions.get(binary).and_then(|budget| budget.bytes);
        match (built(repository, binary), budget) {
            (None, _) => wrong.push(format!("{binary} is not built for release")),
            (Some(_), None) if is_new(binary) => {}
            (Some(bytes), None) => wrong.push(format!("{binary} has {bytes} bytes, and no budget")),
            (Some(bytes), Some(budget)) => wrong.extend(compare(binary, bytes, budget)),
        }
    }
    if wrong.is_empty() {
        return Ok(format!("{} binaries keep to their budgets", wanted.len()));
    }
    refuse!("{PATH} and the binaries differ; `{BLESS}` takes over what is intended:\n  {}", wrong.join("\n  "))
}

/// Writes the sizes of all binaries into the file of budgets.
pub fn bless(repository: &Repository) -> Result<()> {
    let names = binaries(&Survey::of(repository)?);
    let mut budgets = Budgets::of(repository)?;
    for name in &names {
        let Some(bytes) = built(repository, name) else {
            return refuse!("{name} is not built: run `make bless-budgets`, which builds all.");
        };
        budgets.functions.entry(name.clone()).or_default().bytes = Some(bytes);
    }
    budgets.functions.retain(|name, _| names.contains(name));
    budgets.compiler = Some(compiler()?);
    repository.write(PATH, &budgets.text())
}

/// The compiler's version and what it compiles for.
fn compiler() -> Result<String> {
    let asked = Command::new("rustc").arg("--version").arg("--verbose").output();
    let output = asked.map_err(|error| Failure::new(format!("rustc does not start: {error}.")))?;
    Ok(told(&String::from_utf8_lossy(&output.stdout)))
}

/// From what `rustc --version --verbose` prints.
fn told(text: &str) -> String {
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("unknown").trim();
    format!("rustc {}, {}", value("release:"), value("host:"))
}

/// What is wrong with a size.
fn compare(binary: &str, bytes: u64, budget: u64) -> Option<String> {
    if bytes * 100 > budget * (100 + TOLERANCE_PERCENT) {
        Some(format!("{binary} has grown from {budget} to {bytes} bytes"))
    } else if bytes * 100 < budget * (100 - TOLERANCE_PERCENT) {
        Some(format!("{binary} has shrunk from {budget} to {bytes} bytes: keep the gain"))
    } else {
        None
    }
}

fn built(repository: &Repository, binary: &str) -> Option<u64> {
    fs::metadata(target(repository).join("release").join(binary)).ok().map(|file| file.len())
}

fn target(repository: &Repository) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.path("target"), PathBuf::from)
}

/// Megabytes of ten to the six bytes, to one place.
fn megabytes(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_to_one_place() {
        assert_eq!([8_349_999, 8_350_000, 0].map(megabytes), ["8.3", "8.4", "0.0"]);
    }

    #[test]
    fn the_compiler_is_told_by_its_release_and_host() {
        let text =
            "rustc 1.95.0 (59807616e 2026-04-14)\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0\n";
        assert_eq!(told(text), "rustc 1.95.0, x86_64-unknown-linux-gnu");
    }

    #[test]
    fn more_than_one_percent_is_told_in_both_directions() {
        assert_eq!(compare("a", 1_010_000, 1_000_000), None);
        assert_eq!(compare("a", 990_000, 1_000_000), None);
        let grown = compare("a", 1_010_001, 1_000_000);
        assert_eq!(grown.as_deref(), Some("a has grown from 1000000 to 1010001 bytes"));
        let shrunk = compare("a", 989_999, 1_000_000);
        assert_eq!(shrunk.as_deref(), Some("a has shrunk from 1000000 to 989999 bytes: keep the gain"));
    }
}
