//! The schedule of a task in requests and responses.

use std::collections::BTreeSet;

use calendar::{Clock, DailyWindow, Recurrence, ZoneName, format_local, parse_local};
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use kit::http::{Fields, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::texts::TaskMonth;
use crate::domain::task::NeverDue;
use crate::domain::task::schedule::{MAX_EVERY_DAYS, MAX_EXCEPT, Rule, Schedule};

/// How far from now a schedule may start, in hours: a year.
const MAX_START_DISTANCE: SignedDuration = SignedDuration::from_hours(366 * 24);
const DATE_FORMAT: &str = "%Y-%m-%d";
const NO_LOCAL: &str = "must be a local time like 2026-04-01T18:00";
const NO_DATE: &str = "must be a date like 2026-04-01";

/// Schedule of a task. Local times that the clocks skip are due later by the width of the gap; of local times that occur twice,
/// the first counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
// Each variant renames its fields itself: the OpenAPI generator ignores `rename_all_fields`.
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum TaskSchedule {
    /// Due once.
    #[serde(rename_all = "camelCase")]
    Once {
        /// Local time at which it is due, within one year from now.
        #[schema(pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}$", example = "2026-12-24T18:00")]
        starts_at: String,
        /// IANA time zone.
        #[schema(min_length = 1, max_length = 64, example = "Europe/Berlin")]
        time_zone: String,
    },
    /// Due by a recurrence rule, whether or not earlier occurrences were done. It ends after at most five years.
    #[serde(rename_all = "camelCase")]
    Fixed {
        /// Recurrence rule (RFC 5545): at most daily, with up to six hours per day.
        #[schema(min_length = 1, max_length = 200, example = "FREQ=WEEKLY;BYDAY=SU")]
        rrule: String,
        /// Local time at which the recurrence starts, within one year from now. Not an occurrence unless it matches `rrule`.
        #[schema(pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}$", example = "2026-12-06T18:00")]
        starts_at: String,
        /// IANA time zone.
        #[schema(min_length = 1, max_length = 64, example = "Europe/Berlin")]
        time_zone: String,
        /// Whether occurrences move with daylight saving time.
        #[serde(default)]
        clock: TaskClock,
        /// Months of the year in which it is due, 1 to 12. Empty for all.
        #[serde(default)]
        #[schema(value_type = Vec<TaskMonth>, max_items = 12, example = json!([]))]
        months: Vec<i8>,
        /// Local dates on which it is not due, at most 50.
        #[serde(default)]
        #[schema(value_type = Vec<Date>, max_items = 50, example = json!([]))]
        except: Vec<String>,
    },
    /// Due a number of days after it was done: on that local date at `time`.
    #[serde(rename_all = "camelCase")]
    Rolling {
        /// Number of days.
        #[schema(minimum = 1, maximum = 3650, example = 14)]
        every_days: u16,
        /// Local time.
        #[schema(pattern = "^\\d{2}:\\d{2}$", example = "18:00")]
        time: String,
        /// Local date on which it is due first, within one year from now. If that has passed, it is due at the next `time`.
        #[schema(format = Date, example = "2026-12-06")]
        starts_on: String,
        /// IANA time zone.
        #[schema(min_length = 1, max_length = 64, example = "Europe/Berlin")]
        time_zone: String,
        /// Months of the year in which it is due, 1 to 12. Empty for all.
        #[serde(default)]
        #[schema(value_type = Vec<TaskMonth>, max_items = 12, example = json!([]))]
        months: Vec<i8>,
        /// Local dates on which it is not due, at most 50.
        #[serde(default)]
        #[schema(value_type = Vec<Date>, max_items = 50, example = json!([]))]
        except: Vec<String>,
    },
}

/// Whether occurrences move with daylight saving time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskClock {
    /// They keep the local time.
    #[default]
    Wall,
    /// They keep the offset from UTC that the time zone has at the start.
    Fixed,
}

impl From<TaskClock> for Clock {
    fn from(clock: TaskClock) -> Self {
        match clock {
            TaskClock::Wall => Self::Wall,
            TaskClock::Fixed => Self::Fixed,
        }
    }
}

impl From<Clock> for TaskClock {
    fn from(clock: Clock) -> Self {
        match clock {
            Clock::Wall => Self::Wall,
            Clock::Fixed => Self::Fixed,
        }
    }
}

