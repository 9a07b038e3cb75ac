//! The query string of a search.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use kit::http::{Fields, Problem};
use search_engine::{Filter, MAX_FILTERS, MAX_QUERY_BYTES, MAX_WINDOW_HITS, Page, SearchQuery, Sort};
use serde::Deserialize;
use types::CurrencyCode;

use crate::domain::collections::Declaration;
use crate::domain::filters::{FilterError, parse_facets, parse_filters};

/// Number of hits of a page by default.
const DEFAULT_LIMIT: usize = 20;
/// Number of hits of a page.
pub const MAX_LIMIT: usize = 50;
/// Highest amount of a price filter, in minor units, as in price lists.
const MAX_AMOUNT_MINOR: i64 = 1_000_000_000_000;

/// Query parameters of a search.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchParams {
    q: Option<String>,
    filter: Option<String>,
    min_price: Option<String>,
    max_price: Option<String>,
    in_stock: Option<String>,
    currency: Option<String>,
    sort: Option<String>,
    facets: Option<String>,
    offset: Option<String>,
    limit: Option<String>,
}

impl SearchParams {
    /// Returns the search.
    pub fn parse(self, collection: &Declaration, now: Timestamp) -> Result<SearchQuery, Problem> {
        let mut fields = Fields::of_parameters();
        if !collection.has_offers {
            self.refuse_offers(&mut fields);
        }
        let text = fields.check("q", text(self.q.unwrap_or_default()));
        let values = self.filter.as_deref().map_or(Ok(Vec::new()), |text| parse_filters(text, collection));
        let values = fields.check("filter", values);
        let min = fields.check("minPrice", self.min_price.as_deref().map(amount).transpose());
        let max = fields.check("maxPrice", self.max_price.as_deref().map(amount).transpose());
        let in_stock = fields.check("inStock", self.in_stock.as_deref().map_or(Ok(false), flag));
        let currency = fields.check("currency", self.currency.as_deref().map(CurrencyCode::parse).transpose());
        let sort =
            fields.check("sort", self.sort.as_deref().map_or(Ok(Sort::Relevance), |text| order(text, collection)));
        let facets = self.facets.as_deref().map_or(Ok(Vec::new()), |text| parse_facets(text, collection));
        let facets = fields.check("facets", facets);
        let offset = self.offset.as_deref().map_or(Ok(0), |text| number(text, 0..=MAX_WINDOW_HITS));
        let limit = self.limit.as_deref().map_or(Ok(DEFAULT_LIMIT), |text| number(text, 1..=MAX_LIMIT));
        let (offset, limit) = (fields.check("offset", offset), fields.check("limit", limit));
        let page = offset.zip(limit).map(|(offset, limit)| Page { offset, limit });
        if page.is_some_and(|page| page.offset + page.limit > MAX_WINDOW_HITS) {
            fields.refuse("offset", format!("plus limit must be at most {MAX_WINDOW_HITS}: narrow the search"));
        }
        let by_price = min.flatten().is_some() || max.flatten().is_some();
        let by_price = by_price || matches!(sort, Some(Sort::PriceAscending | Sort::PriceDescending));
        if by_price && collection.has_offers && matches!(currency, Some(None)) {
            fields.refuse("currency", "is required with minPrice, maxPrice and a sort by price");
        }
        if matches!((min.flatten(), max.flatten()), (Some(min), Some(max)) if min > max) {
            fields.refuse("maxPrice", "must not be below minPrice");
        }
        let (text, mut filters, (min, max), in_stock, currency, sort, facets, page) =
            fields.all((text, values, min.zip(max), in_stock, currency, sort, facets, page))?;
        if min.is_some() || max.is_some() {
            filters.push(Filter::Price { min, max });
        }
        if in_stock {
            filters.push(Filter::InStock);
        }
        let mut fields = Fields::of_parameters();
        let fits = filters.len() <= MAX_FILTERS;
        let filters = fields.check("filter", fits.then_some(filters).ok_or(FilterError::TooMany));
        let (filters,) = fields.all((filters,))?;
        let currency = currency.map(|currency| currency.to_string());
        Ok(SearchQuery { text, filters, sort, currency, at: now.as_second(), facets, page })
    }

    /// Refuses parameters of prices and stock, which the documents of a collection do not have.
    fn refuse_offers(&self, fields: &mut Fields) {
        for (name, value) in [
            ("minPrice", &self.min_price),
            ("maxPrice", &self.max_price),
            ("inStock", &self.in_stock),
            ("currency", &self.currency),
        ] {
            if value.is_some() {
                fields.refuse(name, "must be left out: documents of this collection have no prices and no stock");
            }
        }
    }
}

fn text(text: String) -> Result<String, String> {
    let fits = text.len() <= MAX_QUERY_BYTES;
    fits.then_some(text).ok_or_else(|| format!("must have at most {MAX_QUERY_BYTES} bytes in UTF-8"))
}

