//! Every minute: ends orders whose hold has lapsed, so that their units are shown as available again.
//!
//! Nothing depends on it: who needs the units ends such orders too. Emits `orders.order_lapsed.v1`.

use futures::{StreamExt, stream};

use crate::ctx::ConsumerContext;
use crate::ordering::{Run, lapse};

/// How many orders are ended at the same time.
const MAX_PARALLEL: usize = 8;

/// Runs once. An order that fails does not keep the others from being ended; the next run tries it again.
pub async fn sweep_orders(ctx: &'static ConsumerContext) -> Result<(), String> {
    let (now, run) = (ctx.clock.now(), Run::new());
    let lapsed = ctx.store.lapsed(now, None).await.map_err(|error| error.to_string())?;
    let ended = stream::iter(lapsed).map(|id| {
        let run = &run;
        async move { lapse(&ctx.store, run, id, now).await.map_err(|error| format!("order {id}: {error}")) }
    });
    let failures: Vec<String> =
        ended.buffer_unordered(MAX_PARALLEL).filter_map(async |ended| ended.err()).collect().await;
    if failures.is_empty() { Ok(()) } else { Err(failures.join("; ")) }
}
