//! Care events: what people did or saw at points.

use contracts::events::{EventRemoved, EventReported};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{
    CareEventId, EventTypeId, GeoPoint, MediaId, Money, PointId, TextError, UserId, Uuid, derive_id, paragraphs,
};

pub use super::cooldown::Cooldown;
use super::copies::{MediumCopy, PointCopy, Standing};
use super::event_type::EventType;
use super::refusal::Refusal;
use super::reward::{self, RewardClaim, RewardWithheld};

/// The longest note, in characters.
const MAX_NOTE_CHARS: usize = 500;
/// The most pictures of one event.
pub const MAX_PHOTOS: usize = 4;
/// How long ago an event may have happened: a week.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How far ahead the author's clock may be, in seconds. Such an event happens now.
const MAX_CLOCK_AHEAD: SignedDuration = SignedDuration::from_secs(60);
/// How long an author can take an event back, in hours.
const TAKE_BACK: SignedDuration = SignedDuration::from_hours(24);
/// How long the mark of a removed event stands, in seconds: a repeat of its request must not make it anew.
const REMOVED_SECONDS: i64 = 30 * 24 * 60 * 60;

/// What is wrong with a field of a report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// The note.
    #[error("{0}")]
    Note(#[from] TextError),
    /// The pictures.
    #[error("must be at most {MAX_PHOTOS} different pictures")]
    Photos,
    /// The time.
    #[error("must not be in the future, and at most 7 days ago")]
    Time,
}

/// A note.
pub fn note(text: &str) -> Result<String, ReportError> {
    Ok(paragraphs(text, MAX_NOTE_CHARS)?)
}

/// The pictures, none of them twice.
pub fn photos(ids: Vec<MediaId>) -> Result<Vec<MediaId>, ReportError> {
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    (sorted.len() == ids.len() && ids.len() <= MAX_PHOTOS).then_some(ids).ok_or(ReportError::Photos)
}

/// When it happened.
pub fn occurred(at: Timestamp, now: Timestamp) -> Result<Timestamp, ReportError> {
    let age = at.duration_until(now);
    (age >= -MAX_CLOCK_AHEAD && age <= MAX_AGE).then(|| at.min(now)).ok_or(ReportError::Time)
}

/// What a user reports to have done or seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The event's id, derived from who asks and their key.
    pub id: CareEventId,
    /// Who says so.
    pub author_id: UserId,
    /// Where.
    pub point_id: PointId,
    /// Of which kind.
    pub event_type_id: EventTypeId,
    /// What they add.
    pub note: Option<String>,
    /// What they show.
    pub photo_media_ids: Vec<MediaId>,
    /// When it happened, where that is not now.
    pub occurred_at: Option<Timestamp>,
    /// Where the author is. It is compared, and not kept.
    pub location: Option<GeoPoint>,
}

/// What the decision on a report stands on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Circumstances {
    /// Whether the author may take part.
    pub standing: Option<Standing>,
    /// The point.
    pub point: Option<PointCopy>,
    /// The kind.
    pub kind: Option<EventType>,
    /// The last event of this kind by this author at this point.
    pub cooldown: Option<Cooldown>,
    /// The author's pictures among those that are shown.
    pub photos: Vec<MediumCopy>,
    /// Whether the author has verified the e-mail address.
    pub email_verified: bool,
    /// How old a point must be for rewards.
    pub min_point_age: SignedDuration,
}

/// A report that the rules allow.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The event.
    pub event: CareEvent,
    /// The cooldown that begins.
    pub cooldown: Option<Cooldown>,
    /// What is published.
    pub fact: EventReported,
    /// The limits that the reward counts towards, if there is one.
    pub claim: Option<RewardClaim>,
}

impl Accepted {
    /// The same without the reward.
    #[must_use]
    pub fn without_reward(self, why: RewardWithheld) -> Self {
        let event = CareEvent { reward: None, reward_withheld: Some(why), ..self.event };
        Self {
            event,
            fact: EventReported { reward: None, reward_withheld: Some(why), ..self.fact },
            claim: None,
            ..self
        }
    }
}

