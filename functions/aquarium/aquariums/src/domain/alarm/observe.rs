//! Adds a batch of samples to the alarms of a device.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use types::{AlarmRuleId, SensorId};
use water::Parameter;

use super::episode::{AlarmKey, Change, EndCause, Episode, Reported, Transition};
use super::fold::{Findings, Fold};
use super::maintenance::Maintenance;
use super::probe::Reason;
use super::rule::Rule;
use super::tail::Tail;
use super::unsettled::Unsettled;

/// How late samples may be and still move alarms, in seconds behind the newest sample of the device.
pub const LATENESS_S: i64 = 1_800;

/// A sample, in the canonical unit of its parameter and with the calibration in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// The sensor.
    pub sensor: SensorId,
    /// When it was measured, in seconds since 1970.
    pub at: i64,
    /// The value.
    pub value: i64,
}

/// A sensor as alarms need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SensorSetup {
    /// Sensor ID.
    pub id: SensorId,
    /// What it measures.
    pub parameter: Parameter,
    /// How often it sends a sample, in seconds.
    pub interval_s: u32,
    /// How fast the value may change per minute, see [`default_jump`](super::default_jump).
    pub jump_per_minute: Option<i64>,
}

/// What keepers have set. A change of it moves alarms from its own time on, not in the past.
#[derive(Debug, Clone, Copy)]
pub struct Setup<'a> {
    /// The sensors of the device.
    pub sensors: &'a [SensorSetup],
    /// The rules about them.
    pub rules: &'a [Rule],
    /// When rules are suspended.
    pub maintenance: &'a Maintenance,
    /// The seconds since 1970 of calibrations and water changes, after which trends begin anew. Those before the last
    /// [`LATENESS_S`] may be left out.
    pub marks: &'a [i64],
}

/// The alarms of a device: what is decided, the samples that late ones are sorted into, and what the caller was told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmState {
    /// The state after all samples up to `settled_until`, which late samples no longer change.
    #[serde(rename = "f", default)]
    settled: Fold,
    /// The second up to which samples are settled.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    settled_until: Option<i64>,
    /// The newer samples.
    #[serde(rename = "t", default)]
    tail: Tail,
    /// The episodes as they were reported, without those that ended before `settled_until`.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    reported: Vec<Reported>,
    /// The alarms of rules that were reported as unsettled, and since when.
    #[serde(rename = "n", default, skip_serializing_if = "BTreeMap::is_empty")]
    unsettled: BTreeMap<AlarmRuleId, i64>,
    /// The probes whose faults were reported as unsettled, and since when.
    #[serde(rename = "m", default, skip_serializing_if = "BTreeMap::is_empty")]
    unsettled_probes: BTreeMap<SensorId, i64>,
    /// The time of the newest sample.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    newest: Option<i64>,
}

/// A sample that is not trusted: it counts for no alarm, no mean and no latest value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspect {
    /// The sensor.
    pub sensor: SensorId,
    /// When it was measured, in seconds since 1970.
    pub at: i64,
    /// Why it is not trusted.
    pub reason: Reason,
}

/// What a batch leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The next state.
    pub state: AlarmState,
    /// The alarms after the newest sample.
    pub alarms: Fold,
    /// What changed since the state before.
    pub transitions: Vec<Transition>,
    /// The suspect ones among the samples that were not settled before.
    pub suspects: Vec<Suspect>,
    /// The number of samples that came too late to move alarms.
    pub too_late: usize,
}

impl Setup<'_> {
    /// The sensor with this ID.
    pub fn sensor(&self, id: SensorId) -> Option<&SensorSetup> {
        self.sensors.iter().find(|sensor| sensor.id == id)
    }
}

impl AlarmState {
    /// The time of the newest sample, in seconds since 1970.
    pub const fn newest(&self) -> Option<i64> {
        self.newest
    }

    /// The episodes that have begun and not ended, as they were reported.
    pub fn open_episodes(&self) -> impl Iterator<Item = &Reported> {
        self.reported.iter().filter(|reported| reported.episode.ended.is_none())
    }

