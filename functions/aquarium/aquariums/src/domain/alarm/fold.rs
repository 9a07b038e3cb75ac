//! The state of all alarms of a device after a sequence of samples.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use types::{AlarmRuleId, SensorId};

use super::automaton::{Automaton, Level};
use super::disagree;
use super::episode::{AlarmKey, Episode, Reported};
use super::observe::{Setup, Suspect};
use super::probe::Probe;
use super::rule::{Condition, Rule};
use super::trend::Trend;

/// What the samples of a device have led to. Samples are applied in the order of their times, those of a second together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fold {
    /// What is known about the probes.
    #[serde(rename = "p", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) probes: BTreeMap<SensorId, Probe>,
    /// The alarms of rules.
    #[serde(rename = "a", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) alarms: BTreeMap<AlarmRuleId, Automaton>,
    /// The trends of rules that predict.
    #[serde(rename = "t", default, skip_serializing_if = "BTreeMap::is_empty")]
    trends: BTreeMap<AlarmRuleId, Trend>,
    /// The second of the last samples.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    seen: Option<i64>,
}

/// What applying samples brings to light.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Episodes that ended.
    pub(super) ended: Vec<Reported>,
    /// Samples that are not trusted.
    pub(super) suspects: Vec<Suspect>,
}

impl Fold {
    /// The alarm of a rule.
    pub fn alarm(&self, rule: AlarmRuleId) -> Option<&Automaton> {
        self.alarms.get(&rule)
    }

    /// What is known about a probe.
    pub fn probe(&self, sensor: SensorId) -> Option<&Probe> {
        self.probes.get(&sensor)
    }

    /// The episodes that have begun and not ended.
    pub(super) fn open_episodes(&self) -> Vec<Reported> {
        let of_rules = self
            .alarms
            .iter()
            .filter_map(|(id, alarm)| Some(Reported { alarm: AlarmKey::Rule(*id), episode: alarm.open_episode()? }));
        let of_probes = self
            .probes
            .iter()
            .filter_map(|(id, probe)| Some(Reported { alarm: AlarmKey::ProbeFault(*id), episode: probe.fault()? }));
        of_rules.chain(of_probes).collect()
    }

    /// Forgets alarms of rules that were changed or removed, and probes of removed sensors, and begins those of new rules.
    /// Returns the alarms that are gone. `fired` has the beginnings of an alarm's reported episodes that this fold does not
    /// know yet.
    pub(super) fn adapt(&mut self, setup: &Setup<'_>, fired: impl Fn(AlarmKey) -> Vec<i64>) -> BTreeSet<AlarmKey> {
        let (mut gone, mut anew) = (BTreeSet::new(), BTreeMap::new());
        self.alarms.retain(|id, alarm| {
            let rule = setup.rules.iter().find(|rule| rule.id == *id);
            let stays = rule.is_some_and(|rule| rule.since == alarm.rule_since);
            if !stays {
                let key = AlarmKey::Rule(*id);
                gone.insert(key);
                anew.extend(rule.map(|rule| (*id, alarm.anew(rule, fired(key).into_iter()))));
            }
            stays
        });
        self.probes.retain(|id, _| {
            let stays = setup.sensor(*id).is_some();
            if !stays {
                gone.insert(AlarmKey::ProbeFault(*id));
            }
            stays
        });
        self.trends.retain(|id, _| self.alarms.contains_key(id));
        self.alarms.extend(anew);
        for rule in setup.rules {
            self.alarms.entry(rule.id).or_insert_with(|| Automaton::new(rule));
        }
        gone
    }

    /// Applies the samples of one second.
    pub(super) fn apply(&mut self, setup: &Setup<'_>, at: i64, samples: &[(SensorId, i64)], findings: &mut Findings) {
        if setup.marks.iter().any(|mark| *mark <= at && self.seen.is_none_or(|seen| seen < *mark)) {
            self.trends.values_mut().for_each(Trend::reset);
        }
        self.seen = Some(at);
        if setup.maintenance.suspends(at) {
            self.suspend(setup, samples);
            return;
        }
        let trusted = self.judge(setup, at, samples, findings);
        let disputed = self.compare_pairs(setup, at, &trusted, findings);
        for rule in setup.rules.iter().filter(|rule| rule.since <= at && disagree::tolerance(rule).is_none()) {
            let values: Vec<_> = trusted
                .iter()
                .filter(|(sensor, _)| rule.sensors.contains(sensor) && !disputed.contains(sensor))
                .map(|(_, value)| *value)
                .collect();
            if let Some(evaluated) = self.evaluate(rule, at, &values) {
                self.step(rule, evaluated, findings);
            }
        }
    }

