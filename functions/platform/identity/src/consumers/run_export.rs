//! On `identity.export_requested.v1`: writes the document with all personal data of a user to the bucket. On
//! `identity.user_deleted.v1`: deletes the user's documents and history of sign-ins.
//!
//! Reads the partition of the user in every context, page by page, and writes the document in parts (`kit::jobs`). No
//! context is called: this function's role may query those partitions. Emits `notifications.requested.v1` in the final
//! write. See docs/adr/0011-data-export.md and docs/personal-data-export.md.

use std::collections::BTreeMap;

use contracts::identity::{ExportRequested, UserDeleted};
use contracts::notifications::{Category, Message, NotificationRequested};
use contracts::{Actor, Envelope};
use dynamo::outbox::OutboxError;
use dynamo::{Cursor, Held, Outbox};
use jiff::Timestamp;
use kit::Deadline;
use kit::jobs::{Job, Step};
use kit::sqs::{Done, Failure, PartlyHandled, Progress, in_rounds};
use serde_json::Value;
use types::{EventId, Uuid, derive_id};

use crate::ctx::Exporter;
use crate::domain::account::Account;
use crate::domain::export;
use crate::domain::export::document::{Piece, Place, Writer};
use crate::domain::export::sections::Section;
use crate::store::{ACCOUNT_SORT_KEY, DataExport, Identity};

/// Handles one event.
pub async fn run_export(ctx: &'static Exporter, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<UserDeleted>() {
        let user_id = event.decode::<UserDeleted>()?.data.user_id;
        let history = in_rounds(deadline, async || Ok(ctx.store.forget_sign_ins(user_id).await?.into())).await?;
        let files = match history {
            Progress::Continue(_) => return Ok(history),
            Progress::Finished(_) => ctx.runner.forget(user_id).await?,
        };
        // Either of the two may have had something to delete.
        return Ok(if matches!(files, Progress::Finished(Done::Duplicate)) { history } else { files });
    }
    let event = event.decode::<ExportRequested>()?;
    let ExportRequested { user_id, export_id } = event.data;
    ctx.runner.run(user_id, export_id, deadline, async |job, place| step(ctx, job, place).await, ready).await
}

/// Reads a page and writes it.
async fn step(ctx: &Exporter, job: &Job<DataExport>, place: Place) -> Result<Step<Place>, Failure> {
    let stop = |reason: &str| Ok(Step::Stop { reason: reason.to_owned() });
    let Some(section) = place.section() else { return stop("there is no such section") };
    let after = place.after().map(Cursor::of);
    let account = ctx.store.account(job.owner_id);
    let (account, page) = futures::try_join!(account, ctx.held.page(section.context, job.owner_id, after))?;
    if account.is_none() {
        return stop("the account was deleted");
    }
    let mut writer = Writer::resume(place, job.owner_id, ctx.clock.now());
    for item in page.items {
        write(&mut writer, section, item).map_err(|error| Failure::Poison(error.to_string()))?;
    }
    let Piece { bytes, items, place, last } = match page.next {
        Some(next) => writer.pause(next.as_str()),
        None => writer.end_section(),
    };
    Ok(Step::Wrote { bytes, items, work: place, last })
}

fn write(writer: &mut Writer, section: Section, Held { sort_key, attributes }: Held) -> Result<(), serde_json::Error> {
    let Some(collection) = section.collection(&sort_key) else { return Ok(()) };
    // The account is stored beside its secrets, so what is shown of it is chosen field by field.
    let item = if section.context == <Identity as dynamo::Context>::NAME && sort_key == ACCOUNT_SORT_KEY {
        export::account(&serde_json::from_value::<Account>(Value::Object(attributes))?)?
    } else {
        export::shown(attributes)
    };
    writer.item(collection, &item)
}

/// The notification that an export is ready. It leads to a page of the app, not to the file.
fn ready(job: &Job<DataExport>, now: Timestamp) -> Result<Outbox, OutboxError> {
    let id = |name: &str| -> Uuid { derive_id(&[name, &job.id.to_string()]) };
    let message = Message {
        template: "export_ready".to_owned(),
        data: BTreeMap::from([("export_id".to_owned(), job.id.to_string())]),
        link: Some(format!("/account/exports/{}", job.id)),
    };
    let requested = NotificationRequested {
        notification_id: id("export_ready"),
        recipients: vec![job.owner_id],
        // It cannot be turned off: an attacker may have requested the export.
        category: Category::Security,
        message,
        channels: None,
    };
    let event_id = EventId::new(id("export_ready_event"));
    Outbox::of(Envelope::new(event_id, now, job.correlation_id.clone(), Actor::System, requested))
}
