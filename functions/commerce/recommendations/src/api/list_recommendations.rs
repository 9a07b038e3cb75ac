//! `GET /v1/commerce/recommendations`: products for the items of a session or a cart.

use axum::extract::State;
use kit::http::{Cacheable, Fields, IfNoneMatch, Problem, Query};
use serde::{Deserialize, Serialize};
use types::ProductId;
use utoipa::ToSchema;

use crate::ctx::Recommending;
use crate::domain::model::{Kind, Reason, Recommended};

/// How long clients and caches may use a response without asking again, in seconds.
const MAX_AGE_SECONDS: u32 = 60;
/// Most items of a request.
const MAX_ITEMS: usize = 10;
/// Most recommendations of a response.
const MAX_LIMIT: usize = 50;
/// Number of recommendations by default.
const DEFAULT_LIMIT: usize = 10;

/// Query parameters before validation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    items: Option<String>,
    kind: Option<String>,
    limit: Option<String>,
}

impl Question {
    fn parse(&self) -> Result<(Vec<ProductId>, Kind, usize), Problem> {
        let mut fields = Fields::of_parameters();
        let items = fields.check("items", items(self.items.as_deref().unwrap_or_default()));
        let kind = match self.kind.as_deref() {
            None | Some("next") => Ok(Kind::Next),
            Some("together") => Ok(Kind::Together),
            Some(_) => Err("must be next or together"),
        };
        let kind = fields.check("kind", kind);
        let limit = self.limit.as_deref().map_or(Ok(DEFAULT_LIMIT), str::parse).ok();
        let limit = limit.filter(|limit| (1..=MAX_LIMIT).contains(limit));
        let limit = fields.check("limit", limit.ok_or_else(|| format!("must be a number from 1 to {MAX_LIMIT}")));
        fields.all((items, kind, limit))
    }
}

/// The products; none if the parameter is empty.
fn items(text: &str) -> Result<Vec<ProductId>, String> {
    let parts = text.split(',').filter(|_| !text.is_empty());
    let items: Result<Vec<ProductId>, _> = parts.map(str::parse).collect();
    let items = items.map_err(|_| "must be product IDs, separated by commas".to_owned())?;
    let is_bounded = items.len() <= MAX_ITEMS;
    is_bounded.then_some(items).ok_or_else(|| format!("must be at most {MAX_ITEMS} product IDs; send the last ones"))
}

/// Why a product is recommended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecommendationReason {
    /// Visitors with similar sessions viewed it.
    Viewed,
    /// It was bought together with the items.
    Bought,
    /// It is popular in a category of the items.
    PopularInCategory,
    /// It is popular in the shop.
    PopularInShop,
}

/// Recommended product.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductRecommendation {
    /// Product ID.
    pub product_id: ProductId,
    /// Why it is recommended.
    pub reason: RecommendationReason,
}

impl From<Recommended> for ProductRecommendation {
    fn from(recommended: Recommended) -> Self {
        let reason = match recommended.reason {
            Reason::Viewed => RecommendationReason::Viewed,
            Reason::Bought => RecommendationReason::Bought,
            Reason::PopularInCategory => RecommendationReason::PopularInCategory,
            Reason::PopularInShop => RecommendationReason::PopularInShop,
        };
        Self { product_id: recommended.product_id, reason }
    }
}

/// Recommended products.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductRecommendations {
    /// Products, the best first.
    #[schema(max_items = 50)]
    pub items: Vec<ProductRecommendation>,
}

/// List recommendations
///
/// Returns products for a visitor, the best first. With `kind=next`, they are products that visitors with similar sessions viewed;
/// `items` has the products that this visitor viewed, and the last two count. With `kind=together`, they are products that were bought
/// together with `items`, such as those of a cart. What is missing is filled with products that are popular in the categories of the
/// items, then in the shop. Products that are archived or out of stock are left out, within seconds of the change. Nothing about the
/// visitor is stored. The data is at most about an hour old; a new shop has no recommendations. Public: no authentication. Clients and
/// caches may keep the response for 60 seconds.
#[utoipa::path(
    get, path = "/v1/commerce/recommendations", operation_id = "list_recommendations", tag = "recommendations",
    params(
        ("items" = Option<String>, Query, max_length = 369, description = "Product IDs, separated by commas, the last one viewed last, at most 10. Without it, the response has popular products of the shop", example = "019a0c6e-5b10-7aa1-8c1d-6e5f4a3b2c1d"),
        ("kind" = Option<String>, Query, pattern = "^(next|together)$", max_length = 8, description = "`next` (default): what similar visitors viewed. `together`: what was bought together", example = "next"),
        ("limit" = Option<u32>, Query, description = "Number of products, 10 by default", minimum = 1, maximum = 50, example = 10),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The products", body = ProductRecommendations),
        (status = 304, description = "The client has the current products"),
    )
)]
pub async fn list_recommendations(
    State(ctx): State<&'static Recommending>,
    known: IfNoneMatch,
    Query(question): Query<Question>,
) -> Result<Cacheable<ProductRecommendations>, Problem> {
    let (items, kind, limit) = question.parse()?;
    let current = ctx.recommender.current(ctx.clock.now()).await?;
    let recommended = current.model.map(|model| model.recommend(&items, kind, limit, &current.changes));
    let items = recommended.unwrap_or_default().into_iter().map(ProductRecommendation::from).collect();
    Ok(Cacheable::of_content(MAX_AGE_SECONDS, ProductRecommendations { items })?.unless_known(&known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_bounded_product_ids() {
        let many = |count| (0..count).map(|_| ProductId::generate().to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(items("").unwrap(), []);
        assert_eq!(items(&many(MAX_ITEMS)).unwrap().len(), MAX_ITEMS);
        for bad in [many(MAX_ITEMS + 1), ",".to_owned(), format!("{},", many(1)), "shoe".to_owned()] {
            assert!(items(&bad).is_err(), "{bad}");
        }
    }
}
