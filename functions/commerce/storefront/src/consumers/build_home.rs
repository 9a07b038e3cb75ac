//! Every ten minutes: builds the home page from new products and from the units sold in the last seven days.
//!
//! Orders and products do not write the home page themselves: however many there are, it is written at most once per run.

use crate::ctx::ConsumerContext;
use crate::domain::home::Home;

/// Runs once.
pub async fn build_home(ctx: &'static ConsumerContext) -> Result<(), String> {
    let now = ctx.clock.now();
    let (newest, bestsellers) = futures::join!(ctx.store.newest(), ctx.store.bestsellers(now));
    let newest = newest.map_err(|error| error.to_string())?;
    let home = Home::of(newest, bestsellers.map_err(|error| error.to_string())?);
    ctx.store.keep_home(&home).await.map_err(|error| error.to_string())?;
    Ok(())
}
