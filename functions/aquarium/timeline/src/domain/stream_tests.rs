//! Properties of timelines: random commands, with duplicates, folded in parts, against a model that counts from scratch.
//!
//! `TIMELINE_CASES` sets the number of command sequences.

use std::collections::BTreeMap;

use calendar::ZoneName;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use types::{AquariumId, UserId, Uuid};

use super::content::{Content, StockOutReason};
use super::correction::{CORRECTED, Occurrence, Recorded};
use super::entry::{CHAIN_START, Entry};
use super::month::{Month, MonthView, months_of};
use super::projection::{Projection, Snapshot};
use super::state::{MAX_NAMES, MAX_RECENT, Place, SavedState, State, Totals};
use super::stream::{Amendment, Author, Draft, MAX_CORRECTIONS, Stream, StreamError};
use super::verification::{Derived, Difference, Verification};

const CASES: u32 = 400;
/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;

#[derive(Debug, Clone)]
enum Command {
    Append(Vec<(Content, i64)>),
    Correct {
        target: usize,
        content: Content,
        happened: Option<i64>,
    },
    Retract {
        target: usize,
    },
    /// The same command again, as after a lost response.
    Repeat,
}

fn contents() -> impl Strategy<Value = Content> {
    // More names than have sums of their own.
    let name = || (0..60_u8).prop_map(|number| format!("name {number}"));
    prop_oneof![
        (1..1_000_u64).prop_map(|volume_ml| Content::WaterChange { volume_ml }),
        (name(), 1..1_000_u64).prop_map(|(product, amount_ul)| Content::Dose { product, amount_ul }),
        (name(), 1..9_u64).prop_map(|(species, count)| Content::StockIn { species, count }),
        (name(), 1..9_u64).prop_map(|(species, count)| Content::StockOut {
            species,
            count,
            reason: StockOutReason::Other
        }),
        Just(Content::Observation {}),
        name().prop_map(|food| Content::Feeding { food, amount_mg: None }),
    ]
}

fn commands() -> impl Strategy<Value = Vec<Command>> {
    // Few instants, so that some are equal and many are back-dated; days of two months.
    let instant = || -30 * 86_400..30 * 86_400_i64;
    let command = prop_oneof![
        4 => proptest::collection::vec((contents(), instant()), 1..5).prop_map(Command::Append),
        2 => (any::<usize>(), contents(), proptest::option::of(instant()))
            .prop_map(|(target, content, happened)| Command::Correct { target, content, happened }),
        2 => any::<usize>().prop_map(|target| Command::Retract { target }),
        1 => Just(Command::Repeat),
    ];
    proptest::collection::vec(command, 1..40)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(START + second).unwrap()
}

/// A store in memory, which recognises repeated commands as the table does.
struct Log {
    stream: Stream,
    entries: Vec<Entry>,
    author: UserId,
    aquarium: AquariumId,
    owner: UserId,
    done: BTreeMap<usize, usize>,
}

impl Log {
    fn new() -> Self {
        let id = |number| Uuid::from_u128(number);
        let (aquarium, owner) = (AquariumId::new(id(1)), UserId::new(id(2)));
        let stream = Stream::new(aquarium, owner);
        Self { stream, entries: Vec::new(), author: UserId::new(id(3)), aquarium, owner, done: BTreeMap::new() }
    }

