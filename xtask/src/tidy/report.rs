//! What the rules found.

use std::fmt::{self, Display};

use crate::survey::Resource;

/// A place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The rule.
    pub rule: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

impl Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.path, self.line, self.rule, self.message)
    }
}

/// Collects violations.
#[derive(Debug, Default)]
pub struct Report {
    rule: &'static str,
    violations: Vec<Violation>,
}

impl Report {
    /// What follows is about this rule.
    pub fn begin(&mut self, rule: &'static str) {
        self.rule = rule;
    }

    /// A line of a file is wrong.
    pub fn at(&mut self, path: impl Into<String>, line: usize, message: impl Into<String>) {
        self.violations.push(Violation { path: path.into(), line, rule: self.rule, message: message.into() });
    }

    /// A resource of a template is wrong; the message starts with its name.
    pub fn resource(&mut self, resource: &Resource<'_>, message: impl Display) {
        self.at(&resource.template.path, resource.line(), format!("{} {message}", resource.id));
    }

    /// All violations, by file and line.
    pub fn finish(mut self) -> Vec<Violation> {
        self.violations.sort();
        self.violations.dedup();
        self.violations
    }
}