/// A care event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareEvent {
    /// Its id.
    pub id: CareEventId,
    /// Where.
    pub point_id: PointId,
    /// Who reported it; none once they deleted their account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_id: Option<UserId>,
    /// Of which kind.
    pub event_type_id: EventTypeId,
    /// The kind's short name.
    pub code: String,
    /// What the kind was called then.
    pub type_name: String,
    /// What the author adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the author shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photo_media_ids: Vec<MediaId>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// What the author gets for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<Money>,
    /// Why the author gets no reward although the event type has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward_withheld: Option<RewardWithheld>,
    /// What was asked for under the request's key; none once the author is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Uuid>,
    /// When the mark of one that was removed ends, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_until: Option<i64>,
}

impl Report {
    /// Stands for what is asked, for a repeat under the same key. Where the author is, is no part of it.
    pub fn asked(&self) -> Uuid {
        let photos: Vec<_> = self.photo_media_ids.iter().map(ToString::to_string).collect();
        let time = self.occurred_at.map(|at| at.to_string()).unwrap_or_default();
        derive_id(&[
            "events.report",
            &self.point_id.to_string(),
            &self.event_type_id.to_string(),
            self.note.as_deref().unwrap_or_default(),
            &photos.join(","),
            &time,
        ])
    }

    /// The event, what is published of it, and the cooldown that begins, if the rules allow it.
    pub fn decide(self, circumstances: &Circumstances, now: Timestamp) -> Result<Accepted, Refusal> {
        if circumstances.standing.as_ref().is_some_and(|standing| standing.suspended) {
            return Err(Refusal::Suspended);
        }
        let place = circumstances.point.as_ref().and_then(|point| point.place.as_ref()).ok_or(Refusal::NoSuchPoint)?;
        let kind = circumstances.kind.as_ref().ok_or(Refusal::NoSuchEventType)?;
        if kind.retired {
            return Err(Refusal::TypeRetired);
        }
        if let Some(max) = kind.description.max_distance_m {
            let location = self.location.ok_or(Refusal::LocationMissing)?;
            if geo::distance_m(location, place.location) > f64::from(max) {
                return Err(Refusal::TooFar(max));
            }
        }
        let is_shown = |id: &MediaId| circumstances.photos.iter().any(|copy| copy.media_id == *id && copy.published);
        if !self.photo_media_ids.iter().all(is_shown) {
            return Err(Refusal::PhotoNotPublished);
        }
        if let Some(refusal) = circumstances.cooldown.as_ref().and_then(|cooldown| cooldown.refusal(now)) {
            return Err(refusal);
        }
        let cooldown = self.cooldown(kind.description.cooldown_minutes, now);
        let withheld = reward::withheld(self.author_id, circumstances, now);
        let type_reward = &kind.description.reward;
        let reward = type_reward.clone().filter(|_| withheld.is_none());
        let reward_withheld = withheld.filter(|_| type_reward.is_some());
        let claim = reward.is_some().then(|| RewardClaim::new(self.author_id, kind, now));
        let event = CareEvent { reward, reward_withheld, ..self.event(kind, now) };
        let fact = EventReported {
            event_id: event.id,
            point_id: event.point_id,
            user_id: event.author_id.ok_or(Refusal::NoSuchUser)?,
            event_type_id: event.event_type_id,
            code: event.code.clone(),
            type_name: event.type_name.clone(),
            point_name: place.name.clone(),
            occurred_at: event.occurred_at,
            reward: event.reward.clone(),
            reward_withheld: withheld,
        };
        Ok(Accepted { event, cooldown, fact, claim })
    }

