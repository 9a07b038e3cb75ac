//! On events of `orders` and `payments`: joins them into the page of an order, and counts the figures of the dashboard and the units
//! sold.
//!
//! The page is a commutative merge of events. Figures and sales change in the page's transaction by what the page adds to them, so that
//! duplicates count once.

use contracts::Envelope;
use dynamo::ConflictRetry;
use kit::sqs::{Done, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;
use crate::domain::order_news::page_of;
use crate::store::Written;

/// Handles one event.
pub async fn build_order_pages(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let news = page_of(&event)?;
    let mut retry = ConflictRetry::default();
    loop {
        let read = ctx.store.read_order(news.order_id).await?;
        let next = news.clone().merged(read.page.as_ref().map(|page| &page.value));
        match ctx.store.write_order(&read, &next).await? {
            Written::Applied => return Ok(Done::Applied),
            Written::Unchanged => return Ok(Done::Duplicate),
            Written::Conflict => retry.pause().await?,
        }
    }
}
