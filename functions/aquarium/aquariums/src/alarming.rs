//! What a change of a device's alarms leads to beside its head: episodes, events and notifications. They are written
//! together with the head, so members are notified of what was stored, once.

use contracts::{Actor, DomainEvent, Envelope};
use dynamo::outbox::OutboxError;
use dynamo::{Outbox, StoreError, Versioned};
use jiff::Timestamp;
use types::{DeviceId, EpisodeId, EventId, SensorId};
use water::Unit;

use crate::domain::access::{Access, Scope};
use crate::domain::alarm::AlarmKey;
use crate::domain::alarm_episode::{AlarmEpisode, Subject, subject};
use crate::domain::alarm_head::Moved;
use crate::domain::alarm_history::{MAX_EPISODES_PER_WRITE, Notice, alarms, apply, touched};
use crate::domain::alarm_notice::{Announcement, Occasion, everybody, of_episode, of_unsettled, silence_fact};
use crate::domain::device::DeviceHead;
use crate::domain::watch::Watch;
use crate::store::{DeviceParts, Effects, HeadWrite, RuleWrite, Store, Surroundings};

/// What events are caused by, and when.
#[derive(Debug, Clone)]
pub struct Cause {
    /// Correlation ID.
    pub correlation_id: String,
    /// Time of the change.
    pub now: Timestamp,
}

impl Cause {
    /// A request or a run of a schedule.
    pub fn new(correlation_id: impl Into<String>, now: Timestamp) -> Self {
        Self { correlation_id: correlation_id.into(), now }
    }

    /// An event with a payload. It names no user as its actor: alarms belong to the aquarium, and their history
    /// outlives its members.
    pub fn event<T: DomainEvent>(&self, data: T) -> Envelope<T> {
        Envelope::new(EventId::generate(), self.now, self.correlation_id.clone(), Actor::System, data)
    }

    /// The item that carries events about a device.
    pub fn announcement(&self, device: DeviceId) -> Announcement {
        Announcement::new(device, types::new_uuid(), self.now)
    }
}

