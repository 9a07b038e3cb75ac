//! What a moderator's words mean here.

/// How sure a moderator must be, in percent. Below this, half of what is found is not there.
pub const MIN_CONFIDENCE_PERCENT: f32 = 80.0;

/// What is not shown, by the names that Rekognition gives its first level (content moderation, version 7). It names each
/// finding with all levels above it, so these are enough. Not on the list: swimwear, alcohol, tobacco, gambling, gestures.
pub const REFUSED: [&str; 5] = [
    "Explicit",
    "Hate Symbols",
    "Non-Explicit Nudity of Intimate parts and Kissing",
    "Violence",
    "Visually Disturbing",
];

/// Something that a moderator found.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What it is called.
    pub name: String,
    /// How sure it is, in percent.
    pub confidence_percent: f32,
}

/// What a moderator's findings come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may be shown.
    Shown,
    /// It may not.
    Refused,
}

/// Judges what was found.
pub fn judge(findings: &[Finding]) -> Verdict {
    let refuses = |finding: &Finding| {
        finding.confidence_percent >= MIN_CONFIDENCE_PERCENT
            && REFUSED.iter().any(|name| name.eq_ignore_ascii_case(&finding.name))
    };
    if findings.iter().any(refuses) { Verdict::Refused } else { Verdict::Shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, confidence_percent: f32) -> Vec<Finding> {
        vec![Finding { name: name.to_owned(), confidence_percent }]
    }

    #[test]
    fn what_is_refused_is_refused_when_it_is_sure() {
        for name in REFUSED {
            assert_eq!(judge(&found(name, 99.0)), Verdict::Refused);
            assert_eq!(judge(&found(&name.to_lowercase(), MIN_CONFIDENCE_PERCENT)), Verdict::Refused);
            assert_eq!(judge(&found(name, MIN_CONFIDENCE_PERCENT - 0.1)), Verdict::Shown);
        }
        assert_eq!(judge(&found("Swimwear or Underwear", 99.0)), Verdict::Shown);
        assert_eq!(judge(&[]), Verdict::Shown);
    }
}
