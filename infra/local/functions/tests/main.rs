//! The generator, and the binary that it makes.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod binary;
mod generated;
#[path = "../build/generator.rs"]
mod generator;
#[path = "../../../../xtask/src/survey/manifest.rs"]
#[expect(dead_code, reason = "the rules of the repository need the rest of it")]
mod manifest;
