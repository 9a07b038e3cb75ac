//! How large the binaries are that were built for release.

use std::fs;
use std::path::PathBuf;

use crate::failure::{Result, refuse};
use crate::repository::Repository;
use crate::survey::Survey;

/// One line per binary that was built, largest first.
pub fn table(repository: &Repository) -> Result<String> {
    let survey = Survey::of(repository)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.path("target"), PathBuf::from);
    let binaries =
        survey.contexts.iter().flat_map(|context| &context.manifest.binaries).map(|binary| binary.name.as_str());
    let mut sizes: Vec<(u64, &str, &str)> = Vec::new();
    for binary in binaries {
        for (what, path) in
            [("for AWS", format!("lambda/{binary}/bootstrap")), ("release", format!("release/{binary}"))]
        {
            sizes.extend(fs::metadata(target.join(path)).ok().map(|file| (file.len(), binary, what)));
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

/// Megabytes of ten to the six bytes, to one place.
fn megabytes(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_are_rounded_to_one_place() {
        assert_eq!([8_349_999, 8_350_000, 0].map(super::megabytes), ["8.3", "8.4", "0.0"]);
    }
}
