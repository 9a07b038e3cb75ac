//! The machine that measured.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Written, words};
use crate::performance::text::{Table, count, figure};

/// What the machine's bench tells of the run that was last: each bench has its own below.
const OF_A_RUN: [&str; 5] = ["busyCores", "commit", "date", "loadAverage", "uncommittedChanges"];

/// What is known of the machine, and how long each bench took on it.
pub fn write(machine: &BTreeMap<String, Value>, steps: &BTreeMap<String, Value>) -> Written {
    let mut written = Written::default();
    let mut table = Table::new(["", ""]).with_words(2);
    for (name, value) in machine.iter().filter(|(name, _)| !OF_A_RUN.contains(&name.as_str())) {
        match name.strip_suffix("Kib").zip(value.as_f64()) {
            Some((name, kibibytes)) => table.row([words(name), format!("{} GiB", figure(kibibytes / 1_048_576.0))]),
            None => table.row([words(name), shown(value)]),
        }
    }
    written.say(&table.text());
    if !steps.is_empty() {
        let mut table = Table::new(["bench", "began", "commit", "busy cores before", "minutes"]).with_words(3);
        for (name, step) in steps {
            let commit = step["commit"].as_str().unwrap_or_default();
            let short = commit.get(..10).unwrap_or(commit);
            let changed = if step["uncommittedChanges"] == true { " and changes" } else { "" };
            table.row([
                name.clone(),
                step["date"].as_str().unwrap_or_default().to_owned(),
                format!("{short}{changed}"),
                step["busyCores"].as_f64().map(figure).unwrap_or_default(),
                step["seconds"].as_f64().map(|seconds| figure(seconds / 60.0)).unwrap_or_default(),
            ]);
        }
        written.say(&table.text());
    }
    written
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().map(count).unwrap_or_default(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_is_known_of_the_machine_is_told() {
        let read = |value| serde_json::from_value(value).unwrap();
        let machine = json!({ "cpu": "c", "memoryKib": 2_097_152, "hasFan": true, "busyCores": 1 });
        let steps = json!({ "growth": { "date": "d", "commit": "0123456789abc", "busyCores": 1.5, "seconds": 90 } });
        let text = write(&read(machine), &read(steps)).text;
        assert!(
            text.contains("| memory | 2.00 GiB |")
                && text.contains("| has fan | yes |")
                && !text.contains("| busy cores | 1"),
            "{text}"
        );
        assert!(text.contains("| growth | d | 0123456789 | 1.50 | 1.50 |"), "{text}");
    }
}
