//! Money, dates and times as people of a language and a time zone write them.
//!
//! Events carry amounts as `12.50 EUR` and times as RFC 3339 in UTC. Whatever has another form is shown as it is, because
//! services may put any text into a template's fields.

use calendar::ZoneName;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::language::Language;

/// A space at which no line breaks.
const NO_BREAK_SPACE: char = '\u{a0}';
/// Digits between two separators of thousands.
const GROUP: usize = 3;

/// Currencies with a symbol that readers know without the code.
const SYMBOLS: &[(&str, &str)] =
    &[("EUR", "€"), ("GBP", "£"), ("INR", "₹"), ("JPY", "¥"), ("TRY", "₺"), ("UAH", "₴"), ("USD", "$")];

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const GERMAN_MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// How a reader writes amounts and times.
#[derive(Debug, Clone, Copy)]
pub struct Locale<'a> {
    /// The reader's language.
    pub language: Language,
    /// The reader's time zone. UTC counts as unknown, because it is what users have who never chose one.
    pub zone: &'a ZoneName,
}

impl Locale<'_> {
    /// An amount such as `1250.00 EUR`: `€1,250.00` in English, `1.250,00 €` in German. The number of decimals is that of the
    /// given text, so currencies without minor units have none.
    pub fn money(&self, text: &str) -> String {
        self.amount(text).unwrap_or_else(|| text.to_owned())
    }

    fn amount(&self, text: &str) -> Option<String> {
        let (number, code) = text.split_once(' ')?;
        let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        let is_number =
            !whole.is_empty() && [whole, decimals].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        let is_code = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if !is_number || !is_code {
            return None;
        }
        let (thousands, point) = match self.language {
            Language::En => (',', "."),
            Language::De => ('.', ","),
        };
        let point = if decimals.is_empty() { "" } else { point };
        let number = format!("{}{point}{decimals}", grouped(whole, thousands));
        let symbol = SYMBOLS.iter().find(|(known, _)| *known == code).map(|(_, symbol)| *symbol);
        Some(match (self.language, symbol) {
            (Language::En, Some(symbol)) => format!("{sign}{symbol}{number}"),
            (Language::En, None) | (Language::De, _) => {
                format!("{sign}{number}{NO_BREAK_SPACE}{}", symbol.unwrap_or(code))
            }
        })
    }

    /// A time such as `2026-11-29T13:05:00Z` with its date: `29 November 2026, 14:05 (Europe/Berlin)` in English,
    /// `29. November 2026, 14:05 Uhr (Europe/Berlin)` in German.
    pub fn date_time(&self, text: &str) -> String {
        let Ok(at) = text.parse::<Timestamp>() else { return text.to_owned() };
        let local = self.zone.zone().to_datetime(at);
        let months = match self.language {
            Language::En => &ENGLISH_MONTHS,
            Language::De => &GERMAN_MONTHS,
        };
        let month =
            usize::try_from(local.month() - 1).ok().and_then(|month| months.get(month)).copied().unwrap_or_default();
        let (day, year, clock) = (local.day(), local.year(), local.strftime("%H:%M"));
        let zone = self.zone.as_str();
        match self.language {
            Language::En => format!("{day} {month} {year}, {clock} ({zone})"),
            Language::De => format!("{day}. {month} {year}, {clock} Uhr ({zone})"),
        }
    }

    /// The time of day of a time such as `2026-11-29T05:00:00Z`: `08:00`, in the reader's time zone if it is known, else in
    /// the zone `elsewhere`, where the event takes place.
    pub fn time(&self, text: &str, elsewhere: &str) -> String {
        let Ok(at) = text.parse::<Timestamp>() else { return text.to_owned() };
        let there = ZoneName::parse(elsewhere).unwrap_or_else(|_| ZoneName::utc());
        let zone = if *self.zone.zone() == TimeZone::UTC { &there } else { self.zone };
        zone.zone().to_datetime(at).strftime("%H:%M").to_string()
    }
}

/// A number's digits with a separator between thousands.
fn grouped(digits: &str, separator: char) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(GROUP) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(language: Language, zone: &str, act: impl Fn(Locale<'_>) -> T) -> T {
        act(Locale { language, zone: &ZoneName::parse(zone).unwrap() })
    }

    #[test]
    fn amounts_are_written_as_in_the_language_with_the_decimals_that_they_have() {
        for (text, english, german) in [
            ("12.50 EUR", "€12.50", "12,50 €"),
            ("1234567.00 USD", "$1,234,567.00", "1.234.567,00 $"),
            ("1500 JPY", "¥1,500", "1.500 ¥"),
            ("0.125 KWD", "0.125 KWD", "0,125 KWD"),
            ("-3.00 CHF", "-3.00 CHF", "-3,00 CHF"),
            ("100 POINTS", "100 POINTS", "100 POINTS"),
        ] {
            let shown = |language| with(language, "UTC", |locale| locale.money(text).replace(NO_BREAK_SPACE, " "));
            assert_eq!((shown(Language::En).as_str(), shown(Language::De).as_str()), (english, german));
        }
    }

    #[test]
    fn what_is_no_amount_and_no_time_is_shown_as_it_is() {
        for text in ["", "five euros", "12,50 EUR", "12.50", "1.2.3 EUR", ".50 EUR", "12.50 eur", "12.50 <b>"] {
            with(Language::De, "UTC", |locale| {
                assert_eq!(locale.money(text), text);
                assert_eq!((locale.time(text, "UTC"), locale.date_time(text)), (text.to_owned(), text.to_owned()));
            });
        }
    }

    #[test]
    fn dates_are_those_of_the_reader_s_time_zone() {
        let at = "2026-11-29T23:05:00.123Z";
        assert_eq!(with(Language::En, "UTC", |locale| locale.date_time(at)), "29 November 2026, 23:05 (UTC)");
        let german = with(Language::De, "Europe/Berlin", |locale| locale.date_time(at));
        assert_eq!(german, "30. November 2026, 00:05 Uhr (Europe/Berlin)");
    }

    #[test]
    fn a_time_of_day_is_the_reader_s_or_where_the_event_takes_place() {
        let at = "2026-11-29T05:00:00Z";
        assert_eq!(with(Language::En, "UTC", |locale| locale.time(at, "Europe/Istanbul")), "08:00");
        assert_eq!(with(Language::En, "Europe/Berlin", |locale| locale.time(at, "Europe/Istanbul")), "06:00");
        assert_eq!(with(Language::En, "UTC", |locale| locale.time(at, "Nowhere/Here")), "05:00");
    }
}
