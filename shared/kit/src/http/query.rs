//! The query string.

use std::collections::BTreeMap;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::shape::is_canonical_uuid;
use super::{FieldError, Problem, Rule};

/// The query string as a `T`. One that cannot be parsed is answered with 422, which names each wrong parameter.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default()).map(Self).map_err(Problem::invalid)
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Vec<FieldError>> {
    let (mut parameters, mut errors) = (BTreeMap::new(), Vec::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if types::Uuid::try_parse(&value).is_ok() && !is_canonical_uuid(&value) {
            let message = "must be a UUID in lower case with hyphens, as the API returned it";
            errors.push(FieldError::of_parameter(&name, Rule::Format, message));
        }
        if parameters.insert(name.clone().into_owned(), value.into_owned()).is_some() {
            errors.push(FieldError::of_parameter(&name, Rule::Duplicate, "must be sent once"));
        }
    }
    // Serde stops at the first parameter that it does not know, so each one is taken out and reported.
    loop {
        let known = form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
        match serde_urlencoded::from_str(&known) {
            Ok(parsed) if errors.is_empty() => return Ok(parsed),
            Ok(_) => return Err(errors),
            Err(error) => match take_out(&mut parameters, &error.to_string()) {
                // A required parameter is reported, and its empty value taken out, once.
                Some(error) if is_known(&errors, &error) && error.rule == Rule::Required => return Err(errors),
                Some(error) if is_known(&errors, &error) => {}
                Some(error) => errors.push(error),
                None => return Err(errors),
            },
        }
    }
}

/// True if something else is wrong with the parameter.
fn is_known(errors: &[FieldError], error: &FieldError) -> bool {
    errors.iter().any(|known| known.field == error.field)
}

/// Removes the parameter that serde's text quotes, and says what is wrong with it.
fn take_out(parameters: &mut BTreeMap<String, String>, text: &str) -> Option<FieldError> {
    let mut quoted = text.split('`').skip(1).step_by(2);
    let name = quoted.next()?;
    let known = quoted.collect::<Vec<_>>().join(", ");
    if text.starts_with("missing field") {
        parameters.insert(name.to_owned(), String::new());
        return Some(FieldError::of_parameter(name, Rule::Required, "is required"));
    }
    if text.starts_with("unknown field") {
        parameters.remove(name)?;
        let message = format!("is unknown; remove it, or use one of {known}");
        return Some(FieldError::of_parameter(name, Rule::Unknown, message));
    }
    // An unknown variant: the text quotes the value.
    let (name, _) = parameters.iter().find(|(_, value)| *value == name)?;
    let error = FieldError::of_parameter(name, Rule::Enum, format!("must be one of {known}"));
    let name = name.clone();
    parameters.remove(&name)?;
    Some(error)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        Live,
        Ready,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        kind: Option<Kind>,
        near: Option<String>,
    }

    fn errors(query: &str) -> Vec<(String, Rule)> {
        parse::<Filter>(query).unwrap_err().into_iter().map(|error| (error.field, error.rule)).collect()
    }

    #[test]
    fn parameters_are_decoded() {
        let filter = Filter { kind: Some(Kind::Live), near: Some("52.5,13 4".to_owned()) };
        assert_eq!(parse("near=52.5%2C13+4&kind=live"), Ok(filter));
        assert_eq!(parse(""), Ok(Filter { kind: None, near: None }));
    }

    #[test]
    fn a_required_parameter_with_a_list_of_values_is_reported_once() {
        #[derive(Debug, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Required {
            kind: Kind,
        }

        let errors = |query: &str| -> Vec<_> {
            let errors = parse::<Required>(query).unwrap_err().into_iter();
            errors.map(|error| (error.field, error.rule)).collect()
        };
        assert_eq!(errors(""), [("kind".to_owned(), Rule::Required)]);
        assert_eq!(errors("kind="), [("kind".to_owned(), Rule::Enum)]);
        assert_eq!(errors("kind=no"), [("kind".to_owned(), Rule::Enum)]);
        assert_eq!(errors("a=1"), [("a".to_owned(), Rule::Unknown), ("kind".to_owned(), Rule::Required)]);
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        let unknown = |name: &str| (name.to_owned(), Rule::Unknown);
        assert_eq!(errors("radius=5&b=1&near=1"), [unknown("b"), unknown("radius")]);
        assert_eq!(errors("kind=deposit"), [("kind".to_owned(), Rule::Enum)]);
        assert_eq!(errors("near=1&near=2"), [("near".to_owned(), Rule::Duplicate)]);
        assert_eq!(errors("near=019A0C6E5B107AA18C1D6E5F4A3B2C1D"), [("near".to_owned(), Rule::Format)]);
        let messages: Vec<_> =
            parse::<Filter>("x=1&kind=no").unwrap_err().into_iter().map(|error| error.message).collect();
        assert_eq!(messages, ["must be one of live, ready", "is unknown; remove it, or use one of kind, near"]);
    }
}
