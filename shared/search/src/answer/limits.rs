//! The limits of a search.

use std::collections::BTreeSet;

use crate::query::{
    Filter, MAX_COUNTED_FACETS, MAX_FILTER_VALUES, MAX_FILTERS, MAX_PAGE_HITS, MAX_QUERY_BYTES, MAX_WINDOW_HITS,
    QueryError, SearchQuery, Sort,
};

/// Checks a search against the limits.
pub(super) fn check(query: &SearchQuery) -> Result<(), QueryError> {
    if query.text.len() > MAX_QUERY_BYTES {
        return Err(QueryError::TextTooLong);
    }
    let at_most = |what, is, limit| if is > limit { Err(QueryError::TooMuch { what, limit }) } else { Ok(()) };
    at_most("filters", query.filters.len(), MAX_FILTERS)?;
    at_most("facets", query.facets.len(), MAX_COUNTED_FACETS)?;
    at_most("page.limit", query.page.limit, MAX_PAGE_HITS)?;
    at_most("page.offset + page.limit", query.page.offset.saturating_add(query.page.limit), MAX_WINDOW_HITS)?;
    let mut names = BTreeSet::new();
    let (mut prices, mut stocks) = (0, 0);
    for filter in &query.filters {
        match filter {
            Filter::Values { name, values } => {
                at_most("filters.values", values.len(), MAX_FILTER_VALUES)?;
                if !names.insert(name) {
                    return Err(QueryError::RepeatedFilter);
                }
            }
            Filter::Price { .. } => prices += 1,
            Filter::InStock => stocks += 1,
        }
    }
    if prices > 1 || stocks > 1 {
        return Err(QueryError::RepeatedFilter);
    }
    let by_price = matches!(query.sort, Sort::PriceAscending | Sort::PriceDescending) || prices > 0;
    if by_price && query.currency.is_none() { Err(QueryError::CurrencyRequired) } else { Ok(()) }
}
