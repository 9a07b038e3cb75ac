//! What events say, in the terms of this context.

use contracts::aquariums::{
    AccessChanged, AlarmChanged, AlarmStatus, AquariumChanged, AquariumCreated, AquariumRemoved, DeviceSilenceChanged,
    EquipmentChanged, HourSummary, LivestockChanged, ReadingRecorded, ReadingsSummarized,
};
use contracts::notifications::{NotificationAdded, NotificationsRead, ReadNotification};
use contracts::timeline::{DosePlanChanged, EntriesAppended, TaskChanged, TaskStatus};
use contracts::{Actor, DomainEvent, Envelope, WrongEvent};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;
use types::{AquariumId, DeviceId, DosePlanId, EpisodeId, EquipmentId, LivestockId, TaskId, UserId};

use super::facts::{Access, Alarm, Details, LowReservoir, SilentDevice, Task};

/// A change of what is known of an aquarium.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Name, kind or time zone.
    Details(Details),
    /// Members.
    Access(Access),
    /// The aquarium was removed.
    Removed,
    /// Values of sensors.
    Summaries(Vec<HourSummary>),
    /// A value that was measured by hand.
    Reading(ReadingRecorded),
    /// An alarm with its revision; none once it is not open.
    Alarm(EpisodeId, u64, Option<Alarm>),
    /// The silence of a device with its revision; none once it sends.
    Silence(DeviceId, u64, Option<SilentDevice>),
    /// A task with its revision; none without an open occurrence.
    Task(TaskId, u64, Option<Task>),
    /// The reservoir of a dose plan with the revision of the plan; none unless it is low.
    Reservoir(DosePlanId, u64, Option<LowReservoir>),
    /// The date of the next service of equipment with its revision; none without an interval, and once it is deleted.
    Service(EquipmentId, u64, Option<Date>),
    /// The count of livestock with its revision; none for zero.
    Livestock(LivestockId, u64, Option<u32>),
}

/// An event about an aquarium.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// Its owner.
    pub owner_id: UserId,
    /// Time of the event.
    pub at: Timestamp,
    /// What changed.
    pub change: Change,
    /// The user who caused it, and the day in UTC.
    pub activity: Option<(UserId, Date)>,
}

/// An event about a user.
#[derive(Debug, Clone, PartialEq)]
pub struct UserNews {
    /// The user.
    pub user_id: UserId,
    /// Time of the event.
    pub at: Timestamp,
    /// What happened.
    pub what: UserChange,
}

/// What happened to a user.
#[derive(Debug, Clone, PartialEq)]
pub enum UserChange {
    /// Notifications were added.
    Added(Vec<ReadNotification>),
    /// Notifications are no longer unread.
    Read(Vec<ReadNotification>),
    /// The user wrote into the timeline of an aquarium on this day in UTC.
    Active(Date),
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// An aquarium.
    Aquarium(Box<News>),
    /// A user.
    User(UserNews),
    /// Nothing that a screen shows.
    Nothing,
}

/// Returns what an event says; none for an event that this context does not use.
pub fn heard(event: Envelope<Value>) -> Result<Option<Heard>, WrongEvent> {
    if event.is::<NotificationAdded>() || event.is::<NotificationsRead>() || event.is::<EntriesAppended>() {
        return of_user(event).map(|news| Some(news.map_or(Heard::Nothing, Heard::User)));
    }
    if event.is::<ReadingsSummarized>() && event.data["superseded"] == true {
        // The event of a later hour, which was published with it, has newer values of all its sensors.
        return Ok(Some(Heard::Nothing));
    }
    of_aquarium(event).map(|news| news.map(|news| Heard::Aquarium(Box::new(news))))
}

fn of_aquarium(event: Envelope<Value>) -> Result<Option<News>, WrongEvent> {
    if event.is::<AquariumCreated>() {
        news::<AquariumCreated>(event)
    } else if event.is::<AquariumChanged>() {
        news::<AquariumChanged>(event)
    } else if event.is::<AquariumRemoved>() {
        news::<AquariumRemoved>(event)
    } else if event.is::<AccessChanged>() {
        news::<AccessChanged>(event)
    } else if event.is::<ReadingsSummarized>() {
        news::<ReadingsSummarized>(event)
    } else if event.is::<ReadingRecorded>() {
        news::<ReadingRecorded>(event)
    } else if event.is::<AlarmChanged>() {
        news::<AlarmChanged>(event)
    } else if event.is::<DeviceSilenceChanged>() {
        news::<DeviceSilenceChanged>(event)
    } else if event.is::<EquipmentChanged>() {
        news::<EquipmentChanged>(event)
    } else if event.is::<LivestockChanged>() {
        news::<LivestockChanged>(event)
    } else if event.is::<TaskChanged>() {
        news::<TaskChanged>(event)
    } else if event.is::<DosePlanChanged>() {
        news::<DosePlanChanged>(event)
    } else {
        Ok(None)
    }
}