/// Why a change of alarms cannot be written.
#[derive(Debug)]
pub enum NotMoved {
    /// It changes more than [`MAX_EPISODES_PER_WRITE`] episodes.
    TooMany,
    /// An event cannot be stored.
    Event(OutboxError),
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotMoved {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<OutboxError> for NotMoved {
    fn from(error: OutboxError) -> Self {
        Self::Event(error)
    }
}

/// What transitions lead to. One read if there are any, none otherwise. `access` has the members who are notified.
pub async fn effects(
    store: &Store,
    access: &Versioned<Access>,
    before: &DeviceHead,
    moved: &Moved,
    cause: &Cause,
) -> Result<Effects, NotMoved> {
    if moved.transitions.is_empty() {
        return Ok(Effects::default());
    }
    let ids = touched(&moved.transitions);
    if ids.len() > MAX_EPISODES_PER_WRITE {
        return Err(NotMoved::TooMany);
    }
    let known = store.surroundings(before, &alarms(&moved.transitions), &ids).await?;
    // A new rule is in the next head only, a deleted one in the head before only.
    let about = |alarm: AlarmKey| {
        let of = |head: &DeviceHead| subject(head, alarm, named(&known, alarm));
        of(before).or_else(|| of(&moved.head))
    };
    let history = apply(before, known.episodes(), &moved.transitions, about, cause.now);
    let mut effects = Effects::of(&known, history.episodes.clone(), Some(access.clone()));
    effects.announcement = Some(cause.announcement(before.id));
    let facts: Vec<_> = effects.episodes().map(|episode| episode.changed_fact(known.revision(episode.id))).collect();
    for fact in facts {
        effects.outbox.push(cause.event(fact))?;
    }
    let recipients = everybody(&access.value);
    let aquarium = known.aquarium.as_ref().map_or("", |aquarium| aquarium.details.name.as_str());
    for notice in &history.notices {
        let of = |id: &EpisodeId, occasion| {
            let episode: &AlarmEpisode = history.episodes.get(id)?;
            Some(of_episode(episode, occasion, known.revision(*id), aquarium, recipients.clone()))
        };
        let request = match notice {
            Notice::Began(id) => of(id, Occasion::Began),
            Notice::Ended(id, cause) => of(id, Occasion::Ended(*cause)),
            Notice::Unsettled { alarm, since } => about(*alarm)
                .map(|subject: Subject| of_unsettled(before, &subject, (*alarm, *since), aquarium, recipients.clone())),
        };
        if let Some(request) = request.filter(|request| !request.recipients.is_empty()) {
            effects.outbox.push(cause.event(request))?;
        }
    }
    // An alarm that is settled again is no event.
    effects.announcement = effects.announcement.filter(|_| effects.outbox != Outbox::none());
    Ok(effects)
}

/// The name and the unit that keepers chose for an alarm.
fn named(known: &Surroundings, alarm: AlarmKey) -> Option<(String, Unit)> {
    match alarm {
        AlarmKey::Rule(id) => {
            known.rules.get(&id).map(|rule| (rule.name.as_str().to_owned(), rule.settings.limit.unit))
        }
        AlarmKey::ProbeFault(id) => known.sensors.get(&id).map(|sensor| (sensor.name.as_str().to_owned(), sensor.unit)),
    }
}

/// The head of a device with a changed setup, made effective for its alarms.
pub async fn change_setup(
    store: &Store,
    access: &Versioned<Access>,
    read: Versioned<DeviceHead>,
    next: DeviceHead,
    cause: &Cause,
) -> Result<HeadWrite, NotMoved> {
    let moved = next.observing(&[]);
    let effects = effects(store, access, &read.value, &moved, cause).await?;
    Ok(HeadWrite { read, next: moved.head, effects })
}

/// The head of a device that is deleted. Its alarms end, and so does a silence that was reported: nothing else says that
/// the device is gone.
pub async fn end_device(
    store: &Store,
    access: &Versioned<Access>,
    parts: &DeviceParts,
    cause: &Cause,
) -> Result<HeadWrite, NotMoved> {
    let (read, emptied) = (parts.head.clone(), parts.head.value.emptied());
    let mut head = change_setup(store, access, read, emptied, cause).await?;
    if head.next.silence.is_reported {
        head.next = head.next.with_silence(false);
        let announcement = cause.announcement(head.next.id);
        head.effects.outbox.push(cause.event(silence_fact(&head.next, Some(parts.device()))))?;
        head.effects.announcement.get_or_insert(announcement);
    }
    Ok(head)
}

/// The head of a device without a sensor, and the items of rules that go on without it or end with it. One read if
/// there are such rules.
pub async fn without_sensor(
    store: &Store,
    scope: &Scope,
    head: &DeviceHead,
    id: SensorId,
) -> Result<(DeviceHead, Vec<RuleWrite>), NotMoved> {
    let (mut next, ids) = (head.without_sensor(id), head.rules_of(id).collect::<Vec<_>>());
    let mut writes = Vec::new();
    for read in store.rules_by_id(scope, &ids).await? {
        let rest = read.value.without_sensor(id);
        let replaced = rest.as_ref().and_then(|rest| next.replacing_rule(rest).ok());
        if let Some((rest, replaced)) = rest.zip(replaced) {
            next = replaced;
            writes.push(RuleWrite::Replace(Box::new(read), rest));
        } else {
            next = next.without_rule(read.value.id);
            writes.push(RuleWrite::Delete(read));
        }
    }
    Ok((next, writes))
}

/// The head and the effects of a batch with the end of a silence that was reported, if its samples end one. Nobody is
/// notified of it.
pub async fn end_silence(
    store: &Store,
    access: &Versioned<Access>,
    (head, mut effects): (DeviceHead, Effects),
    cause: &Cause,
) -> Result<(DeviceHead, Effects), NotMoved> {
    let Some(due) = head.ends_silence(cause.now.as_second()) else { return Ok((head, effects)) };
    let head = head.with_silence(false);
    let (device, _) = store.device_and_aquarium(&head).await?;
    effects.outbox.push(cause.event(silence_fact(&head, device.as_ref())))?;
    effects.announcement = effects.announcement.or_else(|| Some(cause.announcement(head.id)));
    let watch = Watch::of_returned(&head, due, cause.now);
    Ok((head, effects.with_watch(Some(watch)).while_access(access)))
}
