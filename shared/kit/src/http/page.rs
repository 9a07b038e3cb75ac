//! Lists in pages.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use dynamo::Cursor;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Fields, Problem, Query, decode_cursor, encode_cursor};

/// Which page of a list is asked for: `?limit=20&cursor=…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// How many items, 1 to 100.
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<Cursor>,
}

#[derive(Deserialize)]
struct Raw {
    limit: Option<String>,
    cursor: Option<String>,
}

impl Page {
    /// Items on a page without `limit`.
    pub(crate) const DEFAULT_LIMIT: u32 = 20;
    /// The most items on one page.
    pub(crate) const MAX_LIMIT: u32 = 100;
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(raw) = Query::<Raw>::from_request_parts(parts, state).await?;
        let mut fields = Fields::of_parameters();
        let limit = fields.check("limit", limit(raw.limit.as_deref()));
        let cursor = fields.check("cursor", raw.cursor.as_deref().map(decode_cursor).transpose());
        let (limit, cursor) = fields.all((limit, cursor))?;
        Ok(Self { limit, cursor })
    }
}

fn limit(text: Option<&str>) -> Result<u32, String> {
    match text.map(str::parse) {
        None => Ok(Page::DEFAULT_LIMIT),
        Some(Ok(limit)) if (1..=Page::MAX_LIMIT).contains(&limit) => Ok(limit),
        Some(_) => Err(format!("must be a number from 1 to {}", Page::MAX_LIMIT)),
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct List<T> {
    /// The items.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A page of items, with the place where the next one starts.
    pub fn new(items: Vec<T>, next: Option<&Cursor>) -> Self {
        Self { items, next_cursor: next.map(encode_cursor) }
    }

    /// A page of entities, each shown as a `T`.
    pub fn of<E>(page: dynamo::Page<E>, show: impl Fn(dynamo::Versioned<E>) -> T) -> Self {
        Self::new(page.items.into_iter().map(show).collect(), page.next.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_bounded() {
        assert_eq!(limit(None), Ok(Page::DEFAULT_LIMIT));
        assert_eq!(limit(Some("100")), Ok(100));
        for bad in ["0", "101", "-1", "many", ""] {
            assert!(limit(Some(bad)).is_err(), "{bad}");
        }
    }
}
