//! The parts of a rule: which there are, what each may be, and which may stand together (RFC 5545, section 3.3.10).

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;

/// The longest rule, in characters.
const MAX_RULE_CHARS: usize = 200;
/// The most occurrences that a rule may count.
const MAX_COUNT: u32 = 10_000;
/// The most hours of a day that a rule may name.
const MAX_HOURS_A_DAY: usize = 6;
/// The largest number of days, weeks, months or years between two occurrences.
const MAX_INTERVAL: u16 = 366;

/// How often the period of a rule repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A day of the week; with a number, the n-th one of the month or year, from the end if negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WeekdayNumber {
    pub(super) number: Option<i16>,
    pub(super) weekday: Weekday,
}

/// A parsed rule. An empty list means that the part is absent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    pub(super) frequency: Frequency,
    pub(super) interval: u16,
    pub(super) count: Option<u32>,
    pub(super) until: Option<Timestamp>,
    pub(super) week_start: Weekday,
    pub(super) months: Vec<i16>,
    pub(super) weeks: Vec<i16>,
    pub(super) year_days: Vec<i16>,
    pub(super) month_days: Vec<i16>,
    pub(super) weekdays: Vec<WeekdayNumber>,
    pub(super) hours: Vec<i16>,
    pub(super) minutes: Vec<i16>,
    pub(super) positions: Vec<i16>,
}

/// A part of a rule, by its name in the RFC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RulePart {
    /// `FREQ`.
    Freq,
    /// `INTERVAL`.
    Interval,
    /// `COUNT`.
    Count,
    /// `UNTIL`.
    Until,
    /// `WKST`.
    Wkst,
    /// `BYMONTH`.
    ByMonth,
    /// `BYWEEKNO`.
    ByWeekNo,
    /// `BYYEARDAY`.
    ByYearDay,
    /// `BYMONTHDAY`.
    ByMonthDay,
    /// `BYDAY`.
    ByDay,
    /// `BYHOUR`.
    ByHour,
    /// `BYMINUTE`.
    ByMinute,
    /// `BYSETPOS`.
    BySetPos,
}

impl RulePart {
    const ALL: [(&'static str, Self); 13] = [
        ("FREQ", Self::Freq),
        ("INTERVAL", Self::Interval),
        ("COUNT", Self::Count),
        ("UNTIL", Self::Until),
        ("WKST", Self::Wkst),
        ("BYMONTH", Self::ByMonth),
        ("BYWEEKNO", Self::ByWeekNo),
        ("BYYEARDAY", Self::ByYearDay),
        ("BYMONTHDAY", Self::ByMonthDay),
        ("BYDAY", Self::ByDay),
        ("BYHOUR", Self::ByHour),
        ("BYMINUTE", Self::ByMinute),
        ("BYSETPOS", Self::BySetPos),
    ];

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, part)| part)
    }

    /// Returns the name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, part)| *part == self).map_or("", |(name, _)| name)
    }

    /// What the part may be, as the end of a sentence.
    const fn allowed(self) -> &'static str {
        match self {
            Self::Freq => "DAILY, WEEKLY, MONTHLY or YEARLY",
            Self::Interval => "a number from 1 to 366",
            Self::Count => "a number from 1 to 10000",
            Self::Until => "a time in UTC, for example 20261231T230000Z",
            Self::Wkst => "one of MO, TU, WE, TH, FR, SA and SU",
            Self::ByMonth => "a list of numbers from 1 to 12",
            Self::ByWeekNo => "a list of numbers from 1 to 53 or from -53 to -1",
            Self::ByYearDay | Self::BySetPos => "a list of numbers from 1 to 366 or from -366 to -1",
            Self::ByMonthDay => "a list of numbers from 1 to 31 or from -31 to -1",
            Self::ByDay => {
                "a list of MO, TU, WE, TH, FR, SA and SU, each of which may have a number from 1 to 53 or from -53 to -1"
            }
            Self::ByHour => "a list of at most 6 numbers from 0 to 23",
            Self::ByMinute => "one number from 0 to 59",
        }
    }
}

