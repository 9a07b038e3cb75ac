//! `GET /v1/commerce/mobile/home`: the home page for mobile clients.

use std::collections::BTreeSet;

use axum::extract::State;
use kit::http::{Cacheable, IfNoneMatch, Problem, Query};
use types::CurrencyCode;

use crate::api::MAX_AGE_SECONDS;
use crate::api::mobile_view::{MobileCard, MobileHome, Shop};
use crate::api::parameters::CurrencyQuery;
use crate::ctx::PublicPages;
use crate::domain::card::Card;
use crate::domain::home::Home;

/// Get the mobile home page
///
/// Returns best-selling and newest products in one list, with prices in one currency: as many as fit into 4,096 bytes. Otherwise it is
/// as the home page for web clients. Public: no authentication. Clients and caches may keep the response for 60 seconds, and then ask
/// again with `If-None-Match`.
#[utoipa::path(
    get, path = "/v1/commerce/mobile/home", operation_id = "get_mobile_home", tag = "storefront",
    params(("currency" = CurrencyCode, Query, description = "Currency of the prices"), IfNoneMatch),
    responses(
        (status = 200, description = "The page", body = MobileHome),
        (status = 304, description = "The client has the current page"),
    )
)]
pub async fn get_mobile_home(
    State(ctx): State<&'static PublicPages>,
    known: IfNoneMatch,
    Query(query): Query<CurrencyQuery>,
) -> Result<Cacheable<MobileHome>, Problem> {
    let (now, currency) = (ctx.clock.now(), query.parse()?);
    let (shared, home) = futures::try_join!(ctx.shared(now), ctx.store.home())?;
    let shop = Shop { shared: &shared, files: &ctx.files, currency: &currency, now };
    let cards = MobileCard::all(home.as_ref().map(in_turn).unwrap_or_default(), shop).await?;
    let page = MobileHome::fitting(&cards, &currency, home.map(|home| home.as_of));
    Ok(Cacheable::of_content(MAX_AGE_SECONDS, page)?.unless_known(&known))
}

/// Returns best-selling and newest products in turn, each once.
fn in_turn(home: &Home) -> Vec<&Card> {
    let longest = home.bestsellers.len().max(home.newest.len());
    let pairs = (0..longest).flat_map(|at| home.bestsellers.get(at).into_iter().chain(home.newest.get(at)));
    let mut shown = BTreeSet::new();
    pairs.filter(|card| shown.insert(card.product_id)).collect()
}
