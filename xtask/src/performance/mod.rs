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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_is_written_and_all_else_stays() {
        let repository = money::fixture_repository();
        let notes = write(&repository).unwrap();
        assert!(notes.contains(&"machine: not measured, left as it was".to_owned()), "{notes:?}");
        assert!(notes.contains(&"docs/performance/functions.md".to_owned()), "{notes:?}");
        let text = repository.read(DOCUMENT).unwrap();
        assert!(
            text.starts_with("\nWritten by hand.\n<!-- begin machine -->\nAn older machine.\n<!-- end machine -->")
        );
        assert!(text.contains("### Per million requests") && text.contains("| `orders-count-orders` |"), "{text}");
        // Once more is the same: nothing depends on what was there.
        write(&repository).unwrap();
        assert_eq!(repository.read(DOCUMENT).unwrap(), text);
    }
}