impl fmt::Display for RulePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Its length or its characters.
    #[error("must be NAME=VALUE parts of RFC 5545, separated by semicolons, with at most {MAX_RULE_CHARS} characters")]
    Shape,
    /// A part that is unknown or not supported, such as `BYSECOND`.
    #[error(
        "has an unsupported part; supported are FREQ, INTERVAL, COUNT, UNTIL, WKST, BYMONTH, BYWEEKNO, BYYEARDAY, \
         BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE and BYSETPOS"
    )]
    UnknownPart,
    /// A part that occurs twice.
    #[error("has {0} more than once")]
    Repeated(RulePart),
    /// A required part is absent.
    #[error("must have {0}: {allowed}", allowed = .0.allowed())]
    Missing(RulePart),
    /// The value of a part.
    #[error("{0} must be {allowed}", allowed = .0.allowed())]
    Value(RulePart),
    /// `COUNT` beside `UNTIL`.
    #[error("must not have both COUNT and UNTIL")]
    TwoEnds,
    /// A number in `BYDAY` where it means nothing.
    #[error("BYDAY may have numbers only if FREQ is MONTHLY, or if FREQ is YEARLY and there is no BYWEEKNO")]
    NumberedWeekday,
    /// A part that this frequency does not allow.
    #[error("{0} must not be used with this FREQ")]
    NotWithFrequency(RulePart),
    /// `BYSETPOS` without a list that it selects from.
    #[error("BYSETPOS requires another part that starts with BY")]
    NothingToSelect,
    /// There is no occurrence.
    #[error("never occurs in the 5 years after its start")]
    Never,
}

impl Rule {
    /// Parses the text of a rule, in upper case.
    pub(super) fn parse(text: &str) -> Result<Self, RuleError> {
        let parts = Parts::split(text)?;
        let rule = Self {
            frequency: parts.frequency()?,
            interval: parts.number(RulePart::Interval, 1, MAX_INTERVAL.into())?.unwrap_or(1),
            count: parts.number(RulePart::Count, 1, MAX_COUNT)?,
            until: parts.until()?,
            week_start: parts.week_start()?,
            months: parts.numbers(RulePart::ByMonth, 1, 12, false)?,
            weeks: parts.numbers(RulePart::ByWeekNo, 1, 53, true)?,
            year_days: parts.numbers(RulePart::ByYearDay, 1, 366, true)?,
            month_days: parts.numbers(RulePart::ByMonthDay, 1, 31, true)?,
            weekdays: parts.weekdays()?,
            hours: parts.numbers(RulePart::ByHour, 0, 23, false)?,
            minutes: parts.numbers(RulePart::ByMinute, 0, 59, false)?,
            positions: parts.numbers(RulePart::BySetPos, 1, 366, true)?,
        };
        rule.check()?;
        Ok(rule)
    }

    /// What the RFC forbids although each part for itself is right.
    fn check(&self) -> Result<(), RuleError> {
        use Frequency::{Daily, Monthly, Weekly, Yearly};
        if self.hours.len() > MAX_HOURS_A_DAY {
            return Err(RuleError::Value(RulePart::ByHour));
        }
        if self.minutes.len() > 1 {
            return Err(RuleError::Value(RulePart::ByMinute));
        }
        if self.count.is_some() && self.until.is_some() {
            return Err(RuleError::TwoEnds);
        }
        let forbidden = [
            (RulePart::ByWeekNo, !self.weeks.is_empty() && self.frequency != Yearly),
            (RulePart::ByYearDay, !self.year_days.is_empty() && self.frequency != Yearly),
            (RulePart::ByMonthDay, !self.month_days.is_empty() && self.frequency == Weekly),
        ];
        if let Some((part, _)) = forbidden.into_iter().find(|(_, is_forbidden)| *is_forbidden) {
            return Err(RuleError::NotWithFrequency(part));
        }
        let has_numbers = self.weekdays.iter().any(|weekday| weekday.number.is_some());
        let may_have_numbers = match self.frequency {
            Daily | Weekly => false,
            Monthly => true,
            Yearly => self.weeks.is_empty(),
        };
        if has_numbers && !may_have_numbers {
            return Err(RuleError::NumberedWeekday);
        }
        if !self.positions.is_empty() && !self.has_by_part() {
            return Err(RuleError::NothingToSelect);
        }
        Ok(())
    }

    fn has_by_part(&self) -> bool {
        let lists = [&self.months, &self.weeks, &self.year_days, &self.month_days, &self.hours, &self.minutes];
        !self.weekdays.is_empty() || lists.iter().any(|list| !list.is_empty())
    }

    /// The rule with everything that it leaves open taken from its start.
    pub(super) fn starting(mut self, start: DateTime) -> Self {
        let on_weekday = WeekdayNumber { number: None, weekday: start.weekday() };
        let has_day = !(self.weekdays.is_empty() && self.month_days.is_empty() && self.year_days.is_empty());
        match self.frequency {
            Frequency::Weekly if self.weekdays.is_empty() => self.weekdays.push(on_weekday),
            Frequency::Monthly if !has_day => self.month_days.push(start.day().into()),
            Frequency::Yearly if !has_day && !self.weeks.is_empty() => self.weekdays.push(on_weekday),
            Frequency::Yearly if !has_day => {
                self.month_days.push(start.day().into());
                if self.months.is_empty() {
                    self.months.push(start.month().into());
                }
            }
            _ => {}
        }
        if self.hours.is_empty() {
            self.hours.push(start.hour().into());
        }
        if self.minutes.is_empty() {
            self.minutes.push(start.minute().into());
        }
        self
    }
}

