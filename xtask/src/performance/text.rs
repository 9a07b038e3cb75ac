//! Figures and tables as readers see them.

use std::fmt::Write as _;

/// A Markdown table. The first column is words, the others are figures.
#[derive(Debug, Default)]
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    words: usize,
}

impl Table {
    /// A table whose first column is words.
    pub fn new<T: Into<String>>(head: impl IntoIterator<Item = T>) -> Self {
        Self { head: head.into_iter().map(Into::into).collect(), rows: Vec::new(), words: 1 }
    }

    /// The same with more columns of words.
    pub fn with_words(self, words: usize) -> Self {
        Self { words, ..self }
    }

    /// Adds a row.
    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// The table's text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        text.push_str(&line(&self.head));
        let rules = (0..self.head.len()).map(|index| if index < self.words { "---" } else { "---:" }.to_owned());
        text.push_str(&["|", &rules.collect::<Vec<_>>().join("|"), "|\n"].concat());
        for row in &self.rows {
            text.push_str(&line(row));
        }
        text
    }
}

/// A figure with three places that say something: `1,234`, `123`, `12.3`, `1.23`, `0.012`.
pub fn figure(value: f64) -> String {
    let size = value.abs();
    match size {
        _ if size >= 99.95 => grouped(value),
        _ if size >= 9.995 => format!("{value:.1}"),
        _ if size >= 0.9995 => format!("{value:.2}"),
        _ if size == 0.0 => "0".to_owned(),
        _ => format!("{value:.3}"),
    }
}

/// A whole figure if it is one, else as [`figure`].
pub fn count(value: f64) -> String {
    if value.fract() == 0.0 { grouped(value) } else { figure(value) }
}

/// Dollars: whole ones from a hundred on, cents below, and more places below a cent.
pub fn dollars(value: f64) -> String {
    match value {
        _ if value == 0.0 => "-".to_owned(),
        _ if value >= 99.995 => format!("${}", grouped(value)),
        _ if value >= 0.00995 => format!("${value:.2}"),
        _ if value >= 0.000_05 => format!("${value:.4}"),
        _ => "<$0.0001".to_owned(),
    }
}

/// A share as percent.
pub fn percent(share: f64) -> String {
    format!("{} %", figure(share * 100.0))
}

/// How many times more: `12 times`.
pub fn times(ratio: f64) -> String {
    if ratio.is_finite() { format!("{}x", figure(ratio)) } else { "-".to_owned() }
}

/// Millions of bytes.
pub fn megabytes(bytes: f64) -> String {
    figure(bytes / 1e6)
}

/// Megabytes of 1,024 KiB.
pub fn mebibytes(kibibytes: f64) -> String {
    figure(kibibytes / 1024.0)
}

/// Without places, thousands apart.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

/// The value below which a share of the sorted values lies.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into a list of some hundred values"
    )]
    let index = ((sorted.len().saturating_sub(1)) as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or_default()
}

/// Lines of a list.
pub fn list(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().fold(String::new(), |mut text, item| {
        // Writing to a String does not fail.
        writeln!(text, "- {item}").unwrap_or_default();
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_places_that_say_something() {
        let shown = [0.0, 0.0123, 0.5, 1.0, 9.996, 12.34, 99.96, 1234.5, 1_234_567.0, -12.0].map(figure);
        assert_eq!(shown, ["0", "0.012", "0.500", "1.00", "10.0", "12.3", "100", "1,234", "1,234,567", "-12.0"]);
        assert_eq!([0.5, 2.0, 1500.0].map(count), ["0.500", "2", "1,500"]);
    }

    #[test]
    fn dollars_have_cents_where_cents_matter() {
        let shown = [0.0, 0.000_01, 0.0012, 0.01, 3.456, 99.999, 1234.0].map(dollars);
        assert_eq!(shown, ["-", "<$0.0001", "$0.0012", "$0.01", "$3.46", "$100", "$1,234"]);
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "values of the list itself")]
    fn quantiles_are_values_of_the_list() {
        let sorted = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert_eq!([0.0, 0.5, 0.9, 1.0].map(|share| quantile(&sorted, share)), [1.0, 3.0, 5.0, 5.0]);
        assert_eq!(quantile(&[], 0.5), 0.0);
    }

    #[test]
    fn a_table_has_words_left_and_figures_right() {
        let mut table = Table::new(["a", "b"]);
        table.row(["x", "1"]);
        assert_eq!(table.text(), "| a | b |\n|---|---:|\n| x | 1 |\n");
    }
}
