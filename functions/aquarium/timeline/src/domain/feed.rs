//! Calendar feeds: events as iCalendar text (RFC 5545).
//!
//! All times are instants in UTC. Recurring things are written occurrence by occurrence, so that no program applies time zone
//! rules of its own, and a feed needs no `VTIMEZONE`.

use jiff::{SignedDuration, Timestamp};

/// Longest line in octets, without its end (RFC 5545, section 3.1).
const MAX_LINE_OCTETS: usize = 75;
/// Maximum number of events of a feed.
pub const MAX_EVENTS: usize = 1_000;
/// How far a feed looks ahead, in days.
pub const AHEAD_DAYS: i64 = 90;
/// How far a feed looks back, in days: what is overdue stays visible.
pub const BACK_DAYS: i64 = 30;

const HOURS_PER_DAY: i64 = 24;
/// How programs show an event, in minutes. Without a duration many of them show nothing.
const EVENT_MINUTES: u8 = 15;
/// How often programs are asked to read the feed again, in hours.
const REFRESH_HOURS: u8 = 4;

/// An event of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEvent {
    /// Identifies the event in every version of the feed.
    pub uid: String,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// When it starts.
    pub starts_at: Timestamp,
    /// Title.
    pub title: String,
    /// Description. Empty for none.
    pub description: String,
}

/// A feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    from: Timestamp,
    to: Timestamp,
    events: Vec<FeedEvent>,
}

impl Feed {
    /// A feed without events, as of an instant.
    pub fn new(now: Timestamp) -> Self {
        let days = |days: i64| SignedDuration::from_hours(days * HOURS_PER_DAY);
        Self {
            from: now.saturating_sub(days(BACK_DAYS)).unwrap_or(Timestamp::MIN),
            to: now.saturating_add(days(AHEAD_DAYS)).unwrap_or(Timestamp::MAX),
            events: Vec::new(),
        }
    }

    /// The instants that the feed covers: the first one, and the one after the last.
    pub const fn range(&self) -> (Timestamp, Timestamp) {
        (self.from, self.to)
    }

    /// Adds events. Those outside of the range are left out.
    pub fn extend(&mut self, events: impl IntoIterator<Item = FeedEvent>) {
        let range = self.from..self.to;
        self.events.extend(events.into_iter().filter(|event| range.contains(&event.starts_at)));
    }

    /// Returns the text: the first [`MAX_EVENTS`] events by time. The same events give the same text.
    pub fn into_text(mut self) -> String {
        self.events.sort_unstable_by(|one, other| (one.starts_at, &one.uid).cmp(&(other.starts_at, &other.uid)));
        let mut lines = Lines::default();
        for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Atoll//Aquarium//EN", "CALSCALE:GREGORIAN"] {
            lines.push(line);
        }
        lines.push(&format!("REFRESH-INTERVAL;VALUE=DURATION:PT{REFRESH_HOURS}H"));
        lines.push(&format!("X-PUBLISHED-TTL:PT{REFRESH_HOURS}H"));
        lines.push("X-WR-CALNAME:Aquarium");
        if self.events.is_empty() {
            // A calendar has at least one component (section 3.6); this one shows nothing.
            for line in UTC_ZONE {
                lines.push(line);
            }
        }
        for event in self.events.iter().take(MAX_EVENTS) {
            event.write(&mut lines);
        }
        lines.push("END:VCALENDAR");
        lines.0
    }
}

const UTC_ZONE: [&str; 8] = [
    "BEGIN:VTIMEZONE",
    "TZID:UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
];

impl FeedEvent {
    fn write(&self, lines: &mut Lines) {
        lines.push("BEGIN:VEVENT");
        lines.push(&format!("UID:{}", escaped(&self.uid)));
        lines.push(&format!("DTSTAMP:{}", utc(self.changed_at)));
        lines.push(&format!("DTSTART:{}", utc(self.starts_at)));
        lines.push(&format!("DURATION:PT{EVENT_MINUTES}M"));
        lines.push(&format!("SUMMARY:{}", escaped(&self.title)));
        if !self.description.is_empty() {
            lines.push(&format!("DESCRIPTION:{}", escaped(&self.description)));
        }
        // It does not make its reader busy.
        lines.push("TRANSP:TRANSPARENT");
        lines.push("END:VEVENT");
    }
}

/// Lines with their ends.
#[derive(Debug, Default)]
struct Lines(String);

