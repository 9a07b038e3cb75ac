//! On `catalog.export_requested.v1`: writes the catalog to the bucket. On `identity.user_deleted.v1`: deletes the user's files of
//! exports and imports.
//!
//! Reads partition by partition, a page of products at a time, and the prices of each page; memory holds no more than that and a
//! part of the file. A product is one item, so a line never mixes two versions of it.

use contracts::Envelope;
use contracts::catalog::CatalogExportRequested;
use contracts::identity::UserDeleted;
use dynamo::{Outbox, Read};
use kit::Deadline;
use kit::jobs::{Format, Job, MIN_PART_BYTES, Step};
use kit::sqs::{Done, Failure, PartlyHandled, Progress};
use serde_json::Value;

use crate::ctx::Exporting;
use crate::domain::export::ExportPlace;
use crate::domain::names::Slug;
use crate::domain::product::Product;
use crate::domain::rows::{csv, document};
use crate::store::{CatalogExport, PARTITIONS, place_of};

/// Number of products of a page.
const PAGE: u32 = 100;
/// About how many prices are read together.
const MAX_PRICES: usize = 800;

/// Handles one event.
pub async fn run_export(ctx: &'static Exporting, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<UserDeleted>() {
        let user_id = event.decode::<UserDeleted>()?.data.user_id;
        return match ctx.runner.forget(user_id).await? {
            Progress::Finished(Done::Duplicate) => ctx.importer.forget(user_id).await,
            Progress::Finished(done) => match ctx.importer.forget(user_id).await? {
                Progress::Finished(_) => Ok(done.into()),
                more @ Progress::Continue(_) => Ok(more),
            },
            more @ Progress::Continue(_) => Ok(more),
        };
    }
    let CatalogExportRequested { user_id, export_id } = event.decode::<CatalogExportRequested>()?.data;
    let step = async |_: &Job<CatalogExport>, place: ExportPlace| step(ctx, place).await;
    ctx.runner.run(user_id, export_id, deadline, step, |_, _| Ok(Outbox::none())).await
}

/// Reads a page of products and writes their lines.
async fn step(ctx: &Exporting, mut place: ExportPlace) -> Result<Step<ExportPlace>, Failure> {
    let mut bytes = Vec::new();
    let lists = match place.lists.clone() {
        Some(lists) => lists,
        None => begin(ctx, &mut place, &mut bytes).await?,
    };
    let page = ctx.store.partition(place.partition, place.after.as_deref(), PAGE).await?;
    let products: Vec<_> = page.items.into_iter().map(|product| product.value).collect();
    let mut items = 0;
    for batch in batches(products, lists.len()) {
        let prices = ctx.store.current_prices(&batch, &lists).await?;
        for product in &batch {
            for line in document::lines(product, &prices) {
                bytes.append(&mut written(&line, place.format, &lists)?);
            }
            place.after = Some(place_of(product));
            items += 1;
        }
        // The rest of the page is read again: a part in memory is enough.
        if bytes.len() >= MIN_PART_BYTES {
            return Ok(Step::Wrote { bytes, items, work: ExportPlace { has_rows: true, ..place }, last: false });
        }
    }
    place.has_rows |= !bytes.is_empty();
    if page.next.is_none() {
        place = place.next_partition();
    }
    let last = place.partition >= PARTITIONS;
    if last && !place.has_rows {
        // A file has at least one byte; imports skip empty lines.
        bytes.push(b'\n');
    }
    Ok(Step::Wrote { bytes, items, work: place, last })
}

/// Chooses the price lists of the file, and writes the names of the columns.
async fn begin(ctx: &Exporting, place: &mut ExportPlace, bytes: &mut Vec<u8>) -> Result<Vec<Slug>, Failure> {
    let lists = ctx.store.price_lists(Read::Strong).await?.map(|lists| lists.value).unwrap_or_default();
    let lists: Vec<_> = lists.iter().map(|(code, _)| code.clone()).collect();
    if place.format == Format::Csv {
        bytes.append(&mut csv::header(&lists).map_err(|error| Failure::Poison(error.to_string()))?);
    }
    place.lists = Some(lists.clone());
    Ok(lists)
}

/// Products whose prices are read together.
fn batches(products: Vec<Product>, lists: usize) -> Vec<Vec<Product>> {
    let (mut batches, mut prices): (Vec<Vec<Product>>, usize) = (Vec::new(), 0);
    for product in products {
        let count = product.variants.len() * lists;
        match batches.last_mut() {
            Some(batch) if prices + count <= MAX_PRICES => {
                batch.push(product);
                prices += count;
            }
            _ => {
                batches.push(vec![product]);
                prices = count;
            }
        }
    }
    batches
}

fn written(line: &document::Line<'_>, format: Format, lists: &[Slug]) -> Result<Vec<u8>, Failure> {
    match format {
        Format::Csv => csv::rows(line, lists).map_err(|error| Failure::Poison(error.to_string())),
        Format::JsonLines => {
            let mut bytes = serde_json::to_vec(line).map_err(|error| Failure::Poison(error.to_string()))?;
            bytes.push(b'\n');
            Ok(bytes)
        }
    }
}
