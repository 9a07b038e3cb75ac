//! Properties of tasks: random courses of due, done, skipped, snoozed, paused, resumed and edited, in zones with all kinds of
//! clock changes.

use std::collections::BTreeSet;

use calendar::{Clock, Recurrence, ZoneName, parse_local};
use contracts::timeline::TaskStatus;
use jiff::civil::{Date, Time, date, time};
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;
use types::{AquariumId, TaskId, UserId, Uuid};

use super::schedule::{Rule, Schedule};
use super::*;

/// An hour of change in Berlin and New York, half an hour in Lord Howe, at midnight in Santiago, and offsets of 45 and 30
/// minutes in Chatham and Kolkata.
const ZONES: [&str; 6] =
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Pacific/Chatham", "Asia/Kolkata"];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn zone(name: &str) -> ZoneName {
    ZoneName::parse(name).unwrap()
}

fn fixed(rule: &str, zone_name: &str, start: &str) -> Schedule {
    let start = parse_local(start).unwrap();
    Schedule::of(Rule::Fixed { recurrence: Box::new(Recurrence::parse(rule, zone(zone_name), start).unwrap()) })
}

fn rolling(every_days: u16, at: Time, zone_name: &str, starts_on: Date) -> Schedule {
    Schedule::of(Rule::Rolling { every_days, at, zone: zone(zone_name), starts_on })
}

fn task(schedule: Schedule, now: Timestamp) -> Task {
    let details = Details { title: "Feed".to_owned(), notes: None, category: Category::Feeding };
    let id = TaskId::new(Uuid::nil());
    let new = NewTask { id, request: Uuid::nil(), aquarium_id: AquariumId::new(Uuid::nil()), details, schedule };
    Task::new(new, UserId::new(Uuid::nil()), now).unwrap()
}

fn done(due_at: Timestamp, happened_at: Timestamp) -> Settlement {
    Settlement { due_at, outcome: Outcome::Done, happened_at, skip_earlier: false }
}

fn texts(times: &[Timestamp]) -> Vec<String> {
    times.iter().map(ToString::to_string).collect()
}

#[test]
fn a_season_and_dates_that_are_left_out_are_passed_over() {
    let mut schedule = fixed("FREQ=WEEKLY;BYDAY=MO", "Europe/Berlin", "2026-01-01T18:00");
    schedule.months = BTreeSet::from([3, 10]);
    schedule.except = BTreeSet::from([date(2026, 3, 9), date(2026, 10, 5)]);
    let found = schedule.occurrences(at("2026-02-01T00:00:00Z"), at("2026-10-20T00:00:00Z"), 20);
    let local: Vec<_> = found.iter().map(|found| schedule.local(*found).date()).collect();
    let days = [(3, 2), (3, 16), (3, 23), (3, 30), (10, 12), (10, 19)];
    assert_eq!(local, days.map(|(month, day)| date(2026, month, day)));
    // A season in which the rule has nothing is never due.
    let mut yearly = fixed("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", "Europe/Berlin", "2026-01-01T18:00");
    yearly.months = BTreeSet::from([6]);
    assert_eq!(yearly.next_after(at("2026-01-01T00:00:00Z")), None);
    // A rolling schedule waits for its season.
    let mut winter = rolling(10, time(8, 0, 0, 0), "Asia/Kolkata", date(2026, 1, 1));
    winter.months = BTreeSet::from([1, 12]);
    let next = winter.following(at("2026-01-25T02:30:00Z"), date(2026, 1, 25)).unwrap();
    assert_eq!(next, at("2026-12-01T02:30:00Z"));
}

#[test]
fn a_fixed_clock_keeps_its_offset() {
    let start = parse_local("2026-10-24T18:00").unwrap();
    let recurrence = Recurrence::parse_with("FREQ=DAILY", zone("Europe/Berlin"), start, Clock::Fixed).unwrap();
    let schedule = Schedule::of(Rule::Fixed { recurrence: Box::new(recurrence) });
    let found = schedule.occurrences(at("2026-10-24T00:00:00Z"), at("2026-10-26T00:00:00Z"), 9);
    assert_eq!(texts(&found), ["2026-10-24T16:00:00Z", "2026-10-25T16:00:00Z"]);
}

