//! Parameters of requests for pages.

use jiff::Timestamp;
use kit::http::{Cacheable, Fields, Problem};
use serde::Deserialize;
use serde::de::IgnoredAny;
use types::CurrencyCode;

use crate::api::MAX_AGE_SECONDS;

/// Maximum length of a slug in characters.
const MAX_SLUG_CHARS: usize = 100;

/// Path of a page.
#[derive(Debug, Deserialize)]
pub struct SlugPath {
    slug: String,
}

impl SlugPath {
    /// Returns the slug; none if it has not the form of one.
    pub fn slug(&self) -> Option<&str> {
        Some(self.slug.as_str()).filter(|slug| slug.len() <= MAX_SLUG_CHARS && text::is_code(slug))
    }
}

/// Query of a product for web clients.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct WebProductQuery {
    at_least: Option<String>,
}

impl WebProductQuery {
    /// Returns the revision that the page has to show.
    pub fn parse(&self) -> Result<Option<u64>, Problem> {
        let mut fields = Fields::of_parameters();
        let at_least = fields.check("atLeast", revision(self.at_least.as_deref()));
        fields.all((at_least,)).map(|(at_least,)| at_least)
    }
}

/// Query of a product for mobile clients.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct MobileProductQuery {
    at_least: Option<String>,
    currency: Option<String>,
}

impl MobileProductQuery {
    /// Returns the currency, and the revision that the page has to show.
    pub fn parse(&self) -> Result<(CurrencyCode, Option<u64>), Problem> {
        let mut fields = Fields::of_parameters();
        let at_least = fields.check("atLeast", revision(self.at_least.as_deref()));
        let currency = currency(&mut fields, self.currency.as_deref());
        fields.all((currency, at_least))
    }
}

/// Query of a page with one currency.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurrencyQuery {
    currency: Option<String>,
}

impl CurrencyQuery {
    /// Returns the currency.
    pub fn parse(&self) -> Result<CurrencyCode, Problem> {
        let mut fields = Fields::of_parameters();
        let currency = currency(&mut fields, self.currency.as_deref());
        fields.all((currency,)).map(|(currency,)| currency)
    }
}

/// Query of a list with one currency. The page's own parameters are named so that a misspelt one is refused, and not ignored.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurrencyListQuery {
    currency: Option<String>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

impl CurrencyListQuery {
    /// Returns the currency.
    pub fn parse(&self) -> Result<CurrencyCode, Problem> {
        CurrencyQuery { currency: self.currency.clone() }.parse()
    }
}

/// Query of an order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct OrderQuery {
    at_least: Option<String>,
}

impl OrderQuery {
    /// Returns the time up to which the page has to show events.
    pub fn parse(&self) -> Result<Option<Timestamp>, Problem> {
        let mut fields = Fields::of_parameters();
        let at_least = fields.check("atLeast", self.at_least.as_deref().map(types::time::parse).transpose());
        fields.all((at_least,)).map(|(at_least,)| at_least)
    }
}

/// The largest whole number that every JSON reader keeps exactly.
const MAX_REVISION: u64 = (1 << 53) - 1;

fn revision(text: Option<&str>) -> Result<Option<u64>, &'static str> {
    let wrong = "must be a revision of the product: a whole number, as its ETag has it";
    let Some(text) = text else { return Ok(None) };
    let revision = text.parse().ok().filter(|revision| *revision <= MAX_REVISION);
    revision.map(Some).ok_or(wrong)
}

fn currency(fields: &mut Fields, text: Option<&str>) -> Option<CurrencyCode> {
    match text {
        Some(text) => fields.check("currency", CurrencyCode::parse(text)),
        None => fields.required("currency", None),
    }
}

/// Returns a redirect to another page with the same query. The values need no encoding.
pub fn moved<T>(path: &str, query: impl IntoIterator<Item = (&'static str, String)>) -> Cacheable<T> {
    let query: Vec<_> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    Cacheable::moved(format!("{path}{mark}{}", query.join("&")), MAX_AGE_SECONDS)
}
