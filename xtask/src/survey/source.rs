//! Rust files, and which of their lines are production code.

/// A Rust file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where it is.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// The file's name without its directories.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The lines of code with their numbers: no blank lines, no lines that are only a comment.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        numbered(&self.text).filter(|(_, line)| is_code(line))
    }

    /// The lines of [`Self::code`] that are not for tests only.
    pub fn production_code(&self) -> Vec<(usize, &str)> {
        if self.file_name().ends_with("_tests.rs") {
            return Vec::new();
        }
        let mut lines = self.code();
        let mut kept = Vec::new();
        while let Some((number, line)) = lines.next() {
            if line.trim_start().starts_with("#[cfg(test)]") {
                skip_item(&mut lines, indent(line));
            } else {
                kept.push((number, line));
            }
        }
        kept
    }
}

/// Skips the item that attributes at this indentation belong to, as rustfmt lays it out.
fn skip_item<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>, outer: usize) {
    let Some((_, first)) = lines.find(|(_, line)| !line.trim_start().starts_with("#[")) else { return };
    if !first.trim_end().ends_with([';', '}']) {
        // The item ends with the brace that stands where it began.
        lines.find(|(_, line)| indent(line) == outer && line.trim_start().starts_with('}'));
    }
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

fn is_code(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with("//")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// True if `line` contains `needle`, and not as the end of a longer name.
pub fn mentions(line: &str, needle: &str) -> bool {
    let part_of_name = |last: char| last.is_alphanumeric() || last == '_';
    line.match_indices(needle).any(|(at, _)| !line[..at].ends_with(part_of_name) || !needle.starts_with(part_of_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_code_is_left_out_and_what_follows_it_is_not() {
        let text = "//! Doc.\nuse a;\n#[cfg(test)]\n#[path = \"x_tests.rs\"]\nmod x_tests;\nfn b() {}\n\
                    #[cfg(test)]\nmod tests {\n    fn c() {\n    }\n}\n    // no\nfn d(\n) {}\n";
        let source = Source { path: "src/a.rs".into(), text: text.into() };
        let numbers: Vec<_> = source.production_code().into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [2, 6, 13, 14]);
    }

    #[test]
    fn a_name_is_found_as_a_whole() {
        assert!(mentions("x = rand::random()", "rand::"));
        assert!(!mentions("x = operand::new()", "rand::"));
        assert!(mentions("future.await", ".await"));
    }
}