impl TaskSchedule {
    /// Shows a schedule.
    pub fn of(schedule: &Schedule) -> Self {
        let months = schedule.months.iter().copied().collect();
        let except = schedule.except.iter().map(ToString::to_string).collect();
        match &schedule.rule {
            Rule::Once { at, zone } => Self::Once { starts_at: format_local(*at), time_zone: zone.as_str().to_owned() },
            Rule::Fixed { recurrence } => Self::Fixed {
                rrule: recurrence.rrule().to_owned(),
                starts_at: format_local(recurrence.starts_at()),
                time_zone: recurrence.time_zone().as_str().to_owned(),
                clock: recurrence.clock().into(),
                months,
                except,
            },
            Rule::Rolling { every_days, at, zone, starts_on } => Self::Rolling {
                every_days: *every_days,
                time: at.strftime("%H:%M").to_string(),
                starts_on: starts_on.to_string(),
                time_zone: zone.as_str().to_owned(),
                months,
                except,
            },
        }
    }

    /// Parses a schedule, whose fields are named below `schedule`.
    pub fn parse(&self, fields: &mut Fields, now: Timestamp) -> Option<Schedule> {
        let zone = fields.check("schedule.timeZone", ZoneName::parse(self.time_zone()));
        match self {
            Self::Once { starts_at, .. } => {
                let at = fields.check("schedule.startsAt", parse_local(starts_at).ok_or(NO_LOCAL));
                let (zone, at) = (zone?, start(fields, "schedule.startsAt", at?, now)?);
                let schedule = Schedule::of(Rule::Once { at, zone });
                is_due(fields, "schedule.startsAt", schedule, now)
            }
            Self::Fixed { rrule, starts_at, clock, months, except, .. } => {
                let at = fields.check("schedule.startsAt", parse_local(starts_at).ok_or(NO_LOCAL));
                let at = at.and_then(|at| start(fields, "schedule.startsAt", at, now));
                // The rule is checked even without valid zone and start, so that all errors are reported at once.
                let read = Recurrence::parse_with(
                    rrule,
                    zone.clone().unwrap_or_else(ZoneName::utc),
                    at.unwrap_or_else(|| ZoneName::utc().local(now)),
                    (*clock).into(),
                );
                let recurrence = fields.check("schedule.rrule", read);
                let (months, except) = (season(fields, months), exceptions(fields, except));
                let (_, _, recurrence) = (zone?, at?, recurrence?);
                let schedule = Schedule {
                    rule: Rule::Fixed { recurrence: Box::new(recurrence) },
                    months: months?,
                    except: except?,
                };
                is_due(fields, "schedule.rrule", schedule, now)
            }
            Self::Rolling { every_days, time, starts_on, months, except, .. } => {
                let every_days = fields.check("schedule.everyDays", number_of_days(*every_days));
                let at = fields.check("schedule.time", DailyWindow::time(time));
                let starts_on = fields.check("schedule.startsOn", date(starts_on));
                let starts_on =
                    starts_on.filter(|day| start(fields, "schedule.startsOn", day.at(0, 0, 0, 0), now).is_some());
                let (months, except) = (season(fields, months), exceptions(fields, except));
                let rule = Rule::Rolling { every_days: every_days?, at: at?, zone: zone?, starts_on: starts_on? };
                is_due(fields, "schedule.months", Schedule { rule, months: months?, except: except? }, now)
            }
        }
    }

    fn time_zone(&self) -> &str {
        match self {
            Self::Once { time_zone, .. } | Self::Fixed { time_zone, .. } | Self::Rolling { time_zone, .. } => time_zone,
        }
    }
}

/// The problem of a schedule that is never due.
pub fn never_due(error: NeverDue) -> Problem {
    let mut fields = Fields::new();
    let never: Option<()> = fields.check("schedule", Err(error));
    fields.all((never,)).map_or_else(|problem| problem, |_| Problem::internal("an invalid field was accepted"))
}

fn start(fields: &mut Fields, field: &str, at: DateTime, now: Timestamp) -> Option<DateTime> {
    // The zone shifts it by hours, which a bound of a year need not know.
    let distance = ZoneName::utc().instant(at).map(|at| at.duration_until(now).abs());
    let is_near = distance.is_some_and(|distance| distance <= MAX_START_DISTANCE);
    fields.check(field, is_near.then_some(at).ok_or("must be within one year from now"))
}

fn is_due(fields: &mut Fields, field: &str, schedule: Schedule, now: Timestamp) -> Option<Schedule> {
    let next = schedule.next_after(now);
    fields.check(field, next.map(|_| schedule).ok_or(NeverDue))
}