    fn cooldown(&self, minutes: u32, now: Timestamp) -> Option<Cooldown> {
        let until = now.saturating_add(SignedDuration::from_mins(i64::from(minutes))).unwrap_or(Timestamp::MAX);
        (minutes > 0).then_some(Cooldown {
            user_id: self.author_id,
            point_id: self.point_id,
            event_type_id: self.event_type_id,
            until,
        })
    }

    fn event(self, kind: &EventType, now: Timestamp) -> CareEvent {
        let asked = self.asked();
        CareEvent {
            id: self.id,
            point_id: self.point_id,
            author_id: Some(self.author_id),
            event_type_id: kind.id,
            code: kind.code.clone(),
            type_name: kind.description.name.clone(),
            note: self.note,
            photo_media_ids: self.photo_media_ids,
            occurred_at: self.occurred_at.unwrap_or(now),
            reported_at: now,
            reward: None,
            reward_withheld: None,
            asked: Some(asked),
            removed_until: None,
        }
    }
}

impl CareEvent {
    /// True unless it was removed.
    pub fn is_there(&self) -> bool {
        self.removed_until.is_none()
    }

    /// True if it is what this report made.
    pub fn is_of(&self, report: &Report) -> bool {
        self.asked == Some(report.asked())
    }

    /// The mark that is left of it once its author, or an admin, has removed it; and what others hear of that, if the
    /// author is still known.
    pub fn removed(&self, by: UserId, is_admin: bool, now: Timestamp) -> Result<(Self, Option<EventRemoved>), Refusal> {
        let is_author = self.author_id == Some(by);
        if !is_admin && !is_author {
            return Err(Refusal::NotYours);
        }
        if !is_admin && self.reported_at.duration_until(now) > TAKE_BACK {
            return Err(Refusal::TooLate);
        }
        let fact = self.author_id.map(|user_id| EventRemoved {
            event_id: self.id,
            point_id: self.point_id,
            user_id,
            event_type_id: self.event_type_id,
        });
        let removed_until = Some(now.as_second() + REMOVED_SECONDS);
        Ok((Self { removed_until, note: None, photo_media_ids: Vec::new(), ..self.clone() }, fact))
    }

