//! Changes to files, kept in memory until all of them are known to be possible.

use std::collections::BTreeMap;

use super::edits;
use crate::failure::{Failure, Result, refuse};
use crate::repository::Repository;

/// Files that are to be written.
#[derive(Debug)]
pub struct Draft<'a> {
    repository: &'a Repository,
    files: BTreeMap<String, String>,
}

impl<'a> Draft<'a> {
    /// No changes yet.
    pub fn new(repository: &'a Repository) -> Self {
        Self { repository, files: BTreeMap::new() }
    }

    /// True if there is such a file, or will be.
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path) || self.repository.has(path)
    }

    /// A file's text as it will be.
    pub fn text(&self, path: &str) -> Result<String> {
        self.files.get(path).map_or_else(|| self.repository.read(path), |text| Ok(text.clone()))
    }

    /// A new file.
    pub fn create(&mut self, path: &str, text: impl Into<String>) -> Result<()> {
        if self.has(path) {
            return refuse!("{path} is there already.");
        }
        self.files.insert(path.to_owned(), text.into());
        Ok(())
    }

    /// A changed file. An edit that finds no place for its change answers nothing; `what` says what it wanted to add.
    pub fn edit(&mut self, path: &str, what: &str, edit: impl FnOnce(&str) -> Option<String>) -> Result<()> {
        let changed = edit(&self.text(path)?);
        let changed =
            changed.ok_or_else(|| Failure::new(format!("{path} has no place for {what}: add it there by hand.")))?;
        self.files.insert(path.to_owned(), changed);
        Ok(())
    }

    /// A line among those of a file that start like it.
    pub fn declare(&mut self, path: &str, start: &str, line: &str) -> Result<()> {
        self.edit(path, line, |text| Some(edits::declaration(text, start, line)))
    }

    /// Writes all of it; the paths of what was written.
    pub fn write(self) -> Result<Vec<String>> {
        for (path, text) in &self.files {
            self.repository.write(path, text)?;
        }
        Ok(self.files.into_keys().collect())
    }
}

/// A text with its `{{names}}` filled in.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let replace = |text: String, (name, value): &(&str, &str)| text.replace(&format!("{{{{{name}}}}}"), value);
    values.iter().fold(text.to_owned(), replace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in_wherever_they_stand() {
        assert_eq!(fill("{{a}}/{ {{b}} }/{{a}}", &[("a", "x"), ("b", "y")]), "x/{ y }/x");
    }
}