fn number_of_days(days: u16) -> Result<u16, String> {
    let is_valid = (1..=MAX_EVERY_DAYS).contains(&days);
    is_valid.then_some(days).ok_or_else(|| format!("must be a number from 1 to {MAX_EVERY_DAYS}"))
}

fn date(text: &str) -> Result<Date, &'static str> {
    let date = Date::strptime(DATE_FORMAT, text).map_err(|_| NO_DATE)?;
    if date.to_string() == text { Ok(date) } else { Err(NO_DATE) }
}

fn season(fields: &mut Fields, months: &[i8]) -> Option<BTreeSet<i8>> {
    let is_valid = months.iter().all(|month| (1..=12).contains(month));
    let months = is_valid.then(|| months.iter().copied().collect());
    fields.check("schedule.months", months.ok_or("must be months from 1 to 12"))
}

fn exceptions(fields: &mut Fields, dates: &[String]) -> Option<BTreeSet<Date>> {
    if dates.len() > MAX_EXCEPT {
        fields.refuse("schedule.except", format!("must have at most {MAX_EXCEPT} dates"));
        return None;
    }
    let dates = dates.iter().map(|text| date(text)).collect::<Result<_, _>>();
    fields.check("schedule.except", dates)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn now() -> Timestamp {
        "2026-11-29T12:00:00Z".parse().unwrap()
    }

    fn parsed(body: Value) -> Option<Schedule> {
        let mut fields = Fields::new();
        let schedule: TaskSchedule = serde_json::from_value(body).unwrap();
        let parsed = schedule.parse(&mut fields, now());
        assert_eq!(fields.all((Some(()),)).is_ok(), parsed.is_some());
        parsed
    }

    #[test]
    fn a_schedule_is_shown_as_it_was_sent() {
        for body in [
            json!({ "mode": "once", "startsAt": "2026-12-24T18:00", "timeZone": "Europe/Berlin" }),
            json!({
                "mode": "fixed", "rrule": "FREQ=WEEKLY;BYDAY=SU", "startsAt": "2026-12-06T18:00",
                "timeZone": "Asia/Kathmandu", "clock": "fixed", "months": [1, 12], "except": ["2026-12-27"],
            }),
            json!({
                "mode": "rolling", "everyDays": 14, "time": "07:30", "startsOn": "2026-12-06",
                "timeZone": "Pacific/Chatham", "months": [], "except": [],
            }),
        ] {
            let schedule = parsed(body.clone()).unwrap();
            assert_eq!(serde_json::to_value(TaskSchedule::of(&schedule)).unwrap(), body);
        }
    }

    #[test]
    fn what_is_never_due_or_not_valid_is_refused() {
        let once = |at: &str| json!({ "mode": "once", "startsAt": at, "timeZone": "UTC" });
        let rolling = |days: u16, time: &str, on: &str, months: Vec<i8>, except: Vec<&str>| {
            json!({
                "mode": "rolling", "everyDays": days, "time": time, "startsOn": on, "timeZone": "UTC",
                "months": months, "except": except,
            })
        };
        for body in [
            once("2026-11-29T11:00"),
            once("2028-01-01T11:00"),
            once("tomorrow"),
            rolling(0, "18:00", "2026-12-01", vec![], vec![]),
            rolling(3_651, "18:00", "2026-12-01", vec![], vec![]),
            rolling(1, "6 pm", "2026-12-01", vec![], vec![]),
            rolling(1, "18:00", "2026-12-1", vec![], vec![]),
            rolling(1, "18:00", "2026-12-01", vec![13], vec![]),
            rolling(1, "18:00", "2026-12-01", vec![], vec!["christmas"]),
            rolling(1, "18:00", "2026-12-01", vec![], vec!["2026-12-01"; 51]),
            json!({ "mode": "fixed", "rrule": "FREQ=HOURLY", "startsAt": "2026-12-01T00:00", "timeZone": "UTC" }),
            json!({
                "mode": "fixed", "rrule": "FREQ=DAILY;COUNT=1", "startsAt": "2026-11-01T00:00", "timeZone": "UTC",
            }),
            json!({ "mode": "fixed", "rrule": "FREQ=DAILY", "startsAt": "2026-12-01T00:00", "timeZone": "Mars" }),
        ] {
            assert_eq!(parsed(body.clone()), None, "{body}");
        }
    }
}
