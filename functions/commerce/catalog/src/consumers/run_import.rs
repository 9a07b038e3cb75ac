//! On an uploaded file of an import: creates and changes products row by row.
//!
//! Emits what the endpoints emit: `catalog.product_published.v1`, `catalog.product_changed.v1`, `catalog.product_archived.v1`,
//! `catalog.variant_changed.v1` and `catalog.price_changed.v1`, each with the change; nothing for what is as a row says already.
//!
//! Adjacent rows of a product are applied with one transaction. If it is refused, halves of them are applied, and so on down to
//! single rows: so a row is refused for what it says itself, and leaves nothing behind.

use std::collections::BTreeMap;

use contracts::{Actor, DomainEvent, Envelope};
use dynamo::outbox::OutboxError;
use dynamo::{ConflictRetry, Outbox, Read, StoreError};
use jiff::Timestamp;
use kit::Deadline;
use kit::bucket::ObjectCreated;
use kit::jobs::{Applied, Effect, Format, Import, Job, Row, RowError, RowResult, import_of};
use kit::sqs::{Done, Failure, PartlyHandled};
use types::{EventId, ProductId, Uuid};

use super::row_errors::row_error;
use crate::ctx::Importing;
use crate::domain::import::{self, Fact, RowRefusal};
use crate::domain::media;
use crate::domain::names::{Sku, Slug};
use crate::domain::price::Price;
use crate::domain::price_list::PriceLists;
use crate::domain::product::Product;
use crate::domain::rows::{ProductRow, csv, json};
use crate::domain::variant::Variant;
use crate::store::{CatalogImport, ManyRead, PriceWrite, RowNotWritten, RowRead, RowSubject};

/// Maximum size of a product with its events in bytes: an item has at most 400 KB, with the names of its attributes.
const MAX_ITEM_BYTES: usize = 380_000;

/// Handles one message.
pub async fn run_import(ctx: &'static Importing, uploaded: ObjectCreated, deadline: Deadline) -> PartlyHandled {
    let Some((owner, id)) = import_of::<CatalogImport>(&uploaded.key) else { return Ok(Done::Ignored.into()) };
    let lists = ctx.store.price_lists(Read::Strong).await?.map(|lists| lists.value).unwrap_or_default();
    let prepare = async |job: &Job<Import<CatalogImport>>, rows: &[&Row]| prepare(ctx, job, rows).await;
    let apply = async |job: &Job<Import<CatalogImport>>, prepared: &Prepared, rows: Vec<Row>| {
        apply(ctx, Task { job, lists: &lists, prepared }, rows).await
    };
    ctx.importer.run_prepared(owner, id, deadline, (prepare, apply), |_, _| Ok(Outbox::none())).await
}

/// The rows of a step, parsed, and what they are decided on.
struct Prepared {
    rows: BTreeMap<u64, Result<ProductRow, Vec<RowError>>>,
    read: ManyRead,
}

/// Parses the rows of a step, and reads what they need.
async fn prepare(ctx: &Importing, job: &Job<Import<CatalogImport>>, rows: &[&Row]) -> Result<Prepared, Failure> {
    let parsed = |row: &Row| match job.work().format() {
        Format::JsonLines => json::parse(row.fields.clone()),
        Format::Csv => csv::parse(&row.fields),
    };
    let rows: BTreeMap<_, _> = rows.iter().map(|row| (row.number, parsed(row))).collect();
    let valid: Vec<_> = rows.values().filter_map(|row| row.as_ref().ok()).collect();
    let read = ctx.store.rows(&valid, job.owner_id).await?;
    Ok(Prepared { rows, read })
}

/// What rows are applied for.
#[derive(Clone, Copy)]
struct Task<'a> {
    job: &'a Job<Import<CatalogImport>>,
    /// The price lists as they were when the invocation began.
    lists: &'a PriceLists,
    prepared: &'a Prepared,
}

/// Applies adjacent rows of a product. Each has its result.
async fn apply(ctx: &Importing, task: Task<'_>, rows: Vec<Row>) -> Result<Vec<RowResult>, Failure> {
    let (mut results, mut run): (Vec<RowResult>, Vec<(Uuid, ProductRow)>) = (Vec::new(), Vec::new());
    for Row { id, number, .. } in rows {
        match task.prepared.rows.get(&number).cloned().unwrap_or_else(|| Err(Vec::new())) {
            Ok(row) => run.push((id, row)),
            Err(errors) => {
                results.append(&mut apply_run(ctx, task, std::mem::take(&mut run)).await?);
                results.push(Err(errors));
            }
        }
    }
    results.append(&mut apply_run(ctx, task, run).await?);
    Ok(results)
}

