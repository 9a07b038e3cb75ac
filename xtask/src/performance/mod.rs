//! `cargo xtask performance`: turns what was measured into `docs/performance.md`, its tables and its plots.
//!
//! A bench that has not run leaves its part of the document as it is. What people write stands outside of the markers and
//! is never touched.

mod document;
mod measured;
mod money;
mod plot;
mod sections;
mod text;

use measured::Measured;
use money::Model;

use crate::failure::Result;
use crate::repository::Repository;
use document::Document;

/// Where the document is.
pub const DOCUMENT: &str = "docs/performance.md";

/// Writes the document anew, and answers what was written and what there was nothing for.
pub fn write(repository: &Repository) -> Result<Vec<String>> {
    let measured = Measured::read(repository)?;
    let mut document = Document::parse(repository.read(DOCUMENT)?);
    let mut files: Vec<(String, String)> = Vec::new();
    let mut notes = Vec::new();
    for section in sections::all(repository, &measured)? {
        match section.outcome {
            None => notes.push(format!("{}: not measured, left as it was", section.name)),
            Some(written) => {
                document.replace(section.name, &written.text)?;
                files.extend(written.files);
                notes.push(format!("{}: written", section.name));
            }
        }
    }
    repository.write(DOCUMENT, &document.into_text())?;
    for (path, text) in &files {
        repository.write(path, text)?;
    }
    notes.extend(files.into_iter().map(|(path, _)| path));
    Ok(notes)
}

/// The model of costs, where both of what it stands on are there.
fn model<'a>(repository: &Repository, measured: &'a Measured) -> Result<Option<Model<'a>>> {
    match (&measured.functions, &measured.budgets) {
        (Some(functions), Some(budgets)) => Model::read(repository, functions, budgets).map(Some),
        _ => Ok(None),
    }
}