/// None for entries that the system wrote: they say nothing about a user.
fn of_user(event: Envelope<Value>) -> Result<Option<UserNews>, WrongEvent> {
    let at = event.occurred_at;
    if event.is::<NotificationAdded>() {
        let NotificationAdded { user_id, notification_id, .. } = event.decode()?.data;
        let added = vec![ReadNotification { notification_id, added_at: at }];
        Ok(Some(UserNews { user_id, at, what: UserChange::Added(added) }))
    } else if event.is::<NotificationsRead>() {
        let NotificationsRead { user_id, notifications } = event.decode()?.data;
        Ok(Some(UserNews { user_id, at, what: UserChange::Read(notifications) }))
    } else {
        let event = event.decode::<EntriesAppended>()?;
        Ok(activity(event.actor, at).map(|(user_id, on)| UserNews { user_id, at, what: UserChange::Active(on) }))
    }
}

fn news<T: About>(event: Envelope<Value>) -> Result<Option<News>, WrongEvent> {
    let event = event.decode::<T>()?;
    let at = event.occurred_at;
    let activity = activity(event.actor, at);
    let (aquarium_id, owner_id, change) = event.data.about(at);
    Ok(Some(News { aquarium_id, owner_id, at, change, activity }))
}

fn activity(actor: Actor, at: Timestamp) -> Option<(UserId, Date)> {
    match actor {
        Actor::User(user) => Some((user, at.to_zoned(TimeZone::UTC).date())),
        Actor::Anonymous | Actor::System => None,
    }
}

/// An event about an aquarium.
trait About: DomainEvent {
    /// Returns the aquarium, its owner, and what changed.
    fn about(self, at: Timestamp) -> (AquariumId, UserId, Change);
}

impl About for AquariumCreated {
    fn about(self, at: Timestamp) -> (AquariumId, UserId, Change) {
        let Self { name, kind, time_zone, revision, .. } = self;
        (self.aquarium_id, self.owner_id, Change::Details(Details { name, kind, time_zone, revision, at }))
    }
}

impl About for AquariumChanged {
    fn about(self, at: Timestamp) -> (AquariumId, UserId, Change) {
        let Self { name, kind, time_zone, revision, .. } = self;
        (self.aquarium_id, self.owner_id, Change::Details(Details { name, kind, time_zone, revision, at }))
    }
}

impl About for AquariumRemoved {
    fn about(self, _at: Timestamp) -> (AquariumId, UserId, Change) {
        (self.aquarium_id, self.owner_id, Change::Removed)
    }
}

impl About for AccessChanged {
    fn about(self, at: Timestamp) -> (AquariumId, UserId, Change) {
        let members = self.members.iter().map(|member| (member.user_id, member.role)).collect();
        (self.aquarium_id, self.owner_id, Change::Access(Access { members, revision: self.revision, at }))
    }
}

impl About for ReadingsSummarized {
    fn about(self, _at: Timestamp) -> (AquariumId, UserId, Change) {
        (self.aquarium_id, self.owner_id, Change::Summaries(self.sensors))
    }
}

impl About for ReadingRecorded {
    fn about(self, _at: Timestamp) -> (AquariumId, UserId, Change) {
        (self.aquarium_id, self.owner_id, Change::Reading(self))
    }
}

impl About for AlarmChanged {
    fn about(self, _at: Timestamp) -> (AquariumId, UserId, Change) {
        let Self { name, cause, parameter, acknowledged, fired_at, .. } = self;
        let is_open = self.status == AlarmStatus::Open;
        let alarm = is_open.then_some(Alarm { name, cause, parameter, acknowledged, fired_at });
        (self.aquarium_id, self.owner_id, Change::Alarm(self.episode_id, self.revision, alarm))
    }
}

impl About for DeviceSilenceChanged {
    fn about(self, _at: Timestamp) -> (AquariumId, UserId, Change) {
        let Self { name, last_sample_at, .. } = self;
        let device = self.silent.then_some(SilentDevice { name, last_sample_at });
        (self.aquarium_id, self.owner_id, Change::Silence(self.device_id, self.revision, device))
    }
}

impl About for EquipmentChanged {
    fn about(self, _at: Timestamp) -> (AquariumId, UserId, Change) {
        let due_on = self.next_due_on.filter(|_| !self.deleted);
        (self.aquarium_id, self.owner_id, Change::Service(self.equipment_id, self.revision, due_on))
    }
}

impl About for LivestockChanged {
    fn about(self, _at: Timestamp) -> (AquariumId, UserId, Change) {
        let count = Some(self.count).filter(|count| *count > 0);
        (self.aquarium_id, self.owner_id, Change::Livestock(self.livestock_id, self.revision, count))
    }
}

impl About for TaskChanged {
    fn about(self, _at: Timestamp) -> (AquariumId, UserId, Change) {
        let title = self.title;
        let due_at = self.due_at.filter(|_| self.status == TaskStatus::Scheduled);
        let task = due_at.map(|due_at| Task { title, due_at });
        (self.aquarium_id, self.owner_id, Change::Task(self.task_id, self.revision, task))
    }
}

impl Change {
    /// True if figures of aquariums count it.
    pub const fn is_counted(&self) -> bool {
        matches!(self, Self::Details(_) | Self::Access(_) | Self::Removed | Self::Alarm(..) | Self::Silence(..))
    }
}

impl About for DosePlanChanged {
    fn about(self, _at: Timestamp) -> (AquariumId, UserId, Change) {
        let Self { product, empty_at, .. } = self;
        let is_low = self.active && self.reservoir_low;
        let reservoir = is_low.then_some(LowReservoir { product, empty_at });
        (self.aquarium_id, self.owner_id, Change::Reservoir(self.plan_id, self.revision, reservoir))
    }
}