/// Applies rows of a product together, as far as they fit together and none is refused.
async fn apply_run(ctx: &Importing, task: Task<'_>, run: Vec<(Uuid, ProductRow)>) -> Result<Vec<RowResult>, Failure> {
    let mut results = Vec::new();
    let mut todo = if run.is_empty() { Vec::new() } else { vec![run] };
    while let Some(mut part) = todo.pop() {
        let result = match merged(&part) {
            Some((row_id, row)) => Some(apply_row(ctx, task, row_id, &row).await?),
            None => None,
        };
        match result {
            Some(Err(errors)) if part.len() == 1 => {
                let is_csv = task.job.work().format() == Format::Csv;
                let error = if is_csv { csv::in_columns(errors) } else { errors };
                results.push(Err(vec![error]));
            }
            Some(Ok(applied)) => results.extend(part.iter().map(|_| Ok(applied))),
            _ => {
                let rest = part.split_off(part.len() / 2);
                todo.extend([rest, part]);
            }
        }
    }
    Ok(results)
}

/// Rows as one; none if they do not fit together.
fn merged(rows: &[(Uuid, ProductRow)]) -> Option<(Uuid, ProductRow)> {
    let ((id, first), others) = rows.split_first()?;
    let mut row = first.clone();
    others.iter().try_for_each(|(_, other)| row.merge(other.clone())).ok()?;
    Some((*id, row))
}

/// Applies a row, or returns why it is refused.
async fn apply_row(
    ctx: &Importing,
    task: Task<'_>,
    row_id: Uuid,
    row: &ProductRow,
) -> Result<Result<Applied, RowError>, Failure> {
    let Task { job, mut lists, prepared } = task;
    let newer;
    if unknown_list(lists, row).is_some() {
        // It may have been created since.
        newer = ctx.store.price_lists(Read::Strong).await?.map(|lists| lists.value).unwrap_or_default();
        lists = &newer;
    }
    if let Some((at, list)) = unknown_list(lists, row) {
        return Ok(Err(row_error(RowRefusal::UnknownPriceList(at, list))));
    }
    let subject = RowSubject { row, new_id: ProductId::new(row_id), importer: job.owner_id };
    let mut retry = ConflictRetry::default();
    let mut prepared = prepared.read.of(subject);
    loop {
        let read = match prepared.take() {
            Some(read) => read,
            None => ctx.store.row(subject).await?,
        };
        let now = ctx.clock.now();
        match attempt(ctx, (job, lists), row_id, row, &read, now).await? {
            Attempt::Applied(effect) => return Ok(Ok(Applied { effect, id: Some(read.id.uuid()) })),
            Attempt::Refused(refusal) => return Ok(Err(row_error(refusal))),
            Attempt::Conflict => match retry.pause().await {
                // One row must not hold up the others.
                Err(StoreError::Contended { .. }) => return Ok(Err(row_error(RowRefusal::Contended))),
                paused => paused?,
            },
        }
    }
}

enum Attempt {
    Applied(Effect),
    Refused(RowRefusal),
    Conflict,
}

