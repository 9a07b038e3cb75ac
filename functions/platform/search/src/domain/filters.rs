//! The grammar of filters and facets in a query string.
//!
//! `category:shoes,boots;option.color:red` accepts the categories `shoes` or `boots`, and of these only what there is in red. A
//! backslash makes the next character part of a name or a value.

use search_engine::{FacetName, Filter, MAX_COUNTED_FACETS, MAX_FILTER_VALUES, MAX_FILTERS, MAX_VALUE_BYTES};

use super::collections::Declaration;

/// The prefix of options of variants; names without it are facets of the collection.
const OPTION_PREFIX: &str = "option.";
/// Length of the parameter `filter`, in bytes.
pub const MAX_FILTER_BYTES: usize = 4_096;

/// Why filters or facets are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// The text is too long.
    #[error("must have at most {MAX_FILTER_BYTES} bytes: remove values")]
    TooLong,
    /// There are too many filters, values or facets.
    #[error(
        "must have at most {MAX_FILTERS} filters, price and stock included, with {MAX_FILTER_VALUES} values each, and {MAX_COUNTED_FACETS} facets"
    )]
    TooMany,
    /// A part is not a name, a colon and values.
    #[error(
        "must have the form `name:value,value;name:value`, with a backslash before `:`, `,`, `;` and `\\` in values"
    )]
    Form,
    /// A facet that the collection does not have, or an option in a collection whose documents have no variants.
    #[error("must name facets of the collection, or options as `option.<name>`: `{0}` is neither")]
    Unknown(String),
    /// A name with two filters.
    #[error("must name each facet and option once: `{0}` is there twice")]
    Repeated(String),
}

/// Reads the parameter `filter`.
pub fn parse_filters(text: &str, collection: &Declaration) -> Result<Vec<Filter>, FilterError> {
    if text.len() > MAX_FILTER_BYTES {
        return Err(FilterError::TooLong);
    }
    let mut filters: Vec<Filter> = Vec::new();
    for part in split(text, ';')? {
        let [name, values] = <[String; 2]>::try_from(split(&part, ':')?).map_err(|_| FilterError::Form)?;
        let values: Vec<String> = split(&values, ',')?.iter().map(|value| unescape(value)).collect();
        if values.iter().any(|value| value.is_empty() || value.len() > MAX_VALUE_BYTES) {
            return Err(FilterError::Form);
        }
        let text = unescape(&name);
        let name = facet_name(&text, collection)?;
        if filters.iter().any(|filter| matches!(filter, Filter::Values { name: known, .. } if *known == name)) {
            return Err(FilterError::Repeated(text));
        }
        if values.len() > MAX_FILTER_VALUES || filters.len() + 1 > MAX_FILTERS {
            return Err(FilterError::TooMany);
        }
        filters.push(Filter::Values { name, values });
    }
    Ok(filters)
}

/// Reads the parameter `facets`.
pub fn parse_facets(text: &str, collection: &Declaration) -> Result<Vec<FacetName>, FilterError> {
    if text.len() > MAX_FILTER_BYTES {
        return Err(FilterError::TooLong);
    }
    let mut facets: Vec<FacetName> = Vec::new();
    for part in split(text, ',')? {
        let text = unescape(&part);
        let name = facet_name(&text, collection)?;
        if facets.contains(&name) {
            return Err(FilterError::Repeated(text));
        }
        facets.push(name);
    }
    if facets.len() > MAX_COUNTED_FACETS { Err(FilterError::TooMany) } else { Ok(facets) }
}

/// The name as clients write it.
pub fn name_text(name: &FacetName) -> String {
    match name {
        FacetName::Facet(name) => name.clone(),
        FacetName::Option(name) => format!("{OPTION_PREFIX}{name}"),
    }
}

fn facet_name(text: &str, collection: &Declaration) -> Result<FacetName, FilterError> {
    if let Some(option) = text.strip_prefix(OPTION_PREFIX).filter(|_| collection.has_offers) {
        let fits = (1..=MAX_VALUE_BYTES).contains(&option.len());
        return if fits { Ok(FacetName::Option(option.to_owned())) } else { Err(FilterError::Form) };
    }
    let known = collection.indexed.facet(text).is_some();
    if known { Ok(FacetName::Facet(text.to_owned())) } else { Err(FilterError::Unknown(text.to_owned())) }
}