    /// What stays of it once its author deleted their account: that it happened.
    #[must_use]
    pub fn anonymous(&self) -> Self {
        let photo_media_ids = Vec::new();
        Self { author_id: None, note: None, photo_media_ids, asked: None, reward_withheld: None, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::event_type::Description;
    use super::*;
    use crate::domain::copies::Place;
    use crate::domain::reward::RewardLimits;

    const NOW: i64 = 1_800_000_000;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn report() -> Report {
        Report {
            id: CareEventId::new(id(1)),
            author_id: UserId::new(id(2)),
            point_id: PointId::new(id(3)),
            event_type_id: EventTypeId::new(id(4)),
            note: Some("The bowl was empty.".into()),
            photo_media_ids: vec![MediaId::new(id(5))],
            occurred_at: None,
            location: None,
        }
    }

    fn place() -> Place {
        Place { name: "Pier".into(), location: GeoPoint::new(52.5, 13.4).unwrap(), keeper_id: None }
    }

    fn circumstances() -> Circumstances {
        let description = Description {
            name: "Feeding".into(),
            icon: "bowl".into(),
            reward: Some(Money::new(5, "POINTS".parse().unwrap())),
            cooldown_minutes: 60,
            max_distance_m: None,
            reward_limits: RewardLimits::default(),
        };
        let kind = EventType {
            id: EventTypeId::new(id(4)),
            code: "feeding".into(),
            description,
            retired: false,
            created_at: at(0),
        };
        let place = Place { keeper_id: Some(UserId::new(id(7))), ..place() };
        Circumstances {
            standing: None,
            point: Some(PointCopy::present(PointId::new(id(3)), place, 1).created(at(0))),
            kind: Some(kind),
            cooldown: None,
            photos: vec![MediumCopy::published(UserId::new(id(2)), MediaId::new(id(5)), None)],
            email_verified: true,
            min_point_age: SignedDuration::from_hours(24),
        }
    }

    fn refused(change: impl Fn(&mut Circumstances), wanted: Refusal) {
        let mut circumstances = circumstances();
        change(&mut circumstances);
        assert_eq!(report().decide(&circumstances, at(NOW)).unwrap_err(), wanted);
    }

    #[test]
    fn an_event_has_what_its_kind_promises() {
        let Accepted { event, cooldown, fact, claim } = report().decide(&circumstances(), at(NOW)).unwrap();
        assert_eq!(claim.unwrap().day, NOW / 86_400);
        assert_eq!(cooldown.unwrap().until, at(NOW + 3_600));
        assert_eq!((event.occurred_at, fact.occurred_at), (at(NOW), at(NOW)));
        assert_eq!(fact.reward.unwrap().amount_minor, 5);
        assert_eq!((fact.point_name.as_str(), fact.type_name.as_str()), ("Pier", "Feeding"));
        assert!(event.is_of(&report()));
        assert!(!event.is_of(&Report { note: None, ..report() }));
        // Where one is when one asks again is not what one asks for.
        assert!(event.is_of(&Report { location: GeoPoint::new(1.0, 1.0).ok(), ..report() }));
    }

    #[test]
    fn rewards_are_withheld_at_own_and_new_points_and_without_a_verified_address() {
        let withheld = |change: fn(&mut Circumstances)| {
            let mut circumstances = circumstances();
            change(&mut circumstances);
            let accepted = report().decide(&circumstances, at(NOW)).unwrap();
            assert_eq!(accepted.event.reward.is_some(), accepted.claim.is_some());
            assert_eq!(accepted.event.reward, accepted.fact.reward);
            accepted.event.reward_withheld
        };
        assert_eq!(withheld(|_| {}), None);
        assert_eq!(withheld(|c| c.email_verified = false), Some(RewardWithheld::EmailUnverified));
        let own = |c: &mut Circumstances| place_of(c).keeper_id = Some(UserId::new(id(2)));
        assert_eq!(withheld(own), Some(RewardWithheld::OwnPoint));
        let created = |c: &mut Circumstances, hours: i64| point_of(c).created_at = Some(at(NOW - hours * 3_600));
        assert_eq!(withheld(|c| point_of(c).created_at = None), Some(RewardWithheld::NewPoint));
        for (hours, why) in [(23, Some(RewardWithheld::NewPoint)), (24, None)] {
            let mut circumstances = circumstances();
            created(&mut circumstances, hours);
            assert_eq!(report().decide(&circumstances, at(NOW)).unwrap().event.reward_withheld, why);
        }
        // Without a reward nothing is withheld, but badges learn that the report can earn none.
        let without_reward = |c: &mut Circumstances| c.kind.as_mut().unwrap().description.reward = None;
        assert_eq!(withheld(without_reward), None);
        let mut circumstances = circumstances();
        without_reward(&mut circumstances);
        assert_eq!(report().decide(&circumstances, at(NOW)).unwrap().fact.reward_withheld, None);
        own(&mut circumstances);
        let fact = report().decide(&circumstances, at(NOW)).unwrap().fact;
        assert_eq!(fact.reward_withheld, Some(RewardWithheld::OwnPoint));
        let limited = report().decide(&self::circumstances(), at(NOW)).unwrap();
        let limited = limited.without_reward(RewardWithheld::UserLimit);
        assert_eq!((limited.fact.reward, limited.fact.reward_withheld), (None, Some(RewardWithheld::UserLimit)));
    }

    fn point_of(circumstances: &mut Circumstances) -> &mut PointCopy {
        circumstances.point.as_mut().unwrap()
    }

    fn place_of(circumstances: &mut Circumstances) -> &mut Place {
        point_of(circumstances).place.as_mut().unwrap()
    }

    #[test]
    fn each_rule_refuses_by_itself() {
        let user_id = UserId::new(id(2));
        refused(|c| c.standing = Some(Standing { user_id, suspended: true, since: at(0) }), Refusal::Suspended);
        refused(|c| c.point = None, Refusal::NoSuchPoint);
        refused(|c| c.point = Some(PointCopy::gone(PointId::new(id(3)), 2, at(0))), Refusal::NoSuchPoint);
        refused(|c| c.kind = None, Refusal::NoSuchEventType);
        refused(|c| c.kind.as_mut().unwrap().retired = true, Refusal::TypeRetired);
        refused(|c| c.kind.as_mut().unwrap().description.max_distance_m = Some(100), Refusal::LocationMissing);
        refused(|c| c.photos = Vec::new(), Refusal::PhotoNotPublished);
        refused(|c| c.photos[0].published = false, Refusal::PhotoNotPublished);
        let until = at(NOW + 1);
        let (point_id, event_type_id) = (PointId::new(id(3)), EventTypeId::new(id(4)));
        refused(
            |c| c.cooldown = Some(Cooldown { user_id, point_id, event_type_id, until }),
            Refusal::CoolingDown { until, wait_seconds: 1 },
        );
    }

    #[test]
    fn who_must_be_near_is_near() {
        let mut circumstances = circumstances();
        circumstances.kind.as_mut().unwrap().description.max_distance_m = Some(100);
        let from = |lat, lng| Report { location: GeoPoint::new(lat, lng).ok(), ..report() };
        assert!(from(52.5005, 13.4).decide(&circumstances, at(NOW)).is_ok());
        assert_eq!(from(52.501, 13.4).decide(&circumstances, at(NOW)).unwrap_err(), Refusal::TooFar(100));
    }

    #[test]
    fn an_author_takes_back_for_a_day_and_an_admin_for_ever() {
        let Accepted { event, .. } = report().decide(&circumstances(), at(NOW)).unwrap();
        let (author, other) = (event.author_id.unwrap(), UserId::new(id(9)));
        let day = 24 * 3_600;
        let (mark, fact) = event.removed(author, false, at(NOW + day)).unwrap();
        assert!(!mark.is_there() && mark.note.is_none() && mark.photo_media_ids.is_empty());
        assert_eq!(fact.unwrap().user_id, author);
        assert_eq!(event.removed(author, false, at(NOW + day + 1)).unwrap_err(), Refusal::TooLate);
        assert_eq!(event.removed(other, false, at(NOW)).unwrap_err(), Refusal::NotYours);
        assert!(event.removed(other, true, at(NOW + 100 * day)).is_ok());
        // Nobody is told of an author who is gone.
        assert_eq!(event.anonymous().removed(other, true, at(NOW)).unwrap().1, None);
    }

    proptest! {
        #[test]
        fn an_event_never_happens_in_the_future_or_long_ago(offset in -10 * 86_400..86_400_i64) {
            let (at, now) = (at(NOW + offset), at(NOW));
            match occurred(at, now) {
                Ok(time) => prop_assert!(time <= now && (-7 * 86_400..=60).contains(&offset)),
                Err(_) => prop_assert!(!(-7 * 86_400..=60).contains(&offset)),
            }
        }

        #[test]
        fn nothing_of_a_person_stays_in_what_is_anonymous(text in "[a-z]{8,20}", photo in any::<u128>()) {
            let mut circumstances = circumstances();
            circumstances.photos = vec![MediumCopy::published(UserId::new(id(2)), MediaId::new(id(photo)), None)];
            let report =
                Report { note: Some(text.clone()), photo_media_ids: vec![MediaId::new(id(photo))], ..report() };
            let asked = report.asked();
            let Accepted { event, .. } = report.decide(&circumstances, at(NOW)).unwrap();
            let left = serde_json::to_string(&event.anonymous()).unwrap();
            let gone = [text, id(photo).to_string(), id(2).to_string(), asked.to_string()];
            prop_assert!(gone.iter().all(|part| !left.contains(part)), "{}", left);
        }
    }
}
