//! Edits of texts that people write too: each finds its place by the repository's conventions, or answers nothing.

use std::ops::Range;

/// Adds a line among those that start like it, in their order; `pub mod b;` goes between `pub mod a;` and `pub mod c;`.
/// Where none is yet, it goes behind the text at the top of the file.
pub fn declaration(text: &str, start: &str, line: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    if lines.contains(&line) {
        return text.to_owned();
    }
    let alike = |other: &&str| other.starts_with(start);
    let behind = lines.iter().position(|other| alike(other) && *other > line);
    if let Some(at) = behind.or_else(|| lines.iter().rposition(alike).map(|last| last + 1)) {
        return insert_lines(&lines, at, &[line]);
    }
    let top = lines.iter().take_while(|line| line.starts_with("//!")).count();
    let block = if top == 0 { vec![line, ""] } else { vec!["", line] };
    insert_lines(&lines, top, &block)
}

/// Adds an item to the list between `open` and `close`, in the order of the items. `open` stands once in the text.
pub fn list_item(text: &str, open: &str, close: char, item: &str) -> Option<String> {
    let start = text.find(open)? + open.len();
    let end = start + text[start..].find(close)?;
    let mut items: Vec<&str> = text[start..end].split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
    items.push(item);
    items.sort_unstable();
    items.dedup();
    Some(format!("{}{}{}", &text[..start], items.join(", "), &text[end..]))
}

/// Adds a `[[bin]]` entry, in the order of names.
pub fn binary(text: &str, name: &str, file: &str) -> String {
    let entry = format!("[[bin]]\nname = \"{name}\"\npath = \"{file}\"\ntest = false\n");
    let later = text.match_indices("[[bin]]\nname = \"").find(|(at, open)| {
        let other = text[at + open.len()..].split('"').next().unwrap_or_default();
        other > name
    });
    match later {
        Some((at, _)) => format!("{}{entry}\n{}", &text[..at], &text[at..]),
        None => format!("{}\n\n{entry}", text.trim_end()).replace("per consumer.\n\n[[bin]]", "per consumer.\n[[bin]]"),
    }
}

/// Adds a dependency of the workspace to a package's `[dependencies]`, in the order of names.
pub fn dependency(text: &str, name: &str) -> Option<String> {
    dependency_line(text, name, &format!("{name}.workspace = true"))
}

/// The same, with the line to add.
pub fn dependency_line(text: &str, name: &str, line: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let section = section(&lines, "[dependencies]", "[")?;
    let key = |line: &str| line.split(['.', ' ', '=']).next().unwrap_or_default().to_owned();
    let entries: Vec<usize> = section.filter(|at| lines[*at].contains('=') && !lines[*at].starts_with('#')).collect();
    if entries.iter().any(|at| key(lines[*at]) == name) {
        return Some(text.to_owned());
    }
    let later = entries.iter().find(|at| key(lines[**at]).as_str() > name).copied();
    let at = later.or_else(|| entries.last().map(|last| last + 1))?;
    Some(insert_lines(&lines, at, &[line]))
}

/// Adds lines at the end of a section of a template: `Resources`, `Parameters`, `Conditions`.
pub fn template_section(text: &str, name: &str, block: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let section = section(&lines, &format!("{name}:"), "")?;
    let (start, last) = (section.start, section.rev().find(|at| !lines[*at].trim().is_empty()));
    let block = if last.is_none() { block.trim_start_matches('\n') } else { block };
    Some(insert_lines(&lines, last.map_or(start, |last| last + 1), &block.trim_end().lines().collect::<Vec<_>>()))
}

/// A section of a template with its header, without the blank lines behind it.
pub fn section_text(text: &str, name: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let section = section(&lines, &format!("{name}:"), "")?;
    Some(lines[section.start - 1..section.end].join("\n").trim_end().to_owned())
}

/// Adds a row to the table below a heading; the table is made if there is none.
pub fn table_row(text: &str, heading: &str, columns: &[&str], cells: &[&str]) -> String {
    let row = |cells: &[&str]| format!("| {} |", cells.join(" | "));
    let lines: Vec<&str> = text.lines().collect();
    let rule = format!("{}|", "|---".repeat(columns.len()));
    let is_heading = |line: &&str| line.starts_with('#') && line.to_lowercase().contains(&heading.to_lowercase());
    let Some(of_heading) = lines.iter().position(is_heading) else {
        return format!("{}\n\n## {heading}\n\n{}\n{rule}\n{}\n", text.trim_end(), row(columns), row(cells));
    };
    let below = of_heading + 1;
    let end = lines[below..].iter().position(|line| line.starts_with('#')).map_or(lines.len(), |length| below + length);
    let Some(last) = (below..end).rfind(|at| lines[*at].starts_with('|')) else {
        let kept =
            insert_lines(&lines[..end], below, &["", &row(columns), &rule, &row(cells)]).replace("\n\nNone yet.", "");
        return kept + &insert_lines(&lines[end..], 0, &[]);
    };
    let width = lines[last].matches('|').count().saturating_sub(1).max(1);
    let mut fitted: Vec<&str> = cells.iter().copied().take(width).collect();
    fitted.resize(width, "");
    insert_lines(&lines, last + 1, &[&row(&fitted)])
}

/// Adds a refusal to `src/problem.rs`: a variant of the enum, and its arm in the `match`.
pub fn refusal(text: &str, variant: &str, doc: &str, answer: &str) -> Option<String> {
    if text.contains(&format!("Refusal::{variant} =>")) {
        return Some(text.to_owned());
    }
    let lines: Vec<&str> = text.lines().collect();
    let enumeration = lines.iter().position(|line| *line == "pub enum Refusal {")?;
    let variants_end = enumeration + lines[enumeration..].iter().position(|line| *line == "}")?;
    let matching = lines.iter().position(|line| line.trim() == "match refusal {")?;
    let closing = format!("{}}}", &lines[matching][..lines[matching].len() - lines[matching].trim_start().len()]);
    let arms_end = matching + lines[matching..].iter().position(|line| *line == closing)?;
    // From the end, so that the first place stays where it was found.
    let with_arm = insert_lines(&lines, arms_end, &[&format!("            Refusal::{variant} => {answer},")]);
    let lines: Vec<&str> = with_arm.lines().collect();
    Some(insert_lines(&lines, variants_end, &[&format!("    /// {doc}"), &format!("    {variant},")]))
}

/// The lines of a section, without its header: up to the next line that is not indented and starts with `next`.
fn section(lines: &[&str], header: &str, next: &str) -> Option<Range<usize>> {
    let start = lines.iter().position(|line| *line == header)? + 1;
    let ends = |line: &&str| !line.is_empty() && !line.starts_with([' ', '#']) && line.starts_with(next);
    let end = lines[start..].iter().position(ends).map_or(lines.len(), |length| start + length);
    Some(start..end)
}

fn insert_lines(lines: &[&str], at: usize, new: &[&str]) -> String {
    let mut text = [&lines[..at], new, &lines[at..]].concat().join("\n");
    text.push('\n');
    text
}

#[cfg(test)]
#[path = "edits_tests.rs"]
mod edits_tests;
