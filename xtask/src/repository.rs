//! The files of the repository, by paths that start at its root and use `/`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result, refuse};

/// A checkout.
#[derive(Debug, Clone)]
pub struct Repository {
    root: PathBuf,
}

impl Repository {
    /// The checkout with this root.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The checkout that `start` lies in.
    pub fn around(start: &Path) -> Result<Self> {
        match start.ancestors().find(|directory| directory.join("xtask/Cargo.toml").is_file()) {
            Some(root) => Ok(Self::at(root)),
            None => refuse!("{} is not inside the repository.", start.display()),
        }
    }

    /// Its root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a file is on this machine.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// True if there is such a file.
    pub fn has(&self, path: &str) -> bool {
        self.path(path).is_file()
    }

    /// A file's text.
    pub fn read(&self, path: &str) -> Result<String> {
        fs::read_to_string(self.path(path)).map_err(|error| Failure::new(format!("{path} cannot be read: {error}.")))
    }

    /// Writes a file, and the directories that lead to it.
    pub fn write(&self, path: &str, text: &str) -> Result<()> {
        let place = self.path(path);
        let parent = place.parent().unwrap_or(&self.root);
        let written = fs::create_dir_all(parent).and_then(|()| fs::write(&place, text));
        written.map_err(|error| Failure::new(format!("{path} cannot be written: {error}.")))
    }

    /// The names in a directory, sorted: files, then directories. What starts with a dot is not part of the sources.
    pub fn list(&self, directory: &str) -> (Vec<String>, Vec<String>) {
        let (mut files, mut directories) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(self.path(directory)).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            match entry.file_type() {
                _ if name.starts_with('.') => {}
                Ok(kind) if kind.is_dir() => directories.push(name),
                Ok(_) => files.push(name),
                Err(_) => {}
            }
        }
        files.sort();
        directories.sort();
        (files, directories)
    }

    /// The paths of all files below a directory whose names end in `suffix`, sorted; build output is left out.
    pub fn walk(&self, directory: &str, suffix: &str) -> Vec<String> {
        let mut found = Vec::new();
        self.walk_into(directory, suffix, &mut found);
        found
    }

    fn walk_into(&self, directory: &str, suffix: &str, found: &mut Vec<String>) {
        let (files, directories) = self.list(directory);
        let below = |name: &str| if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") };
        found.extend(files.iter().filter(|name| name.ends_with(suffix)).map(|name| below(name)));
        for name in directories.iter().filter(|name| *name != "target") {
            self.walk_into(&below(name), suffix, found);
        }
    }
}
