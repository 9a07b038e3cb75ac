//! Timestamps of clients: exactly what RFC 3339, section 5.6, allows.

use jiff::Timestamp;

/// Parses a date and a time with `Z` or an offset. Other forms of ISO 8601 and zone names are refused.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    has_form(text.as_bytes()).then(|| text.parse().ok()).flatten()
}

fn has_form(text: &[u8]) -> bool {
    let Some((start, rest)) = text.split_at_checked(19) else { return false };
    let start_fits = matches_form(start, b"0000-00-00T00:00:00");
    let digits = match rest {
        [b'.', more @ ..] => 1 + more.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    // Nanoseconds are the finest that a timestamp holds.
    let fraction_fits = digits == 0 || (2..=10).contains(&digits);
    start_fits && fraction_fits && rest.get(digits..).is_some_and(is_offset)
}

fn is_offset(text: &[u8]) -> bool {
    let fits = |hours: &[u8], minutes: &[u8]| hours <= b"23".as_slice() && minutes <= b"59".as_slice();
    match text {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', rest @ ..] => matches_form(rest, b"00:00") && fits(&rest[..2], &rest[3..]),
        _ => false,
    }
}

/// Whether a text has digits where the form has zeros, and the same characters elsewhere.
fn matches_form(text: &[u8], form: &[u8]) -> bool {
    let fits = |(byte, wanted): (&u8, &u8)| match wanted {
        b'0' => byte.is_ascii_digit(),
        wanted => byte.eq_ignore_ascii_case(wanted),
    };
    text.len() == form.len() && text.iter().zip(form).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rfc_3339_is_accepted() {
        for good in [
            "2026-11-29T00:52:54Z",
            "2026-11-29t00:52:54z",
            "2026-11-29T00:52:54.5Z",
            "2026-11-29T00:52:54.123456789+05:30",
            "1985-04-12T23:20:50.52-00:00",
        ] {
            assert!(parse(good).is_some(), "{good}");
        }
        for bad in [
            "20261129T005254Z",
            "2026-11-29T00Z",
            "2027-01-01T00:00Z",
            "2026-11-29T00:52:54,5Z",
            "2026-11-29T00:52:54+25:00",
            "2026-11-29T00:52:54+05",
            "+002027-01-01T00:00:00Z",
            "2026-11-29T00:52:54Z[Foo/Bar]",
            "2026-11-29T00:52:54Z[u-ca=hebrew]",
            "2026-11-29T00:52:54",
            "2026-11-29 00:52:54Z",
            "2026-13-29T00:52:54Z",
            "2026-11-29T00:52:54.Z",
            "2026-11-29T00:52:54.1234567890Z",
            "2026-11-29",
            "",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
