//! Writes of documents and of what they share, each with its change of the log.

use contracts::Envelope;
use contracts::catalog::{CategoryChanged, PriceListChanged};
use contracts::search::BuildRequested;
use dynamo::{ConflictRetry, Entity, Outbox, Versioned};
use jiff::Timestamp;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::{EventId, ProductId};

use crate::ctx::IndexContext;
use crate::domain::collections::{PRODUCTS, PRODUCTS_NAME, find};
use crate::domain::log::Subject;
use crate::domain::plain::PlainDocument;
use crate::domain::product::{ProductDocument, Update, VariantEntry};
use crate::store::{CategoriesItem, DocumentWrite, NotAppended, PriceListsItem, Search, VariantRead};

/// The event that a write follows from, without its payload.
pub(super) struct Cause(Envelope<Value>);

impl Cause {
    /// The cause of what an event changes.
    pub(super) fn of(event: &Envelope<Value>) -> Self {
        Self(Envelope { data: Value::Null, ..event.clone() })
    }

    /// Returns the request to build an index that the change with this number makes, if it makes one.
    fn requested(
        &self,
        (collection, subject): (&str, &Subject),
        sequence: u64,
        now: Timestamp,
    ) -> Result<Outbox, Failure> {
        if !subject.asks_for_build(sequence) {
            return Ok(Outbox::none());
        }
        let request = BuildRequested { collection: collection.to_owned(), sequence };
        Ok(Outbox::of(self.0.causing(EventId::generate(), now, request))?)
    }
}

/// Writes news of a product.
pub(super) async fn write_product(ctx: &IndexContext, cause: &Cause, product_id: ProductId, update: Update) -> Handled {
    let mut retry = ConflictRetry::default();
    loop {
        match try_write_product(ctx, cause, product_id, &update, None).await? {
            Some(done) => return Ok(done),
            None => retry.pause().await?,
        }
    }
}

/// Writes news of a product, and the entry of a variant with it; `None` if another writer was faster. A document that neither was
/// nor is visible changes without a change of the log.
pub(super) async fn try_write_product(
    ctx: &IndexContext,
    cause: &Cause,
    product_id: ProductId,
    update: &Update,
    variant: Option<(&VariantRead, &VariantEntry)>,
) -> Result<Option<Done>, Failure> {
    let _turn = ctx.turns.of(&PRODUCTS).lock().await;
    let read = ctx.store.document(product_id).await?;
    let known = read.document.as_ref().map(|document| document.value.clone());
    let known = known.unwrap_or_else(|| ProductDocument::new(product_id));
    let next = match known.with(update.clone()) {
        Some(next) => next,
        // The prices that waited are older than the known ones; the entry is written all the same.
        None if variant.is_some() => known.clone(),
        None => return Ok(Some(Done::Duplicate)),
    };
    let (at, subject) = (ctx.clock.now(), Subject::Document(product_id.to_string()));
    let outbox = cause.requested((PRODUCTS_NAME, &subject), read.last + 1, at)?;
    let is_visible = known.is_visible() || next.is_visible();
    let change = is_visible.then_some((PRODUCTS_NAME, subject));
    let write = DocumentWrite { next: &next, change, outbox: &outbox, at };
    written(ctx.store.write_document(&read, write, variant).await)
}

/// Writes what is known of a thing with one source from now on, unless the same or a newer revision is known.
pub(super) async fn write_plain(ctx: &IndexContext, cause: &Cause, next: PlainDocument) -> Handled {
    let mut retry = ConflictRetry::default();
    loop {
        match try_write_plain(ctx, cause, &next).await? {
            Some(done) => return Ok(done),
            None => retry.pause().await?,
        }
    }
}

/// The same once; `None` if another writer was faster. A document that neither was nor is visible changes without a change of the log.
async fn try_write_plain(ctx: &IndexContext, cause: &Cause, next: &PlainDocument) -> Result<Option<Done>, Failure> {
    let collection = next.collection.as_str();
    let declaration = find(collection).ok_or_else(|| Failure::Poison("unknown collection".to_owned()))?;
    let _turn = ctx.turns.of(declaration).lock().await;
    let read = ctx.store.plain_document(collection, &next.id).await?;
    let known = read.document.as_ref().map(|document| &document.value);
    if !next.is_news(known) {
        return Ok(Some(Done::Duplicate));
    }
    let (at, subject) = (ctx.clock.now(), Subject::Document(next.id.clone()));
    let outbox = cause.requested((collection, &subject), read.last + 1, at)?;
    let is_visible = next.is_visible() || known.is_some_and(PlainDocument::is_visible);
    let write = DocumentWrite { next, change: is_visible.then_some((collection, subject)), outbox: &outbox, at };
    written(ctx.store.write_document(&read, write, None).await)
}

/// What a write of a document means for its event; `None` if another writer was faster.
fn written(result: Result<(), NotAppended>) -> Result<Option<Done>, Failure> {
    match result {
        Ok(()) => Ok(Some(Done::Applied)),
        Err(NotAppended::Conflict) => Ok(None),
        Err(NotAppended::Store(error)) => Err(error.into()),
    }
}

/// Writes a change of the price lists.
pub(super) async fn write_price_lists(ctx: &IndexContext, cause: &Cause, fact: &PriceListChanged) -> Handled {
    let read = async || ctx.store.price_lists().await;
    write_shared(ctx, cause, read, |item: PriceListsItem| {
        Some(PriceListsItem { price_lists: item.price_lists.with(fact)? })
    })
    .await
}

/// Writes a change of the categories.
pub(super) async fn write_categories(ctx: &IndexContext, cause: &Cause, fact: &CategoryChanged) -> Handled {
    let read = async || ctx.store.categories().await;
    write_shared(ctx, cause, read, |item: CategoriesItem| {
        Some(CategoriesItem { categories: item.categories.with(fact)? })
    })
    .await
}

async fn write_shared<E: Entity<Context = Search> + Clone + Default>(
    ctx: &IndexContext,
    cause: &Cause,
    read: impl AsyncFn() -> Result<(Option<Versioned<E>>, u64), dynamo::StoreError>,
    change: impl Fn(E) -> Option<E>,
) -> Handled {
    let _turn = ctx.turns.of(&PRODUCTS).lock().await;
    let mut retry = ConflictRetry::default();
    loop {
        let (item, last) = read().await?;
        let known = item.as_ref().map(|item| item.value.clone()).unwrap_or_default();
        let Some(next) = change(known) else { return Ok(Done::Duplicate) };
        let at = ctx.clock.now();
        let outbox = cause.requested((PRODUCTS_NAME, &Subject::Settings), last + 1, at)?;
        let subject = (PRODUCTS_NAME, Subject::Settings);
        match ctx.store.write_setting((item.as_ref(), last), &next, subject, at, &outbox).await {
            Ok(()) => return Ok(Done::Applied),
            Err(NotAppended::Conflict) => retry.pause().await?,
            Err(NotAppended::Store(error)) => return Err(error.into()),
        }
    }
}
