//! The generator, and the binary that it makes.

mod binary;
mod generated;
#[path = "../build/generator.rs"]
mod generator;
#[path = "../../../../xtask/src/survey/manifest.rs"]
#[expect(dead_code, reason = "the rules of the repository need the rest of it")]
mod manifest;