fn amount(text: &str) -> Result<i64, String> {
    let amount = text.parse().ok().filter(|amount| (0..=MAX_AMOUNT_MINOR).contains(amount));
    amount.ok_or_else(|| format!("must be an amount in minor units from 0 to {MAX_AMOUNT_MINOR}"))
}

fn flag(text: &str) -> Result<bool, &'static str> {
    text.parse().map_err(|_| "must be `true` or `false`")
}

fn order(text: &str, collection: &Declaration) -> Result<Sort, String> {
    let sorts = collection.sorts.iter().copied();
    sorts.clone().find(|sort| order_name(*sort) == text).ok_or_else(|| {
        let names: Vec<String> = sorts.map(|sort| format!("`{}`", order_name(sort))).collect();
        format!("must be one of {}", names.join(", "))
    })
}

const fn order_name(sort: Sort) -> &'static str {
    match sort {
        Sort::Relevance => "relevance",
        Sort::PriceAscending => "price",
        Sort::PriceDescending => "-price",
        Sort::Newest => "newest",
    }
}

fn number(text: &str, range: RangeInclusive<usize>) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("must be a number from {} to {}", range.start(), range.end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::collections::{GUIDES, PRODUCTS, SPECIES};

    fn parse(query: &str) -> Result<SearchQuery, String> {
        parse_in(&PRODUCTS, query)
    }

    fn parse_in(collection: &Declaration, query: &str) -> Result<SearchQuery, String> {
        let params: SearchParams = serde_json::from_value(
            query
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| pair.split_once('=').unwrap())
                .map(|(name, value)| (name.to_owned(), serde_json::Value::from(value)))
                .collect(),
        )
        .unwrap();
        let now = Timestamp::from_second(1_900_000_000).unwrap();
        params.parse(collection, now).map_err(|problem| serde_json::to_string(&problem).unwrap())
    }

    #[test]
    fn a_search_has_text_filters_order_and_page() {
        let query =
            parse("q=shoe&filter=category:a&minPrice=5&inStock=true&currency=EUR&sort=-price&limit=50&offset=50");
        let query = query.unwrap();
        assert_eq!((query.text.as_str(), query.sort, query.at), ("shoe", Sort::PriceDescending, 1_900_000_000));
        assert_eq!(query.page, Page { offset: 50, limit: 50 });
        assert_eq!(query.filters.len(), 3);
        assert_eq!(query.filters[1], Filter::Price { min: Some(5), max: None });
        assert_eq!(parse("").unwrap().page, Page { offset: 0, limit: 20 });
    }

    #[test]
    fn each_wrong_parameter_is_named() {
        for (query, field) in [
            ("filter=color:red", "filter"),
            ("minPrice=-1&currency=EUR", "minPrice"),
            ("maxPrice=1.5&currency=EUR", "maxPrice"),
            ("minPrice=2&maxPrice=1&currency=EUR", "maxPrice"),
            ("minPrice=2", "currency"),
            ("sort=price", "currency"),
            ("currency=euro", "currency"),
            ("inStock=1", "inStock"),
            ("sort=cheap", "sort"),
            ("facets=size", "facets"),
            ("limit=0", "limit"),
            ("limit=51", "limit"),
            ("offset=1990", "offset"),
            ("offset=18446744073709551615", "offset"),
        ] {
            let problem = parse(query).unwrap_err();
            assert!(problem.contains(&format!("\"field\":\"{field}\"")), "{query}: {problem}");
        }
        let filters =
            |count: usize| (0..count).map(|number| format!("option.{number}:a")).collect::<Vec<_>>().join(";");
        assert!(parse(&format!("filter={}&inStock=true", filters(MAX_FILTERS - 1))).is_ok());
        for more in ["inStock=true", "minPrice=1&currency=EUR"] {
            let problem = parse(&format!("filter={}&{more}", filters(MAX_FILTERS))).unwrap_err();
            assert!(problem.contains("\"field\":\"filter\""), "{problem}");
        }
        assert!(parse(&format!("q={}", "a".repeat(513))).is_err());
    }

    #[test]
    fn a_collection_without_prices_refuses_what_is_about_them() {
        assert!(parse_in(&SPECIES, "q=tetra&filter=water:fresh&facets=family").is_ok());
        assert_eq!(parse_in(&GUIDES, "sort=newest").unwrap().sort, Sort::Newest);
        for (query, field) in [
            ("minPrice=1", "minPrice"),
            ("maxPrice=1", "maxPrice"),
            ("inStock=true", "inStock"),
            ("currency=EUR", "currency"),
            ("sort=newest", "sort"),
            ("facets=option.color", "facets"),
        ] {
            let problem = parse_in(&SPECIES, query).unwrap_err();
            assert_eq!(problem.matches("\"field\":").count(), 1, "{query}: {problem}");
            assert!(problem.contains(&format!("\"field\":\"{field}\"")), "{query}: {problem}");
        }
        let refused = parse_in(&GUIDES, "sort=price").unwrap_err();
        assert!(refused.contains("must be one of `relevance`, `newest`"), "{refused}");
    }
}
