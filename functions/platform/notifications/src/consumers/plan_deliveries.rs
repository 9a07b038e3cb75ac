//! On `notifications.requested.v1`, `notifications.mail_requested.v1`, and on what identity tells of accounts: makes a delivery per recipient and channel,
//! and what stands in the inbox; keeps what is known of how to reach people. Emits
//! `notifications.notification_added.v1` and `notifications.delivery_queued.v1`.
//!
//! All that an event makes for one person is one write, which names the event: however often it comes, and in whichever
//! order with others, it makes them once.

use contracts::Envelope;
use contracts::notifications::{Channel, NotificationAdded};
use dynamo::{ConflictRetry, Versioned};
use futures::StreamExt;
use jiff::Timestamp;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::{EventId, UserId, Uuid, derive_id};

use crate::ctx::Planner;
use crate::domain::contact::Contact;
use crate::domain::content::{Collected, Content, DigestEntry};
use crate::domain::delivery::{Delivery, DeliveryId, Status, Suppression};
use crate::domain::inbox::InboxItem;
use crate::domain::notices::{Effect, effects};
use crate::domain::plan::{Fate, Notification, fate};
use crate::queue::queued;
use crate::store::{Known, Plan, Planned};
use crate::templates::{self, TemplateError};

/// How many recipients of one event are worked on at once.
const MAX_PARALLEL: usize = 10;
/// How many collecting mails of a person are looked at for one that is still open.
const MAX_SLOTS: usize = 3;

/// Handles one event.
pub async fn plan_deliveries(ctx: &'static Planner, event: Envelope<Value>) -> Handled {
    let everybody = effects(event.clone())?;
    let cause = &event;
    let outcomes: Vec<Handled> = futures::stream::iter(everybody)
        .map(|effect| async move { Box::pin(plan_for(ctx, cause, effect)).await })
        .buffer_unordered(MAX_PARALLEL)
        .collect()
        .await;
    together(outcomes)
}

/// One answer for an event of many recipients: what must come again outweighs what can never be, so that no recipient
/// misses a notification because of another one.
fn together(outcomes: Vec<Handled>) -> Handled {
    let (mut applied, mut duplicate, mut poison) = (false, false, None);
    for outcome in outcomes {
        match outcome {
            Ok(Done::Applied) => applied = true,
            Ok(Done::Duplicate) => duplicate = true,
            Ok(Done::Ignored) => {}
            Err(Failure::Poison(reason)) => poison = Some(reason),
            Err(retry) => return Err(retry),
        }
    }
    match poison {
        Some(reason) => Err(Failure::Poison(reason)),
        None if applied => Ok(Done::Applied),
        None if duplicate => Ok(Done::Duplicate),
        None => Ok(Done::Ignored),
    }
}

async fn plan_for(ctx: &Planner, cause: &Envelope<Value>, effect: Effect) -> Handled {
    if let Some(session) = effect.signed_out {
        ctx.endpoints.take_out_all(&ctx.store, effect.user_id, Some(session)).await?;
    }
    if effect.reclaimed {
        ctx.endpoints.take_out_older(&ctx.store, effect.user_id, effect.at).await?;
        let phone = ctx.store.phone(effect.user_id).await?;
        ctx.store.change_phone(phone, |phone| (phone.reclaimed(effect.at), ())).await?;
        return Ok(Done::Applied);
    }
    let mut retry = ConflictRetry::default();
    loop {
        let known = ctx.store.known(effect.user_id).await?;
        if known.forgotten {
            return Ok(Done::Ignored);
        }
        let plan = make(ctx, cause, &effect, &known).await?;
        if plan.contact.is_none() && plan.inbox.is_none() && plan.deliveries.is_empty() {
            return Ok(Done::Duplicate);
        }
        match ctx.store.carry_out(effect.user_id, &known, plan).await? {
            Planned::Done => return Ok(Done::Applied),
            Planned::Duplicate => return Ok(Done::Duplicate),
            Planned::Forgotten => return Ok(Done::Ignored),
            Planned::Stale => retry.pause().await?,
        }
    }
}

/// What the event makes for one person, by what is known of them now.
async fn make(ctx: &Planner, cause: &Envelope<Value>, effect: &Effect, known: &Known) -> Result<Plan, Failure> {
    let before = known.contact.as_ref().map(|contact| &contact.value);
    let after =
        before.cloned().unwrap_or_else(|| Contact::new(effect.user_id)).with_facts(effect.facts.clone(), effect.at);
    let is_news = before.is_none_or(|before| *before != after) && after != Contact::new(effect.user_id);
    let mut plan = Plan { contact: is_news.then_some(after), ..Plan::default() };
    if let Some(notification) = &effect.notification {
        Maker { ctx, cause, known, user_id: effect.user_id, notification, now: ctx.clock.now() }
            .add_to(&mut plan)
            .await?;
    }
    Ok(plan)
}

/// One notification for one person.
struct Maker<'a> {
    ctx: &'a Planner,
    cause: &'a Envelope<Value>,
    known: &'a Known,
    user_id: UserId,
    notification: &'a Notification,
    now: Timestamp,
}