#[test]
fn a_rolling_task_counts_from_the_day_on_which_it_was_done() {
    let task = task(rolling(7, time(18, 0, 0, 0), "Europe/Berlin", date(2026, 3, 20)), at("2026-03-01T00:00:00Z"));
    let due = at("2026-03-20T17:00:00Z");
    assert_eq!(task.next_at(), Some(due));
    // Two days late, over the change of the clocks.
    let now = at("2026-03-22T20:00:00Z");
    let (next, _) = task.settled(&done(due, now), now).unwrap();
    assert_eq!(next.next_at(), Some(at("2026-03-29T16:00:00Z")));
    // A day early.
    let early = at("2026-03-28T20:00:00Z");
    let (next, _) = next.settled(&done(at("2026-03-29T16:00:00Z"), early), early).unwrap();
    assert_eq!(next.next_at(), Some(at("2026-04-04T16:00:00Z")));
    // Back-dated by a month: the occurrence that was settled does not come back.
    let now = at("2026-04-05T08:00:00Z");
    let (next, _) = next.settled(&done(at("2026-04-04T16:00:00Z"), at("2026-03-01T08:00:00Z")), now).unwrap();
    assert_eq!(next.next_at(), Some(at("2026-04-05T16:00:00Z")));
}

#[test]
fn overdue_occurrences_stay_until_they_are_done_or_skipped() {
    let start = at("2026-05-01T00:00:00Z");
    let task = task(fixed("FREQ=DAILY", "UTC", "2026-05-01T18:00"), start);
    let now = at("2026-05-20T19:00:00Z");
    let late = task.advanced(now);
    assert_eq!((late.open.len(), late.missed), (MAX_OPEN, 10));
    assert!(late.is_due(now) && !task.is_due(start));
    assert_eq!(late.advanced(now), late);
    let newest = at("2026-05-20T18:00:00Z");
    let settlement = Settlement { skip_earlier: true, ..done(newest, now) };
    let (next, skipped) = task.settled(&settlement, now).unwrap();
    assert_eq!((next.open.len(), next.missed, skipped), (0, 0, 19));
    assert_eq!(next.done_at, Some(now));
    assert_eq!(next.settled(&settlement, now), Err(NotOpen));
    assert_eq!(next.next_at(), Some(at("2026-05-21T18:00:00Z")));
}

#[test]
fn an_edit_from_a_date_leaves_earlier_occurrences() {
    let now = at("2026-05-01T00:00:00Z");
    let task = task(fixed("FREQ=DAILY", "UTC", "2026-05-01T18:00"), now);
    let weekly = fixed("FREQ=WEEKLY;BYDAY=SU", "UTC", "2026-05-01T09:00");
    let from = at("2026-05-03T00:00:00Z");
    let edited = task.rescheduled(weekly.clone(), from, now).unwrap();
    let found = edited.occurrences(now, at("2026-05-12T00:00:00Z"), 9);
    let wanted = ["2026-05-01T18:00:00Z", "2026-05-02T18:00:00Z", "2026-05-03T09:00:00Z", "2026-05-10T09:00:00Z"];
    assert_eq!(texts(&found), wanted);
    let later = edited.advanced(at("2026-05-12T00:00:00Z"));
    assert_eq!(later.open.iter().map(|open| open.due_at).collect::<Vec<_>>(), found);
    assert_eq!((later.upcoming.is_none(), &later.schedule), (true, &weekly));
    // Another edit replaces the one that has not taken effect.
    let same = edited.rescheduled(fixed("FREQ=DAILY", "UTC", "2026-05-01T18:00"), from, now).unwrap();
    assert_eq!(same.occurrences(now, at("2026-05-05T00:00:00Z"), 9).len(), 4);
    // A schedule that is over is refused.
    let over = fixed("FREQ=DAILY;COUNT=1", "UTC", "2026-04-01T18:00");
    assert_eq!(task.rescheduled(over, now, now), Err(NeverDue));
}

#[test]
fn a_pause_leaves_out_fixed_occurrences_and_keeps_the_place_of_others() {
    let now = at("2026-05-01T00:00:00Z");
    let daily = task(fixed("FREQ=DAILY", "UTC", "2026-05-01T18:00"), now);
    let open = daily.advanced(at("2026-05-01T19:00:00Z"));
    let paused = open.paused(at("2026-05-01T19:00:00Z"));
    assert_eq!((paused.status(), paused.wake_at()), (TaskStatus::Paused, None));
    let later = at("2026-05-10T19:00:00Z");
    assert_eq!(paused.fired(later), (paused.clone(), Vec::new()));
    let resumed = paused.resumed(later);
    assert_eq!(resumed.open.len(), 1, "what was open stays open");
    assert_eq!(resumed.next_at(), Some(at("2026-05-11T18:00:00Z")));
    let once = Rule::Once { at: parse_local("2026-05-03T08:00").unwrap(), zone: ZoneName::utc() };
    let once = task(Schedule::of(once), now).paused(now).resumed(later);
    assert_eq!(once.open[0].due_at, at("2026-05-03T08:00:00Z"), "it is not lost");
    let (ended, _) = once.settled(&done(at("2026-05-03T08:00:00Z"), later), later).unwrap();
    assert_eq!(ended.status(), TaskStatus::Ended);
}