    /// When the reported episodes of an alarm began to fire that are not settled, in order.
    fn fired(&self, alarm: AlarmKey) -> Vec<i64> {
        let of_alarm = self.reported.iter().filter(|reported| reported.alarm == alarm);
        let fired = of_alarm.map(|reported| reported.episode.fired);
        let mut fired: Vec<_> = fired.filter(|at| self.settled_until.is_none_or(|settled| *at > settled)).collect();
        fired.sort_unstable();
        fired
    }
}

/// Adds a batch, which may be empty to make a changed setup effective. Samples of unknown sensors are ignored.
pub fn observe(setup: &Setup<'_>, state: &AlarmState, batch: &[Sample]) -> Observed {
    let mut settled = state.settled.clone();
    let gone = settled.adapt(setup, |alarm| state.fired(alarm));
    let (mut reported, mut transitions) = without_gone(setup, state, &gone);

    let mut tail = state.tail.clone();
    tail.retain(|sensor| setup.sensor(sensor).is_some());
    let mut too_late = 0;
    for sample in batch.iter().filter(|sample| setup.sensor(sample.sensor).is_some()) {
        if state.settled_until.is_some_and(|settled| sample.at <= settled) {
            too_late += 1;
        } else {
            tail.add(sample.at, sample.sensor, sample.value);
        }
    }

    let seconds = tail.seconds();
    let newest = state.newest.max(seconds.keys().next_back().copied());
    let settled_until = state.settled_until.max(newest.map(|newest| newest - LATENESS_S));
    let mut findings = Findings::default();
    let is_settled = |at: i64| settled_until.is_some_and(|until| at <= until);
    for (at, samples) in seconds.iter().filter(|(at, _)| is_settled(**at)) {
        settled.apply(setup, *at, samples, &mut findings);
    }
    let mut alarms = settled.clone();
    for (at, samples) in seconds.iter().filter(|(at, _)| !is_settled(**at)) {
        alarms.apply(setup, *at, samples, &mut findings);
    }

    let mut current = findings.ended;
    current.extend(alarms.open_episodes());
    transitions.extend(differences(&reported, &current));
    let unsettled = unsettled_since(alarms.alarms.iter().map(|(id, alarm)| (*id, &alarm.unsettled)));
    let unsettled_probes = unsettled_since(alarms.probes.iter().map(|(id, probe)| (*id, &probe.unsettled)));
    transitions.extend(changes_of_unsettled(&state.unsettled, &unsettled, AlarmKey::Rule));
    transitions.extend(changes_of_unsettled(&state.unsettled_probes, &unsettled_probes, AlarmKey::ProbeFault));
    // What ended before the bound cannot change any more.
    current.retain(|one| one.episode.ended.is_none_or(|ended| !is_settled(ended)));
    current.sort_by_key(|one| (one.alarm, one.episode.first));
    reported = current;
    let tail = settled_until.map_or_else(Tail::default, |until| tail.after(until));
    let state = AlarmState { settled, settled_until, tail, reported, unsettled, unsettled_probes, newest };
    Observed { state, alarms, transitions, suspects: findings.suspects, too_late }
}

/// Ends the episodes of alarms whose rule was changed or removed, and returns the others.
fn without_gone(setup: &Setup<'_>, state: &AlarmState, gone: &BTreeSet<AlarmKey>) -> (Vec<Reported>, Vec<Transition>) {
    let (ended, stays): (Vec<&Reported>, Vec<&Reported>) =
        state.reported.iter().partition(|one| gone.contains(&one.alarm));
    let end = |one: &Reported| {
        let since = setup.rules.iter().find(|rule| one.alarm == AlarmKey::Rule(rule.id)).map(|rule| rule.since);
        let ended = since.or(state.newest).unwrap_or(one.episode.fired).max(one.episode.fired);
        let episode = Episode { ended: Some(ended), ..one.episode };
        Transition { alarm: one.alarm, change: Change::Cleared(episode, EndCause::SetupChanged) }
    };
    let transitions = ended.iter().filter(|one| one.episode.ended.is_none()).map(|one| end(one)).collect();
    (stays.into_iter().copied().collect(), transitions)
}

