//! Schedule expressions of EventBridge.

/// The minutes between two runs of `rate(5 minutes)`; none for anything else.
pub fn minutes_between(expression: &str) -> Option<f64> {
    let inside = expression.strip_prefix("rate(")?.strip_suffix(')')?;
    let (count, unit) = inside.split_once(' ')?;
    let minutes = match unit.trim_end_matches('s') {
        "minute" => 1.0,
        "hour" => 60.0,
        "day" => 1440.0,
        _ => return None,
    };
    count.parse::<f64>().ok().map(|count| count * minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_minutes_and_other_expressions_are_none() {
        for (text, minutes) in [("rate(1 minute)", 1.0), ("rate(5 minutes)", 5.0), ("rate(1 day)", 1440.0)] {
            assert_eq!(minutes_between(text), Some(minutes), "{text}");
        }
        for text in ["cron(0 8 * * ? *)", "rate(5 weeks)", "rate(minutes)", ""] {
            assert_eq!(minutes_between(text), None, "{text}");
        }
    }
}