#[test]
fn each_occurrence_is_reminded_of_once_and_once_more_after_a_day() {
    let now = at("2026-05-01T00:00:00Z");
    let weekly = task(fixed("FREQ=WEEKLY;BYDAY=FR", "UTC", "2026-05-01T18:00"), now);
    let due = at("2026-05-01T18:00:00Z");
    assert_eq!(weekly.wake_at(), Some(due));
    let (fired, reminders) = weekly.fired(due);
    assert_eq!(reminders, [Reminder { due_at: due, at: due, kind: Kind::Due }]);
    assert_eq!(fired.fired(due), (fired.clone(), Vec::new()));
    let day = due + SignedDuration::from_hours(24);
    assert_eq!(fired.wake_at(), Some(day));
    let (fired, reminders) = fired.fired(day);
    assert_eq!(reminders, [Reminder { due_at: due, at: day, kind: Kind::Overdue }]);
    assert_eq!(fired.wake_at(), Some(at("2026-05-08T18:00:00Z")));
    // Snoozing reminds again, and at most three times of being overdue.
    let (mut snoozed, mut overdue, mut now) = (fired, 1, day);
    for _ in 0..5 {
        let until = now + SignedDuration::from_mins(30);
        snoozed = snoozed.snoozed(due, until, now).unwrap();
        assert!(!snoozed.is_due(now) && snoozed.is_due(until));
        let (next, again) = snoozed.fired(until);
        assert_eq!(again, [Reminder { due_at: due, at: until, kind: Kind::Due }]);
        now = until + SignedDuration::from_hours(24);
        let (next, again) = next.fired(now);
        overdue += again.len();
        snoozed = next;
    }
    assert_eq!(overdue, 3);
    // What was slept through is visible, but sends nothing.
    let (late, reminders) = weekly.fired(due + SignedDuration::from_hours(7));
    assert!(reminders.is_empty() && late.open.len() == 1);
}

#[test]
fn a_newer_occurrence_takes_over_the_reminders() {
    let now = at("2026-05-01T00:00:00Z");
    let mut daily = task(fixed("FREQ=DAILY", "UTC", "2026-05-01T18:00"), now);
    for number in 0..6 {
        let (next, reminders) = daily.fired(daily.wake_at().unwrap());
        assert_eq!(reminders.iter().map(|reminder| reminder.kind).collect::<Vec<_>>(), [Kind::Due], "{number}");
        daily = next;
    }
    assert_eq!(daily.open.len(), 6);
}

#[test]
fn notes_belong_to_who_changed_them_last() {
    let (ann, ben) = (UserId::generate(), UserId::generate());
    let now = at("2026-05-01T00:00:00Z");
    let plain = task(fixed("FREQ=DAILY", "UTC", "2026-05-01T18:00"), now);
    let with = |notes: &str| Details { notes: Some(notes.to_owned()), ..plain.details.clone() };
    let anns = plain.described(with("a"), ann);
    assert_eq!(anns.described(with("a"), ben).notes_by, Some(ann));
    let bens = anns.described(with("b"), ben);
    assert_eq!(bens.redacted(ann), bens);
    assert_eq!((bens.redacted(ben).notes_by, bens.redacted(ben).details.notes), (None, None));
}