/// The parts of a rule, each at most once.
struct Parts<'a>(Vec<(RulePart, &'a str)>);

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Result<Self, RuleError> {
        if text.is_empty() || text.len() > MAX_RULE_CHARS {
            return Err(RuleError::Shape);
        }
        let mut parts: Vec<(RulePart, &str)> = Vec::new();
        for part in text.split(';') {
            let (name, value) = part.split_once('=').ok_or(RuleError::Shape)?;
            if name.is_empty() || value.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                return Err(RuleError::Shape);
            }
            let part = RulePart::parse(name).ok_or(RuleError::UnknownPart)?;
            if parts.iter().any(|(known, _)| *known == part) {
                return Err(RuleError::Repeated(part));
            }
            parts.push((part, value));
        }
        Ok(Self(parts))
    }

    fn get(&self, part: RulePart) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| *known == part).map(|(_, value)| *value)
    }

    fn frequency(&self) -> Result<Frequency, RuleError> {
        match self.get(RulePart::Freq) {
            Some("DAILY") => Ok(Frequency::Daily),
            Some("WEEKLY") => Ok(Frequency::Weekly),
            Some("MONTHLY") => Ok(Frequency::Monthly),
            Some("YEARLY") => Ok(Frequency::Yearly),
            Some(_) => Err(RuleError::Value(RulePart::Freq)),
            None => Err(RuleError::Missing(RulePart::Freq)),
        }
    }

    /// A single number within bounds.
    fn number<T: TryFrom<u32>>(&self, part: RulePart, min: u32, max: u32) -> Result<Option<T>, RuleError> {
        let Some(value) = self.get(part) else { return Ok(None) };
        let number = Some(value).filter(|value| value.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number.and_then(|value| value.parse().ok()).filter(|number| (min..=max).contains(number));
        number.and_then(|number| T::try_from(number).ok()).map(Some).ok_or(RuleError::Value(part))
    }

    /// A list of numbers, ascending, each once; `is_signed` allows the same bounds below zero, which count from the end.
    fn numbers(&self, part: RulePart, min: i16, max: i16, is_signed: bool) -> Result<Vec<i16>, RuleError> {
        let values = self.get(part).into_iter().flat_map(|list| list.split(','));
        let numbers = values.map(|value| signed(value, min, max, is_signed).ok_or(RuleError::Value(part)));
        let mut numbers = numbers.collect::<Result<Vec<_>, _>>()?;
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    fn weekdays(&self) -> Result<Vec<WeekdayNumber>, RuleError> {
        let values = self.get(RulePart::ByDay).into_iter().flat_map(|list| list.split(','));
        let weekdays = values.map(|value| {
            let (number, name) = value.split_at_checked(value.len().saturating_sub(2))?;
            let number = if number.is_empty() { None } else { Some(signed(number, 1, 53, true)?) };
            Some(WeekdayNumber { number, weekday: weekday(name)? })
        });
        weekdays.collect::<Option<_>>().ok_or(RuleError::Value(RulePart::ByDay))
    }

    fn week_start(&self) -> Result<Weekday, RuleError> {
        let Some(name) = self.get(RulePart::Wkst) else { return Ok(Weekday::Monday) };
        weekday(name).ok_or(RuleError::Value(RulePart::Wkst))
    }

    /// The end is an instant, so it is compared with instants and not with wall times.
    fn until(&self) -> Result<Option<Timestamp>, RuleError> {
        let Some(value) = self.get(RulePart::Until) else { return Ok(None) };
        let end = DateTime::strptime("%Y%m%dT%H%M%SZ", value).and_then(|end| TimeZone::UTC.to_timestamp(end));
        end.map(Some).map_err(|_| RuleError::Value(RulePart::Until))
    }
}

/// A number of up to three digits; a sign only where the RFC has one.
fn signed(text: &str, min: i16, max: i16, is_signed: bool) -> Option<i16> {
    let digits = if is_signed { text.strip_prefix(['+', '-']).unwrap_or(text) } else { text };
    let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: i16 = Some(text).filter(|_| is_number)?.parse().ok()?;
    (min..=max).contains(&number.abs()).then_some(number)
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}