async fn attempt(
    ctx: &Importing,
    (job, lists): (&Job<Import<CatalogImport>>, &PriceLists),
    row_id: Uuid,
    row: &ProductRow,
    read: &RowRead,
    now: Timestamp,
) -> Result<Attempt, Failure> {
    let before = read.product.as_ref().map(|product| &product.value);
    let shown = before.map_or(&[][..], |before| &before.media);
    let pictures = row.product.media.as_ref().map(|wanted| media::resolve(wanted, shown, &read.media)).transpose();
    let pictures = match pictures {
        Ok(pictures) => pictures,
        Err(media::NotPublished(id)) => return Ok(Attempt::Refused(RowRefusal::MediaNotPublished(id))),
    };
    let next = match import::applied(before, (read.id, row_id), row, pictures, now) {
        Ok(next) => next,
        Err(refusal) => return Ok(Attempt::Refused(refusal)),
    };
    let prices = prices(job, lists, row, read, now)?;
    let was_created = before.is_none_or(|before| import::was_created_by(before, row_id));
    let effect = match (&next, was_created) {
        (_, true) => Effect::Created,
        (None, false) if prices.is_empty() => Effect::Unchanged,
        (_, false) => Effect::Changed,
    };
    let next = match next {
        Some(next) => {
            let entries = ctx.store.row_entries(before, &next).await?;
            let next = next.weighed(&entries.existing());
            let revision = read.product.as_ref().map_or(0, |product| product.version) + 1;
            let (outbox, bytes) = outbox(job, before, &next, revision, now)?;
            if bytes + next.bytes() > MAX_ITEM_BYTES {
                return Ok(Attempt::Refused(RowRefusal::TooLargeAtOnce));
            }
            Some((next, entries, outbox))
        }
        None => None,
    };
    let written = ctx.store.write_row(read, next, &prices).await;
    let at = |sku: &Sku| row.variants.iter().position(|variant| variant.sku == *sku).unwrap_or_default();
    Ok(match written {
        Ok(()) => Attempt::Applied(effect),
        Err(RowNotWritten::SlugTaken) => Attempt::Refused(RowRefusal::SlugTaken),
        Err(RowNotWritten::SkuTaken(sku)) => Attempt::Refused(RowRefusal::SkuTaken(at(&sku))),
        Err(RowNotWritten::NoSuchCategory(slug)) => Attempt::Refused(RowRefusal::UnknownCategory(slug)),
        Err(RowNotWritten::Bundle(error)) => Attempt::Refused(RowRefusal::Bundle(error)),
        Err(RowNotWritten::TooManyChanges(writes)) => Attempt::Refused(RowRefusal::TooManyChanges(writes)),
        // Something changed since it was read, or another transaction held the items all the time.
        Err(RowNotWritten::Conflict | RowNotWritten::Store(StoreError::Contended { .. })) => Attempt::Conflict,
        Err(RowNotWritten::Store(error)) => return Err(error.into()),
    })
}

/// Returns a price that a row names of a list that does not exist, as the place of its variant and the code of the list.
fn unknown_list(lists: &PriceLists, row: &ProductRow) -> Option<(usize, Slug)> {
    let named = row.variants.iter().enumerate();
    let mut named = named.flat_map(|(at, variant)| variant.prices.keys().map(move |list| (at, list)));
    named.find(|(_, list)| lists.get(list).is_none()).map(|(at, list)| (at, list.clone()))
}

/// The prices that change, each with its event.
fn prices(
    job: &Job<Import<CatalogImport>>,
    lists: &PriceLists,
    row: &ProductRow,
    read: &RowRead,
    now: Timestamp,
) -> Result<Vec<PriceWrite>, Failure> {
    let mut writes = Vec::new();
    for (sku, code, tiers) in row.prices() {
        let Some(list) = lists.get(code) else { continue };
        let earlier = read.prices.get(&(Variant::id_of(read.id, sku), code.clone()));
        let before = earlier.map(|read| read.value.clone());
        let before = before.unwrap_or_else(|| Price::none(read.id, sku.clone(), code.clone()));
        let Some(next) = before.changed(tiers.cloned(), now) else { continue };
        let revision = earlier.map_or(0, |read| read.version) + 1;
        let outbox = Outbox::of(event(job, now, next.fact(list.scope.currency.clone(), revision)))?;
        writes.push(PriceWrite { read: earlier.cloned(), next, product_id: read.id, outbox });
    }
    Ok(writes)
}

/// The events of a change, and their size in bytes.
fn outbox(
    job: &Job<Import<CatalogImport>>,
    before: Option<&Product>,
    next: &Product,
    revision: u64,
    now: Timestamp,
) -> Result<(Outbox, usize), Failure> {
    let (mut outbox, mut bytes) = (Outbox::none(), 0);
    import::facts(before, next, revision, |fact| match fact {
        Fact::Published(fact) => push(&mut outbox, &mut bytes, event(job, now, fact)),
        Fact::Changed(fact) => push(&mut outbox, &mut bytes, event(job, now, fact)),
        Fact::Archived(fact) => push(&mut outbox, &mut bytes, event(job, now, fact)),
        Fact::Variant(fact) => push(&mut outbox, &mut bytes, event(job, now, fact)),
    })?;
    Ok((outbox, bytes))
}

fn push<T: DomainEvent>(outbox: &mut Outbox, bytes: &mut usize, event: Envelope<T>) -> Result<(), OutboxError> {
    // What is published always serializes.
    *bytes += serde_json::to_string(&event).map(|text| text.len()).unwrap_or_default();
    outbox.push(event)
}

/// An event that the import caused.
fn event<T: DomainEvent>(job: &Job<Import<CatalogImport>>, now: Timestamp, fact: T) -> Envelope<T> {
    Envelope::new(EventId::generate(), now, job.correlation_id.clone(), Actor::User(job.owner_id), fact)
}