    fn run(&mut self, number: usize, command: &Command, zone: &ZoneName) {
        if self.done.contains_key(&number) {
            return;
        }
        let author = Author { user_id: self.author, now: at(i64::try_from(number).unwrap()) };
        let salt = format!("salt {number}");
        match command {
            Command::Append(drafts) => {
                let salts = (0..drafts.len()).map(|index| format!("{salt} {index}")).collect();
                let draft = |(content, second): &(Content, i64)| Draft {
                    content: content.clone(),
                    happened_at: at(*second),
                    zone: zone.clone(),
                    note: Some(format!("note {second}")),
                };
                let drafts = drafts.iter().map(draft).collect();
                let (entries, stream) = self.stream.clone().append(drafts, &author, salts).unwrap();
                self.entries.extend(entries);
                self.stream = stream;
            }
            Command::Correct { target, content, happened } => {
                let happened_at = happened.map(at);
                self.amend(
                    *target,
                    Some(content),
                    |content| Amendment::Correct { content, happened_at },
                    &author,
                    &salt,
                );
            }
            Command::Retract { target } => {
                self.amend(*target, None, |_| Amendment::Retract, &author, &salt);
            }
            Command::Repeat => {}
        }
        self.done.insert(number, self.entries.len());
    }

    fn amend(
        &mut self,
        target: usize,
        content: Option<&Content>,
        amendment: impl Fn(Content) -> Amendment,
        author: &Author,
        salt: &str,
    ) {
        let Some(index) = target.checked_rem(self.entries.len()) else { return };
        let target = self.entries[index].clone();
        // A correction has the type of its entry.
        let content = content.filter(|content| content.entry_type() == target.entry_type).cloned();
        let content = content.or_else(|| target.current().ok()?.content.content());
        let amendment = amendment(content.unwrap_or(Content::Observation {}));
        match self.stream.clone().amend(&target, &amendment, None, author, salt.to_owned()) {
            Ok(done) => {
                self.entries[index] = done.target;
                self.entries.push(done.entry);
                self.stream = done.stream;
            }
            Err(StreamError::NotCorrectable) => assert!(target.is_amendment()),
            Err(StreamError::Retracted) => assert!(target.is_retracted()),
            Err(StreamError::TooManyCorrections) => {
                assert_eq!(target.amended.unwrap().by.len(), MAX_CORRECTIONS);
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn folded(from: State, entries: &[Entry]) -> State {
    entries.iter().fold(from, |state, entry| state.after(entry.seq, &entry.recorded().unwrap()))
}

/// What counts, from the entries as they are now: no fold, no subtraction.
fn effective(entries: &[Entry]) -> Vec<(u64, Occurrence)> {
    let counts = |entry: &&Entry| !entry.is_amendment() && !entry.is_retracted();
    entries.iter().filter(counts).map(|entry| (entry.seq, entry.current().unwrap())).collect()
}

/// The sum of all names: which of them have a sum of their own depends on the past.
fn total(totals: &Totals) -> i64 {
    totals.by_name.values().sum::<i64>() + totals.other
}

fn check_against_model(state: &State, entries: &[Entry]) {
    let effective = effective(entries);
    let sum = |value: fn(&Content) -> i64| {
        effective.iter().filter_map(|(_, one)| one.content.content()).map(|content| value(&content)).sum::<i64>()
    };
    let water = sum(|content| match content {
        Content::WaterChange { volume_ml } => i64::try_from(*volume_ml).unwrap(),
        _ => 0,
    });
    assert_eq!(i64::try_from(state.water_changed_ml).unwrap(), water);
    let dosed = sum(|content| match content {
        Content::Dose { amount_ul, .. } => i64::try_from(*amount_ul).unwrap(),
        _ => 0,
    });
    assert_eq!(total(&state.dosed_ul), dosed);
    let stock = sum(|content| match content {
        Content::StockIn { count, .. } => i64::try_from(*count).unwrap(),
        Content::StockOut { count, .. } => -i64::try_from(*count).unwrap(),
        _ => 0,
    });
    assert_eq!(total(&state.stock), stock);
    assert!(state.dosed_ul.by_name.len() <= MAX_NAMES && state.stock.by_name.len() <= MAX_NAMES);
    for (name, of_type) in &state.types {
        let mut places: Vec<_> = effective
            .iter()
            .filter(|(_, one)| &one.content.entry_type == name)
            .map(|(seq, one)| Place { at: one.happened_at, seq: *seq })
            .collect();
        places.sort_unstable_by(|one, other| other.cmp(one));
        assert_eq!(of_type.count, u64::try_from(places.len()).unwrap(), "{name}");
        places.retain(|place| of_type.floor.is_none_or(|floor| *place > floor));
        let recent: Vec<_> = of_type.recent.iter().map(|recent| recent.place).collect();
        assert_eq!(recent, places, "{name}");
        assert!(recent.len() <= MAX_RECENT);
    }
}

fn check_months(log: &Log) {
    let mut views: BTreeMap<Month, MonthView> = BTreeMap::new();
    for entry in &log.entries {
        let recorded = entry.recorded().unwrap();
        for month in months_of(entry.seq, &recorded) {
            let view = views.entry(month).or_insert_with(|| MonthView::new(log.aquarium, log.owner, month));
            view.apply(entry.seq, &recorded);
        }
    }
    let mut expected: BTreeMap<(String, String), u64> = BTreeMap::new();
    for (_, one) in effective(&log.entries) {
        *expected.entry((one.happened_on.to_string(), one.content.entry_type)).or_default() += 1;
    }
    let mut counted = BTreeMap::new();
    for (day, view) in views.values().flat_map(|view| &view.days) {
        for (name, count) in view.counts.iter().filter(|(_, count)| **count > 0) {
            counted.insert((day.clone(), name.clone()), *count);
        }
    }
    assert_eq!(counted, expected);
}

fn check_chain(entries: &[Entry]) {
    let mut before = CHAIN_START;
    for (entry, seq) in entries.iter().zip(1..) {
        assert_eq!(entry.seq, seq, "sequence numbers have no gaps");
        assert!(entry.is_intact(before), "entry {seq}");
        before = &entry.chain;
    }
    assert!(entries.windows(2).all(|pair| pair[0].recorded_at <= pair[1].recorded_at));
}

fn cases() -> u32 {
    std::env::var("TIMELINE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES)
}

#[test]
fn a_timeline_cut_at_any_snapshot_with_duplicated_commands_has_the_same_digest_and_counts_what_is_there() {
    let zone = ZoneName::parse("Asia/Kathmandu").unwrap();
    let mut runner = TestRunner::new(Config { cases: cases(), ..Config::default() });
    let strategy = (commands(), proptest::collection::vec(any::<proptest::sample::Index>(), 0..4));
    let outcome = runner.run(&strategy, |(commands, cuts)| {
        let mut log = Log::new();
        let mut last = 0;
        for (number, command) in commands.iter().enumerate() {
            if !matches!(command, Command::Repeat) {
                last = number;
            }
            log.run(last, &commands[last], &zone);
        }
        let live = SavedState::of(log.stream.state()).unwrap();
        prop_assert_eq!(live.seq, u64::try_from(log.entries.len()).unwrap());
        // Entries as they are stored.
        let stored: Vec<Entry> = log
            .entries
            .iter()
            .map(|entry| serde_json::from_str(&serde_json::to_string(entry).unwrap()).unwrap())
            .collect();
        prop_assert_eq!(&SavedState::of(&folded(State::default(), &stored)).unwrap(), &live);
        for cut in cuts {
            let cut = cut.index(stored.len() + 1);
            let snapshot = SavedState::of(&folded(State::default(), &stored[..cut])).unwrap();
            let snapshot: SavedState = serde_json::from_str(&serde_json::to_string(&snapshot).unwrap()).unwrap();
            let rebuilt = folded(snapshot.load().unwrap(), &stored[cut..]);
            prop_assert_eq!(&SavedState::of(&rebuilt).unwrap(), &live);
        }
        check_against_model(log.stream.state(), &stored);
        check_months(&log);
        check_chain(&stored);
        Ok(())
    });
    outcome.unwrap();
}

fn short_log() -> Log {
    let (mut log, zone) = (Log::new(), ZoneName::utc());
    let drafts = vec![(Content::WaterChange { volume_ml: 5 }, 0), (Content::Observation {}, 1)];
    log.run(0, &Command::Append(drafts), &zone);
    let content = Content::WaterChange { volume_ml: 7 };
    log.run(1, &Command::Correct { target: 0, content, happened: Some(-86_400) }, &zone);
    log
}

#[test]
fn a_redacted_entry_keeps_the_chain_and_the_digest_and_loses_its_words() {
    let mut log = short_log();
    let before = SavedState::of(log.stream.state()).unwrap();
    assert_eq!(log.entries[0].redacted(log.owner), None, "of another user");
    log.entries = log.entries.iter().map(|entry| entry.redacted(log.author).unwrap()).collect();
    check_chain(&log.entries);
    assert_eq!(SavedState::of(&folded(State::default(), &log.entries)).unwrap(), before);
    let text = serde_json::to_string(&log.entries).unwrap();
    assert!(!text.contains("note") && !text.contains(&log.author.to_string()) && !text.contains("salt"), "{text}");
    assert!(log.entries.iter().all(|entry| entry.redacted(log.author).is_none()), "nothing is left to redact");
}

#[test]
fn a_changed_exchanged_or_missing_entry_breaks_the_chain() {
    let entries = short_log().entries;
    let intact = |entries: &[Entry]| {
        let mut before = CHAIN_START;
        entries.iter().all(|entry| {
            let is_intact = entry.is_intact(before);
            before = &entry.chain;
            is_intact
        })
    };
    assert!(intact(&entries));
    let mut changed = entries.clone();
    changed[0].data = changed[0].data.replace('5', "6");
    assert!(!intact(&changed));
    let mut changed = entries.clone();
    changed[0].personal.as_mut().unwrap().note = Some("another note".to_owned());
    assert!(!intact(&changed));
    let mut changed = entries.clone();
    changed[1].happened_at = at(5);
    assert!(!intact(&changed));
    let mut exchanged = entries.clone();
    exchanged.swap(0, 1);
    assert!(!intact(&exchanged));
    assert!(!intact(&entries[1..]));
}

#[test]
fn the_local_date_is_that_of_the_zone_also_where_clocks_change() {
    let mut log = Log::new();
    for (zone, instant, date) in [
        ("Asia/Kathmandu", "2026-10-25T18:14:59Z", "2026-10-25"),
        ("Asia/Kathmandu", "2026-10-25T18:15:00Z", "2026-10-26"),
        ("Europe/London", "2026-10-25T00:30:00Z", "2026-10-25"),
        ("America/St_Johns", "2026-11-01T02:29:59Z", "2026-10-31"),
        ("Australia/Lord_Howe", "2026-04-04T13:00:00Z", "2026-04-05"),
    ] {
        let second = instant.parse::<Timestamp>().unwrap().as_second() - START;
        let number = log.entries.len();
        log.run(number, &Command::Append(vec![(Content::Observation {}, second)]), &ZoneName::parse(zone).unwrap());
        assert_eq!(log.entries.last().unwrap().happened_on.to_string(), date, "{zone} {instant}");
    }
}

#[test]
fn entries_of_unknown_types_are_counted_kept_and_can_be_retracted() {
    let mut log = short_log();
    let entry = Entry {
        entry_type: "hologram".to_owned(),
        v: 3,
        data: r#"{"b":1,"a":[2]}"#.to_owned(),
        ..log.entries[1].clone()
    };
    let Recorded::Occurred(occurrence) = entry.recorded().unwrap() else { panic!("an occurrence") };
    assert_eq!(occurrence.content.content(), None);
    let state = State::default().after(1, &Recorded::Occurred(occurrence));
    assert_eq!(state.types["hologram"].count, 1);
    let author = Author { user_id: log.author, now: at(9) };
    let refused = log.stream.clone().amend(
        &entry,
        &Amendment::Correct { content: Content::Observation {}, happened_at: None },
        None,
        &author,
        String::new(),
    );
    assert!(matches!(refused, Err(StreamError::TypeChanged)));
    log.stream = Stream::new(log.aquarium, log.owner);
    let done = log.stream.amend(&entry, &Amendment::Retract, None, &author, String::new()).unwrap();
    assert_eq!(done.target.data, r#"{"b":1,"a":[2]}"#);
    assert!(done.target.is_retracted());
}

#[test]
fn a_correction_that_this_code_cannot_read_is_an_error_and_not_a_guess() {
    let mut entry = short_log().entries.pop().unwrap();
    assert_eq!(entry.entry_type, CORRECTED);
    entry.data = "{}".to_owned();
    assert!(entry.recorded().is_err());
}

/// Everything that is derived from a log, as the table would have it.
fn derived(log: &Log) -> Derived {
    let mut derived = Derived {
        head: log.stream.head().unwrap().unwrap(),
        projection: None,
        snapshots: Vec::new(),
        months: Vec::new(),
    };
    let (mut state, mut months) = (State::default(), BTreeMap::new());
    for entry in &log.entries {
        let recorded = entry.recorded().unwrap();
        state = state.after(entry.seq, &recorded);
        for month in months_of(entry.seq, &recorded) {
            let view = months.entry(month).or_insert_with(|| MonthView::new(log.aquarium, log.owner, month));
            view.apply(entry.seq, &recorded);
        }
        let saved = SavedState::of(&state).unwrap();
        derived.snapshots.push(Snapshot { aquarium_id: log.aquarium, recorded_at: entry.recorded_at, saved });
    }
    let saved = SavedState::of(&state).unwrap();
    derived.projection = Some(Projection { aquarium_id: log.aquarium, as_of: state.seq, saved });
    derived.months = months.into_values().collect();
    derived
}

fn verified(log: &Log, derived: &Derived) -> Vec<Difference> {
    let mut verification = Verification::new(log.owner, derived);
    for entry in &log.entries {
        if !verification.read(entry).unwrap() {
            break;
        }
    }
    verification.finish(derived).unwrap().differences
}

/// A change of something, and the difference that it makes.
type Case<T> = (fn(&mut T), Difference);

#[test]
fn a_verification_finds_every_difference_and_no_other() {
    let log = short_log();
    let right = derived(&log);
    assert_eq!(verified(&log, &right), []);
    let december = Month::parse("202512").unwrap();
    let cases: [Case<Derived>; 7] = [
        (|derived| derived.head.chain = CHAIN_START.to_owned(), Difference::Head),
        (|derived| derived.head.saved.digest = String::new(), Difference::Head),
        (|derived| derived.head.last_seq += 1, Difference::Gap(4)),
        (|derived| derived.snapshots[1].saved.state = "{}".to_owned(), Difference::Snapshot(2)),
        (|derived| derived.projection.as_mut().unwrap().saved.seq = 0, Difference::Projection),
        (|derived| derived.months.retain(|view| view.month.to_string() != "202512"), Difference::Month(december)),
        (|derived| derived.months[0].days.clear(), Difference::Month(december)),
    ];
    for (change, difference) in cases {
        let mut wrong = right.clone();
        change(&mut wrong);
        assert_eq!(verified(&log, &wrong), [difference]);
    }
    let in_log: [Case<Vec<Entry>>; 5] = [
        (|entries| drop(entries.remove(1)), Difference::Gap(2)),
        (|entries| drop(entries.pop()), Difference::Gap(3)),
        (|entries| entries[1].v = 2, Difference::Chain(2)),
        (|entries| entries[0].amended = None, Difference::Entry(1)),
        (|entries| entries[1].amended = entries[0].amended.clone(), Difference::Entry(2)),
    ];
    for (change, difference) in in_log {
        let mut wrong = short_log();
        change(&mut wrong.entries);
        assert_eq!(verified(&wrong, &right), [difference]);
    }
}
