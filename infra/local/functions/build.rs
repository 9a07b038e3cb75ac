//! Generates a module per function and the table that finds it by name.

#[path = "build/generator.rs"]
mod generator;
#[path = "../../../xtask/src/survey/manifest.rs"]
#[expect(dead_code, unreachable_pub, reason = "the rules of the repository need the rest of it")]
mod manifest;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("cargo::error={message}");
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), String> {
    let variable = |name: &str| env::var(name).map_err(|_| format!("{name} is not set: cargo sets it"));
    let directory = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let root = directory.ancestors().nth(3).ok_or("the package has moved: build.rs expects it in infra/local")?;
    let included = |pack: &str| env::var_os(generator::feature_variable(pack)).is_some();
    let found = generator::survey(&root.join("functions"), &included)?;
    println!("cargo::rerun-if-changed=Cargo.toml");
    for path in &found.watched {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    let place = Path::new(&variable("OUT_DIR")?).join("functions.rs");
    fs::write(&place, found.code()).map_err(|error| format!("{} cannot be written: {error}", place.display()))
}