/// Splits at each separator that has no backslash before it. The parts keep their backslashes.
fn split(text: &str, separator: char) -> Result<Vec<String>, FilterError> {
    let (mut parts, mut part, mut characters) = (Vec::new(), String::new(), text.chars());
    while let Some(character) = characters.next() {
        if character == '\\' {
            part.push(character);
            part.push(characters.next().ok_or(FilterError::Form)?);
        } else if character == separator {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(character);
        }
    }
    parts.push(part);
    Ok(parts)
}

fn unescape(text: &str) -> String {
    let (mut plain, mut characters) = (String::with_capacity(text.len()), text.chars());
    while let Some(character) = characters.next() {
        // A backslash is never the last character: `split` refuses that.
        plain.push(if character == '\\' { characters.next().unwrap_or('\\') } else { character });
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::collections::{GUIDES, PRODUCTS, SPECIES};

    fn values(name: FacetName, values: &[&str]) -> Filter {
        Filter::Values { name, values: values.iter().map(|value| (*value).to_owned()).collect() }
    }

    fn escape(text: &str) -> String {
        text.chars()
            .flat_map(|character| {
                let needs = matches!(character, ':' | ',' | ';' | '\\');
                needs.then_some('\\').into_iter().chain([character])
            })
            .collect()
    }

    #[test]
    fn facets_and_options_have_values() {
        let filters = parse_filters(r"category:shoes,boots;option.color:red\,blue", &PRODUCTS).unwrap();
        let expected = [
            values(FacetName::Facet("category".to_owned()), &["shoes", "boots"]),
            values(FacetName::Option("color".to_owned()), &["red,blue"]),
        ];
        assert_eq!(filters, expected);
        let facets = parse_facets("brand,option.size", &PRODUCTS).unwrap();
        assert_eq!(facets.iter().map(name_text).collect::<Vec<_>>(), ["brand", "option.size"]);
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for bad in
            ["", "category", "category:", "category:a:b", "category:a,", r"category:a\", "option.:a", ";category:a"]
        {
            assert_eq!(parse_filters(bad, &PRODUCTS), Err(FilterError::Form), "{bad}");
        }
        assert_eq!(parse_filters("price:1", &PRODUCTS), Err(FilterError::Unknown("price".to_owned())));
        assert_eq!(parse_filters("brand:a;brand:b", &PRODUCTS), Err(FilterError::Repeated("brand".to_owned())));
        assert_eq!(parse_facets("brand,brand", &PRODUCTS), Err(FilterError::Repeated("brand".to_owned())));
        let many = (0..=MAX_FILTER_VALUES).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(parse_filters(&format!("brand:{many}"), &PRODUCTS), Err(FilterError::TooMany));
        assert_eq!(parse_filters(&"a".repeat(MAX_FILTER_BYTES + 1), &PRODUCTS), Err(FilterError::TooLong));
    }

    #[test]
    fn each_collection_has_facets_of_its_own_and_only_variants_have_options() {
        let filters = parse_filters("water:fresh;kind:fish,plant", &SPECIES).unwrap();
        assert_eq!(filters[1], values(FacetName::Facet("kind".to_owned()), &["fish", "plant"]));
        assert!(parse_filters("species:danio-rerio;language:de", &GUIDES).is_ok());
        let unknown = |name: &str| FilterError::Unknown(name.to_owned());
        assert_eq!(parse_filters("category:shoes", &SPECIES), Err(unknown("category")));
        assert_eq!(parse_filters("water:fresh", &PRODUCTS), Err(unknown("water")));
        for collection in [&SPECIES, &GUIDES] {
            assert_eq!(parse_facets("option.color", collection), Err(unknown("option.color")));
        }
    }

    proptest! {
        #[test]
        fn every_value_can_be_written(value in ".{1,40}") {
            let text = format!("option.{}:{}", escape(&value), escape(&value));
            let expected = values(FacetName::Option(value.clone()), &[&value]);
            prop_assert_eq!(parse_filters(&text, &PRODUCTS).unwrap(), [expected]);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,60}") {
            drop(parse_filters(&text, &PRODUCTS));
            drop(parse_facets(&text, &PRODUCTS));
        }
    }
}
