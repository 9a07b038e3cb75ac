//! Every minute: ends orders whose hold has lapsed, so that their units are shown as available again.
//!
//! Nothing depends on it: who needs the units ends such orders too. Emits `orders.order_lapsed.v1`.

use futures::{StreamExt, stream};
use jiff::SignedDuration;

use crate::ctx::ConsumerContext;
use crate::ordering::{Run, lapse};
use crate::store::LapsedCursor;

/// How many orders are ended at the same time.
const MAX_PARALLEL: usize = 16;
/// Time after which a run begins no further page. The function has 50 seconds, and the next run continues.
const MAX_TIME: SignedDuration = SignedDuration::from_secs(35);

/// Runs once, page by page. An order that fails does not keep the others from being ended; the next run tries it again.
pub async fn sweep_orders(ctx: &'static ConsumerContext) -> Result<(), String> {
    let (now, run) = (ctx.clock.now(), Run::new());
    let mut cursor = LapsedCursor::new(now);
    let mut failures: Vec<String> = Vec::new();
    while !cursor.is_done() && ctx.clock.now().duration_since(now) < MAX_TIME {
        let page = ctx.store.lapsed_page(&mut cursor).await.map_err(|error| error.to_string())?;
        let ended = stream::iter(page).map(|entry| {
            let (id, run) = (entry.order_id, &run);
            async move { lapse(&ctx.store, run, id, now).await.map_err(|error| format!("order {id}: {error}")) }
        });
        let failed = ended.buffer_unordered(MAX_PARALLEL).filter_map(async |ended| ended.err());
        failures.extend(failed.collect::<Vec<_>>().await);
    }
    kit::schedule::result_of_many("orders", &failures)
}