#[derive(Debug, Clone)]
enum Step {
    Wait(i64),
    Settle { which: usize, outcome: Outcome, back_hours: i64, skip_earlier: bool },
    Snooze(usize, i64),
    Pause,
    Resume,
    Edit { schedule: usize, ahead_hours: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let outcome = prop_oneof![Just(Outcome::Done), Just(Outcome::Skipped)];
    let step = prop_oneof![
        5 => (0..60_i64).prop_map(Step::Wait),
        4 => (any::<usize>(), outcome, 0..400_i64, any::<bool>())
            .prop_map(|(which, outcome, back_hours, skip_earlier)| Step::Settle { which, outcome, back_hours, skip_earlier }),
        1 => (any::<usize>(), 1..90_i64).prop_map(|(which, hours)| Step::Snooze(which, hours)),
        1 => Just(Step::Pause),
        1 => Just(Step::Resume),
        1 => (any::<usize>(), 0..300_i64).prop_map(|(schedule, ahead_hours)| Step::Edit { schedule, ahead_hours }),
    ];
    proptest::collection::vec(step, 1..60)
}

fn schedules(zone_name: &str, start: Date) -> [Schedule; 4] {
    let local = |time: &str| format!("{start}T{time}");
    [
        rolling(3, time(2, 30, 0, 0), zone_name, start),
        fixed("FREQ=DAILY", zone_name, &local("02:30")),
        fixed("FREQ=WEEKLY;BYDAY=MO,TH", zone_name, &local("18:45")),
        rolling(1, time(0, 15, 0, 0), zone_name, start),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_nothing_settled_comes_back_and_nothing_is_lost(
        zone_index in 0..ZONES.len(), first in 0..4_usize, day in 0..365_i64, steps in steps(),
    ) {
        let start = date(2026, 1, 1) + day.days();
        let schedules = schedules(ZONES[zone_index], start);
        let mut now = zone(ZONES[zone_index]).start_of_day(start).unwrap();
        let mut task = task(schedules[first].clone(), now);
        let mut settled = BTreeSet::new();
        for step in steps {
            let before = task.advanced(now);
            match step {
                Step::Wait(hours) => now += SignedDuration::from_hours(hours),
                Step::Settle { which, outcome, back_hours, skip_earlier } => {
                    let mut choices: Vec<_> = before.open.iter().map(|open| open.due_at).collect();
                    choices.extend(before.next_at());
                    let Some(due_at) = choices.get(which % choices.len().max(1)).copied() else { continue };
                    let happened_at = now - SignedDuration::from_hours(back_hours);
                    let settlement = Settlement { due_at, outcome, happened_at, skip_earlier };
                    let (next, skipped) = task.settled(&settlement, now).unwrap();
                    prop_assert!(settled.insert(due_at), "{due_at} came back");
                    prop_assert!(skip_earlier || skipped == 0);
                    prop_assert_eq!(next.settled(&settlement, now), Err(NotOpen));
                    task = next;
                }
                Step::Snooze(which, hours) => {
                    let Some(open) = before.open.get(which % before.open.len().max(1)) else { continue };
                    let until = now + SignedDuration::from_hours(hours);
                    match task.snoozed(open.due_at, until, now) {
                        Ok(next) => task = next,
                        Err(error) => prop_assert_eq!(error, SnoozeError::TooOften),
                    }
                }
                Step::Pause => {
                    task = task.paused(now);
                    prop_assert_eq!(due(&task), due(&before));
                }
                Step::Resume => {
                    task = task.resumed(now);
                    prop_assert!(due(&task) >= due(&before));
                }
                Step::Edit { schedule, ahead_hours } => {
                    let from = now + SignedDuration::from_hours(ahead_hours);
                    task = task.rescheduled(schedules[schedule % 4].clone(), from, now).unwrap();
                    prop_assert_eq!(due(&task), due(&before));
                }
            }
            let (fired, _) = task.fired(now);
            prop_assert!(fired.wake_at().is_none_or(|at| at > now), "{:?}", fired);
            for open in &fired.open {
                prop_assert!(!settled.contains(&open.due_at), "{} came back", open.due_at);
            }
            prop_assert!(fired.open.windows(2).all(|pair| pair[0].due_at < pair[1].due_at));
            prop_assert!(fired.open.len() <= MAX_OPEN);
            prop_assert!(!fired.schedule.is_rolling() || fired.open.len() <= 1);
            // There is always something to do: these schedules never end.
            prop_assert!(!fired.open.is_empty() || fired.next_at().is_some(), "{:?}", fired);
            prop_assert!(fired.next_at().is_none_or(|at| !settled.contains(&at)));
            let stored = serde_json::to_string(&fired).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Task>(&stored).unwrap(), &fired);
            task = fired;
        }
    }

    #[test]
    fn a_fixed_task_becomes_due_at_each_occurrence_of_its_rule(
        zone_index in 0..ZONES.len(), day in 0..365_i64, waits in proptest::collection::vec(1..200_i64, 1..12),
    ) {
        let start = date(2026, 1, 1) + day.days();
        let schedule = schedules(ZONES[zone_index], start)[1].clone();
        let begin = zone(ZONES[zone_index]).start_of_day(start).unwrap();
        let (mut task, mut now, mut became_due) = (task(schedule.clone(), begin), begin, Vec::new());
        for wait in waits {
            now += SignedDuration::from_hours(wait);
            task = task.advanced(now);
            while let Some(open) = task.open.first().copied() {
                became_due.push(open.due_at);
                task = task.settled(&done(open.due_at, now), now).unwrap().0;
                prop_assert_eq!(task.missed, 0);
            }
        }
        let all = schedule.occurrences(begin, now + SignedDuration::from_nanos(1), 5_000);
        prop_assert_eq!(became_due, all);
    }
}

/// Number of occurrences that became due and were neither done nor skipped.
fn due(task: &Task) -> usize {
    task.open.len() + usize::try_from(task.missed).unwrap()
}