/// What has to be reported so that `current` is known instead of `before`.
fn differences(before: &[Reported], current: &[Reported]) -> Vec<Transition> {
    let mut unmatched: Vec<_> = before.iter().collect();
    let mut take = |is_match: &dyn Fn(&Reported) -> bool| {
        let index = unmatched.iter().position(|one| is_match(one))?;
        Some(unmatched.remove(index))
    };
    // Those whose first sample is known come first, or another episode of the same time would take their place.
    let same = |now: &Reported| take(&|one| one.alarm == now.alarm && one.episode.first == now.episode.first);
    let mut pairs: Vec<_> = current.iter().map(same).zip(current).collect();
    for (known, now) in pairs.iter_mut().filter(|(known, _)| known.is_none()) {
        *known = take(&|one| one.alarm == now.alarm && one.episode.overlaps(&now.episode));
    }
    let mut changes = Vec::new();
    for (known, now) in pairs {
        changes.extend(changes_of(known, now).into_iter().map(|change| Transition { alarm: now.alarm, change }));
    }
    changes.extend(
        unmatched.into_iter().map(|one| Transition { alarm: one.alarm, change: Change::Withdrawn(one.episode) }),
    );
    changes.sort_by_key(|transition| (time_of(&transition.change), transition.alarm));
    changes
}

/// What has to be reported about one episode.
fn changes_of(known: Option<&Reported>, now: &Reported) -> Vec<Change> {
    let cleared = Change::Cleared(now.episode, EndCause::Recovered);
    let Some(known) = known else {
        let fired = Change::Fired(Episode { ended: None, ..now.episode });
        return if now.episode.ended.is_some() { vec![fired, cleared] } else { vec![fired] };
    };
    let corrected = Change::Corrected { reported_first: known.episode.first, episode: now.episode };
    let begins = |episode: &Episode| (episode.first, episode.fired, episode.muted);
    let is_moved = begins(&known.episode) != begins(&now.episode);
    match (known.episode.ended, now.episode.ended) {
        (None, Some(_)) if is_moved => vec![corrected, cleared],
        (None, Some(_)) => vec![cleared],
        (Some(_), None) => vec![Change::Reopened { reported_first: known.episode.first, episode: now.episode }],
        (known_end, end) if is_moved || known_end != end => vec![corrected],
        _ => Vec::new(),
    }
}

/// The time that a change is about, for the order in which changes are reported.
const fn time_of(change: &Change) -> i64 {
    match change {
        Change::Cleared(Episode { ended: Some(ended), .. }, _) => *ended,
        Change::Fired(episode)
        | Change::Withdrawn(episode)
        | Change::Cleared(episode, _)
        | Change::Corrected { episode, .. }
        | Change::Reopened { episode, .. } => episode.fired,
        Change::Unsettled { since } => *since,
        Change::Settled => i64::MAX,
    }
}

fn unsettled_since<'a, K: Ord>(alarms: impl Iterator<Item = (K, &'a Unsettled)>) -> BTreeMap<K, i64> {
    alarms.filter_map(|(id, unsettled)| Some((id, unsettled.since()?))).collect()
}

fn changes_of_unsettled<K: Copy + Ord>(
    before: &BTreeMap<K, i64>,
    now: &BTreeMap<K, i64>,
    alarm: impl Fn(K) -> AlarmKey,
) -> Vec<Transition> {
    let began = now.iter().filter(|(id, _)| !before.contains_key(id));
    let began = began.map(|(id, since)| (*id, Change::Unsettled { since: *since }));
    let ended = before.keys().filter(|id| !now.contains_key(id)).map(|id| (*id, Change::Settled));
    began.chain(ended).map(|(id, change)| Transition { alarm: alarm(id), change }).collect()
}
