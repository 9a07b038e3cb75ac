//! `GET /v1/commerce/mobile/categories/{slug}`: a category for mobile clients.

use axum::extract::State;
use dynamo::{Cursor, Versioned};
use kit::http::{Cacheable, IfNoneMatch, List, Page, Path, Problem, Query};
use types::CurrencyCode;

use crate::api::MAX_AGE_SECONDS;
use crate::api::mobile_view::{MobileCard, MobileCategory, Shop};
use crate::api::parameters::{CurrencyListQuery, SlugPath};
use crate::ctx::PublicPages;
use crate::domain::card::CategoryCard;
use crate::domain::fit::fitting;
use crate::problem::Refusal;
use crate::store::Store;

/// Get a mobile category page
///
/// Returns a category with a page of its published products, newest first, with prices in one currency: as many of the requested
/// number as fit into 4,096 bytes. `nextCursor` continues after the last one. Public: no authentication. Clients and caches may
/// keep the response for 60 seconds, and then ask again with `If-None-Match`.
#[utoipa::path(
    get, path = "/v1/commerce/mobile/categories/{slug}", operation_id = "get_mobile_category", tag = "storefront",
    params(
        ("slug" = String, Path, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, description = "Slug of the category", example = "shoes"),
        ("currency" = CurrencyCode, Query, description = "Currency of the prices"),
        Page,
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The page", body = MobileCategory),
        (status = 304, description = "The client has the current page"),
        (status = 404, description = "`storefront.no_such_category`: no category has this slug"),
    )
)]
pub async fn get_mobile_category(
    State(ctx): State<&'static PublicPages>,
    known: IfNoneMatch,
    page: Page,
    Path(path): Path<SlugPath>,
    Query(query): Query<CurrencyListQuery>,
) -> Result<Cacheable<MobileCategory>, Problem> {
    let (now, currency) = (ctx.clock.now(), query.parse()?);
    let slug = path.slug().ok_or(Refusal::NoSuchCategory)?;
    let cards = ctx.store.category_cards(slug, page.limit, page.cursor);
    let (shared, read) = futures::try_join!(ctx.shared(now), cards)?;
    let node = shared.tree.get(slug).ok_or(Refusal::NoSuchCategory)?;
    let shop = Shop { shared: &shared, files: &ctx.files, currency: &currency, now };
    let cards = MobileCard::all(read.items.iter().map(|card| &card.value.card), shop).await?;
    let as_of = read.items.iter().map(|card| card.value.card.as_of).fold(node.facts.at, Ord::max);
    let view = fitting(&cards, |items| {
        let next = if items.len() < cards.len() { after(&read.items, items.len()) } else { read.next.clone() };
        let List { items, next_cursor } = List::new(items.to_vec(), next.as_ref());
        let (slug, title) = (slug.to_owned(), node.facts.title.clone());
        MobileCategory { slug, title, currency: currency.clone(), items, next_cursor, as_of }
    });
    Ok(Cacheable::of_content(MAX_AGE_SECONDS, view)?.unless_known(&known))
}

/// Returns the cursor after the first `count` cards.
fn after(cards: &[Versioned<CategoryCard>], count: usize) -> Option<Cursor> {
    cards.get(count.checked_sub(1)?).map(|card| Store::after_card(&card.value))
}
