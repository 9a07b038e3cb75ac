//! What several endpoints read from requests and decide on products.

use std::collections::{BTreeMap, BTreeSet};

use dynamo::{Outbox, Versioned};
use jiff::Timestamp;
use kit::http::{Fields, Invocation, Problem, Tagged};
use serde::{Deserialize, Deserializer};
use types::{line, paragraphs};

use crate::ctx::Gallery;
use crate::domain::details::{self, Attributes, MAX_DESCRIPTION_CHARS, MAX_TITLE_CHARS};
use crate::domain::listing::MAX_CATEGORIES_OF_PRODUCT;
use crate::domain::media::{self, MAX_ALT_CHARS, MAX_MEDIA, Medium, NotPublished, Picture, ShownPicture};
use crate::domain::names::Slug;
use crate::domain::options::{Options, OptionsError};
use crate::domain::product::Product;
use crate::problem::Refusal;

use super::view::{NewPicture, ProductOption, ProductView};

/// Reads a field that may be absent but not null.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// Parses a title.
pub fn title(fields: &mut Fields, text: &str) -> Option<String> {
    fields.check("title", line(text, MAX_TITLE_CHARS))
}

/// Parses a description.
pub fn description(fields: &mut Fields, text: &str) -> Option<String> {
    fields.check("description", paragraphs(text, MAX_DESCRIPTION_CHARS))
}

/// Parses a slug.
pub fn slug(fields: &mut Fields, text: &str) -> Option<Slug> {
    fields.check("slug", Slug::parse(text))
}

/// Parses attributes.
pub fn attributes(fields: &mut Fields, given: &BTreeMap<String, String>) -> Option<Attributes> {
    fields.check("attributes", details::attributes(given))
}

/// Parses options.
pub fn options(fields: &mut Fields, given: &[ProductOption]) -> Option<Options> {
    let parsed = Options::parse(given.iter().map(ProductOption::to_domain).collect());
    parsed.map_err(|error| fields.refuse(&options_field(&error), rule(&error))).ok()
}

/// Parses the categories of a product.
pub fn categories(fields: &mut Fields, given: &[String]) -> Option<BTreeSet<Slug>> {
    if given.len() > MAX_CATEGORIES_OF_PRODUCT {
        fields.refuse("categories", format!("must have at most {MAX_CATEGORIES_OF_PRODUCT} slugs"));
        return None;
    }
    let slug = |(at, text): (usize, &String)| fields.check(&format!("categories[{at}]"), Slug::parse(text));
    given.iter().enumerate().map(slug).collect()
}

/// Parses the pictures of a product.
pub fn media(fields: &mut Fields, given: &[NewPicture]) -> Option<Vec<Picture>> {
    if given.len() > MAX_MEDIA {
        fields.refuse("media", format!("must have at most {MAX_MEDIA} pictures"));
        return None;
    }
    let mut known = BTreeSet::new();
    let mut picture = |(at, NewPicture { media_id, alt }): (usize, &NewPicture)| {
        if !known.insert(*media_id) {
            fields.refuse(&format!("media[{at}].mediaId"), "repeats an earlier picture; list each picture once");
        }
        let alt = alt.as_deref().map(|alt| line(alt, MAX_ALT_CHARS));
        let alt = fields.check(&format!("media[{at}].alt"), alt.transpose())?;
        Some(Picture { media_id: *media_id, alt })
    };
    given.iter().enumerate().map(&mut picture).collect()
}

/// Returns pictures as the product shows them.
pub fn resolve(wanted: &[Picture], shown: &[ShownPicture], known: &[Medium]) -> Result<Vec<ShownPicture>, Refusal> {
    media::resolve(wanted, shown, known).map_err(|NotPublished(media_id)| Refusal::MediaNotPublished(media_id))
}

/// The path of the field that an error is about.
fn options_field(error: &OptionsError) -> String {
    match error {
        OptionsError::TooMany => "options".to_owned(),
        OptionsError::Name(at, _) | OptionsError::NameRepeated(at) => format!("options[{at}].name"),
        OptionsError::ValueCount(at) => format!("options[{at}].values"),
        OptionsError::Value(at, index, _) | OptionsError::ValueRepeated(at, index) => {
            format!("options[{at}].values[{index}]")
        }
    }
}

/// The text of an error without the place of its field.
fn rule(error: &OptionsError) -> String {
    let text = error.to_string();
    if text.starts_with('[') { text.split_once(' ').map_or(text.clone(), |(_, rule)| rule.to_owned()) } else { text }
}

/// Returns the product if there is one.
pub fn existing(found: Option<Versioned<Product>>) -> Result<Versioned<Product>, Refusal> {
    found.ok_or(Refusal::NoSuchProduct)
}

/// Returns a product with its version as `ETag`.
pub async fn shown(ctx: &Gallery, product: &Versioned<Product>) -> Result<Tagged<ProductView>, Problem> {
    let view = ProductView::of(&product.value, &ctx.files, ctx.clock.now()).await?;
    Ok(Tagged::new(product.version, view))
}

/// Returns the events of a change of a product that the public can see; none of one that it cannot.
pub fn changed(call: &Invocation, next: &Product, revision: u64, now: Timestamp) -> Result<Outbox, Problem> {
    let mut outbox = Outbox::none();
    if let Some(fact) = next.changed_fact(revision) {
        outbox.push(call.event(now, fact))?;
    }
    Ok(outbox)
}