impl Lines {
    /// Adds a line, folded where it is too long: a fold is a line end and a space, and never within a character.
    fn push(&mut self, line: &str) {
        let mut octets = 0;
        for character in line.chars() {
            if octets + character.len_utf8() > MAX_LINE_OCTETS {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(character);
            octets += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// A value of the type TEXT (section 3.3.11). Control characters other than line ends are not allowed in it.
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\\' | ';' | ',' => value.extend(['\\', character]),
            '\n' | '\r' => value.push_str("\\n"),
            character if character.is_control() => {}
            character => value.push(character),
        }
    }
    value
}

/// An instant in UTC, in whole seconds.
fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn event(title: &str, starts_at: &str) -> FeedEvent {
        FeedEvent {
            uid: "dose-refill-1".to_owned(),
            changed_at: at("2026-11-01T10:00:00.123Z"),
            starts_at: at(starts_at),
            title: title.to_owned(),
            description: String::new(),
        }
    }

    fn text(events: impl IntoIterator<Item = FeedEvent>) -> String {
        let mut feed = Feed::new(at("2026-11-20T12:00:00Z"));
        feed.extend(events);
        feed.into_text()
    }

    /// The content lines, as a reader of the format joins them (section 3.1).
    fn unfolded(text: &str) -> Vec<String> {
        let joined = text.replace("\r\n ", "");
        joined.split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn an_event_is_written_in_utc_with_its_last_change() {
        let text = text([event("Refill: Calcium A", "2026-11-24T06:30:00Z")]);
        let expected = "BEGIN:VEVENT\r\nUID:dose-refill-1\r\nDTSTAMP:20261101T100000Z\r\nDTSTART:20261124T063000Z\r\n\
                        DURATION:PT15M\r\nSUMMARY:Refill: Calcium A\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n";
        assert!(text.contains(expected), "{text}");
        assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"), "{text}");
        assert!(text.ends_with("END:VCALENDAR\r\n"), "{text}");
        assert!(!text.contains("VTIMEZONE"), "{text}");
    }

    #[test]
    fn a_feed_without_events_is_still_a_calendar() {
        assert_eq!(text([]).matches("BEGIN:VTIMEZONE").count(), 1);
    }

    #[test]
    fn events_outside_of_the_range_are_left_out_and_the_others_are_in_order() {
        let far = ["2026-10-21T11:59:59Z", "2027-02-18T12:00:00Z"];
        let near = ["2027-02-18T11:59:59Z", "2026-10-21T12:00:00Z"];
        let text = text(far.iter().chain(&near).map(|starts_at| event("a", starts_at)));
        let starts: Vec<_> = text.lines().filter(|line| line.starts_with("DTSTART")).collect();
        assert_eq!(starts, ["DTSTART:20261021T120000Z", "DTSTART:20270218T115959Z"]);
    }

    #[test]
    fn separators_and_line_ends_are_escaped_and_control_characters_left_out() {
        assert_eq!(escaped("a,b;c\\d"), "a\\,b\\;c\\\\d");
        assert_eq!(escaped("a\r\nb\nc\rd\u{7}e"), "a\\nb\\nc\\nde");
        // Nothing in a title begins a property of its own.
        let text = text([event("x\r\nATTACH:http://example.com", "2026-11-24T06:30:00Z")]);
        assert!(text.lines().all(|line| !line.starts_with("ATTACH")), "{text}");
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let text = text([event(&"ä🐠".repeat(60), "2026-11-24T06:30:00Z")]);
        assert!(text.split("\r\n").all(|line| line.len() <= MAX_LINE_OCTETS), "{text}");
        assert!(unfolded(&text).contains(&format!("SUMMARY:{}", "ä🐠".repeat(60))), "{text}");
    }

    proptest! {
        #[test]
        fn any_text_is_folded_and_comes_back(title in "\\PC{0,200}") {
            let text = text([event(&title, "2026-11-24T06:30:00Z")]);
            prop_assert!(text.split("\r\n").all(|line| line.len() <= MAX_LINE_OCTETS));
            let line = unfolded(&text).into_iter().find(|line| line.starts_with("SUMMARY:")).unwrap();
            let value = line["SUMMARY:".len()..].replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
            let expected: String = title.chars().filter(|character| !character.is_control()).collect();
            // A backslash before a separator makes the simple way back ambiguous.
            prop_assume!(!title.contains('\\'));
            prop_assert_eq!(value, expected);
        }
    }
}