impl Maker<'_> {
    async fn add_to(&self, plan: &mut Plan) -> Result<(), Failure> {
        let mut channels = self.notification.channels(&self.known.preferences);
        if self.notification.channels.is_none() {
            // Preferences may change before the event comes again: this delivery is there in any case.
            channels.insert(Channel::InApp);
        }
        // The inbox is the first of them: the others know whether the notification is there.
        for channel in channels {
            let status = self.status(channel, plan).await?;
            let event = matches!(status, Status::Pending { due_at, .. } if due_at <= self.now);
            let delivery = Delivery { in_inbox: plan.inbox.is_some(), ..self.delivery(channel, status) };
            let event = event.then(|| self.cause.causing(EventId::generate(), self.now, queued(&delivery)));
            plan.deliveries.push((delivery, event));
        }
        Ok(())
    }

    /// How the delivery begins; what it brings with it goes to the plan.
    async fn status(&self, channel: Channel, plan: &mut Plan) -> Result<Status, Failure> {
        let (category, now) = (self.notification.category, self.now);
        Ok(match fate(category, channel, &self.known.preferences, now) {
            Fate::Suppressed(reason) => Status::Suppressed { at: now, reason },
            Fate::Now if channel == Channel::InApp => {
                plan.inbox = Some(self.inbox()?);
                Status::Sent { at: now }
            }
            Fate::Now if self.is_pointless() => Status::Suppressed { at: now, reason: Suppression::Pointless },
            Fate::Now => Status::Pending { due_at: now, last_error: None },
            Fate::At(due_at) => Status::Pending { due_at, last_error: None },
            Fate::Collected(slot) => {
                let digest = self.collect(slot, plan.inbox.is_some()).await?;
                let id = digest.1.notification_id;
                plan.digest = Some(digest);
                Status::Collected { at: now, digest: id }
            }
        })
    }

    fn is_pointless(&self) -> bool {
        let contact = self.known.contact.as_ref();
        self.notification.content.asks_for_proof()
            && contact.is_some_and(|contact| contact.value.proven_since(self.notification.caused_at))
    }

    fn delivery(&self, channel: Channel, status: Status) -> Delivery {
        let delivery = Delivery {
            user_id: self.user_id,
            notification_id: self.notification.id,
            channel,
            category: self.notification.category,
            content: self.notification.content.clone(),
            session: self.notification.session,
            to: self.notification.to.clone(),
            guest: self.notification.guest,
            reached: Vec::new(),
            in_inbox: false,
            is_counted: false,
            deferred_since: None,
            status: status.clone(),
            attempts: 0,
            caused_at: self.notification.caused_at,
            created_at: self.now,
        };
        // A stated address is not kept if nothing is to be sent.
        delivery.with(status)
    }

    fn inbox(&self) -> Result<(InboxItem, Envelope<NotificationAdded>), Failure> {
        let brief = templates::brief(&self.notification.content, self.known.preferences.locale())
            .map_err(|error| poison(&error))?;
        let item = InboxItem {
            user_id: self.user_id,
            notification_id: self.notification.id,
            category: self.notification.category,
            kind: self.notification.content.kind().to_owned(),
            data: self.notification.content.ids(),
            title: brief.title,
            body: brief.text,
            link: self.notification.content.link().path().map(str::to_owned),
            created_at: self.now,
            read_at: None,
        };
        let added = NotificationAdded {
            user_id: item.user_id,
            notification_id: item.notification_id,
            category: item.category,
            kind: item.kind.clone(),
            data: item.data.clone(),
            title: item.title.clone(),
            body: item.body.clone(),
            link: item.link.clone(),
        };
        Ok((item, self.cause.causing(EventId::generate(), self.now, added)))
    }

    /// The mail that collects this notification: the next one that was not sent yet.
    async fn collect(
        &self,
        slot: Timestamp,
        in_inbox: bool,
    ) -> Result<(Option<Versioned<Delivery>>, Delivery), Failure> {
        let brief = templates::brief(&self.notification.content, self.known.preferences.locale())
            .map_err(|error| poison(&error))?;
        let in_inbox = in_inbox.then_some(self.notification.id);
        let entry = DigestEntry {
            collected: Collected { category: self.notification.category, in_inbox },
            title: brief.title,
            link: self.notification.content.link().clone(),
        };
        let mut at = slot;
        for _ in 0..MAX_SLOTS {
            let notification_id = digest_id(self.user_id, at);
            let id = DeliveryId { notification_id, channel: Channel::Email };
            let Some(there) = self.ctx.store.delivery(self.user_id, id).await? else {
                let content = Content::Digest { entries: Vec::new(), rest: Vec::new() }.collecting(entry);
                return Ok((None, self.digest(notification_id, content, at)));
            };
            if matches!(there.value.status, Status::Pending { .. }) {
                let content = there.value.content.clone().collecting(entry);
                let more = Delivery { content, ..there.value.clone() };
                return Ok((Some(there), more));
            }
            // It is going out at this moment: the one after it.
            let next = fate(self.notification.category, Channel::Email, &self.known.preferences, at);
            at = if let Fate::Collected(next) = next { next } else { at + jiff::SignedDuration::from_hours(1) };
        }
        Err(Failure::Retry("every collecting mail is going out".to_owned()))
    }

    /// Each entry has a category of its own, which is asked again at sending; the mail's is that of the first.
    fn digest(&self, notification_id: Uuid, content: Content, due_at: Timestamp) -> Delivery {
        Delivery {
            notification_id,
            content,
            session: None,
            to: None,
            guest: None,
            ..self.delivery(Channel::Email, Status::Pending { due_at, last_error: None })
        }
    }
}

/// Names a person's collecting mail of a time.
fn digest_id(user_id: UserId, slot: Timestamp) -> Uuid {
    derive_id(&["digest", &user_id.to_string(), &slot.as_second().to_string()])
}

/// A template that is broken, or asks for what the event does not give, is the same for every try.
fn poison(error: &TemplateError) -> Failure {
    Failure::Poison(error.to_string())
}