    /// Samples during maintenance count for nothing, and what is pending about their sensors begins anew.
    fn suspend(&mut self, setup: &Setup<'_>, samples: &[(SensorId, i64)]) {
        for (sensor, _) in samples {
            if let Some(probe) = self.probes.get_mut(sensor) {
                probe.suspend();
            }
        }
        for rule in setup.rules.iter().filter(|rule| samples.iter().any(|(sensor, _)| rule.sensors.contains(sensor))) {
            if let Some(alarm) = self.alarms.get_mut(&rule.id) {
                alarm.suspend();
            }
        }
    }

    /// The samples that are trusted, of probes that work.
    fn judge(
        &mut self,
        setup: &Setup<'_>,
        at: i64,
        samples: &[(SensorId, i64)],
        findings: &mut Findings,
    ) -> Vec<(SensorId, i64)> {
        let mut trusted = Vec::with_capacity(samples.len());
        for (id, value) in samples {
            let Some(sensor) = setup.sensor(*id) else { continue };
            let probe = self.probes.entry(*id).or_default();
            let mut ended = None;
            match probe.judge(sensor, at, *value, &mut ended) {
                Ok(()) if probe.fault().is_none() => trusted.push((*id, *value)),
                Ok(()) => {}
                Err(reason) => findings.suspects.push(Suspect { sensor: *id, at, reason }),
            }
            findings.ended.extend(ended.map(|episode| Reported { alarm: AlarmKey::ProbeFault(*id), episode }));
        }
        trusted
    }

    /// The sensors that other rules do not use, since their probes disagree.
    fn compare_pairs(
        &mut self,
        setup: &Setup<'_>,
        at: i64,
        trusted: &[(SensorId, i64)],
        findings: &mut Findings,
    ) -> BTreeSet<SensorId> {
        let mut disputed = BTreeSet::new();
        for rule in setup.rules.iter().filter(|rule| rule.since <= at) {
            let Some((tolerance, band)) = disagree::tolerance(rule) else { continue };
            let has_news = trusted.iter().any(|(sensor, _)| rule.sensors.contains(sensor));
            let difference = disagree::difference(setup, rule, &self.probes, at).filter(|_| has_news);
            if let Some(difference) = difference {
                self.step(rule, (at, disagree::level(tolerance, band, difference), difference), findings);
            }
            let stands = self.alarms.get(&rule.id).is_some_and(|alarm| alarm.open_episode().is_some());
            if stands || difference.is_some_and(|difference| difference > tolerance) {
                disputed.extend(&rule.sensors);
            }
        }
        disputed
    }

    /// What the values of one second say: the time, the level and the value. Of several probes, the one that is further beyond counts.
    fn evaluate(&mut self, rule: &Rule, at: i64, values: &[i64]) -> Option<(i64, Level, i64)> {
        let value = values.iter().copied().reduce(|one, other| rule.condition.worse(one, other))?;
        let level = match rule.condition {
            Condition::Above { limit, band } => level(value - limit, band.width()),
            Condition::Below { limit, band } => level(limit - value, band.width()),
            Condition::RisesAbove { .. } | Condition::FallsBelow { .. } => {
                let evaluated = self.trends.entry(rule.id).or_default().add(rule.condition, at, value)?;
                return Some((evaluated.at, evaluated.level, evaluated.predicted));
            }
            Condition::Disagree { .. } => return None,
        };
        Some((at, level, value))
    }

    fn step(&mut self, rule: &Rule, (at, level, value): (i64, Level, i64), findings: &mut Findings) {
        let alarm = self.alarms.entry(rule.id).or_insert_with(|| Automaton::new(rule));
        let ended: Option<Episode> = alarm.step(rule, at, level, value);
        findings.ended.extend(ended.map(|episode| Reported { alarm: AlarmKey::Rule(rule.id), episode }));
    }
}

/// Where a value stands that is so far beyond its limit.
const fn level(beyond: i64, band: i64) -> Level {
    if beyond > 0 {
        Level::Beyond
    } else if beyond <= -band {
        Level::Inside
    } else {
        Level::Between
    }
}
