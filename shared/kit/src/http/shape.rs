//! The shape of request bodies: the schema that the OpenAPI document shows is the one that requests are checked with.
//!
//! Serde stops at the first error, reads arrays as structs, and speaks of Rust's types. So a body is compared with its
//! schema first, which lists all errors at once; serde then reads what is known to fit.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::location::Location;
use super::{FieldError, Rule};

mod scalar;

pub(super) use scalar::is_canonical_uuid;

/// A schema with the components that it refers to.
#[derive(Debug)]
pub(super) struct Shape {
    root: Value,
    components: HashMap<String, Value>,
}

impl Shape {
    /// The shape of a type, made once per process.
    pub(super) fn of<T: ToSchema + 'static>() -> Arc<Self> {
        static MADE: Mutex<Option<HashMap<TypeId, Arc<Shape>>>> = Mutex::new(None);
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        made.get_or_insert_default().entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(Self::make::<T>())).clone()
    }

    fn make<T: ToSchema>() -> Self {
        let mut schemas = Vec::new();
        T::schemas(&mut schemas);
        let components = schemas.into_iter().map(|(name, schema)| (name, json(&schema))).collect();
        Self { root: json(&T::schema()), components }
    }

    /// Adds an error for everything that does not fit. Whole numbers that are written with a fraction become integers.
    pub(super) fn check(&self, value: &mut Value, errors: &mut Vec<FieldError>) {
        self.check_at(&self.root, value, &Location::default(), errors);
    }

    fn check_at(&self, schema: &Value, value: &mut Value, at: &Location, errors: &mut Vec<FieldError>) {
        let schema = self.resolve(schema);
        if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
            return self.check_choice(choices, value, at, errors);
        }
        if let Err(error) = scalar::check(schema, value) {
            errors.push(FieldError::at(at, error.rule, error.message));
            return;
        }
        match value {
            Value::Object(object) => self.check_object(schema, object, at, errors),
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.check_at(&schema["items"], item, &at.item(index), errors);
                }
            }
            _ => {}
        }
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        name.and_then(|name| self.components.get(name)).unwrap_or(schema)
    }

    fn check_object(
        &self,
        schema: &Value,
        object: &mut Map<String, Value>,
        at: &Location,
        errors: &mut Vec<FieldError>,
    ) {
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let missing = required.filter(|name| !object.contains_key(*name));
        errors.extend(missing.map(|name| FieldError::at(&at.property(name), Rule::Required, "is required")));
        if schema["additionalProperties"] == true
            || schema["properties"].is_null() && schema["additionalProperties"].is_null()
        {
            return;
        }
        let names = schema["propertyNames"].clone();
        for (name, value) in object.iter_mut() {
            let place = at.property(name);
            let property = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
            match property.filter(|property| property.is_object()) {
                Some(property) => {
                    if let Err(error) = scalar::check(&names, &mut Value::from(name.as_str())) {
                        errors.push(FieldError::at(&place, Rule::Enum, error.message.replacen("must", "name must", 1)));
                    }
                    self.check_at(property, value, &place, errors);
                }
                None => errors.push(FieldError::at(&place, Rule::Unknown, unknown(schema))),
            }
        }
    }

    /// Checks a value against the form that it means: null, the one whose tag it has, or the only other one.
    fn check_choice(&self, choices: &[Value], value: &mut Value, at: &Location, errors: &mut Vec<FieldError>) {
        let is_null = |choice: &&Value| choice["type"] == "null";
        if value.is_null() && choices.iter().any(|choice| is_null(&choice)) {
            return;
        }
        let forms: Vec<_> = choices.iter().filter(|choice| !is_null(choice)).map(|form| self.resolve(form)).collect();
        match (forms.as_slice(), tag_of(&forms)) {
            ([form], _) => self.check_at(form, value, at, errors),
            (_, Some(tag)) => self.check_tagged(&forms, &tag, value, at, errors),
            (_, None) => {
                let fits = |form: &&Value| {
                    let (mut copy, mut found) = (value.clone(), Vec::new());
                    self.check_at(form, &mut copy, at, &mut found);
                    found.is_empty()
                };
                if !forms.iter().any(fits) {
                    errors.push(FieldError::at(at, Rule::Invalid, "has none of the documented forms"));
                }
            }
        }
    }

    fn check_tagged(
        &self,
        forms: &[&Value],
        tag: &str,
        value: &mut Value,
        at: &Location,
        errors: &mut Vec<FieldError>,
    ) {
        let Value::Object(object) = &*value else {
            return errors.push(FieldError::at(at, Rule::Type, "must be an object"));
        };
        let place = at.property(tag);
        let Some(given) = object.get(tag) else {
            return errors.push(FieldError::at(&place, Rule::Required, "is required"));
        };
        match forms.iter().find(|form| tag_value(form, tag) == given.as_str()) {
            Some(form) if given.is_string() => self.check_at(form, value, at, errors),
            _ => {
                let names: Vec<_> = forms.iter().filter_map(|form| tag_value(form, tag)).collect();
                errors.push(FieldError::at(&place, Rule::Enum, scalar::one_of(&names)));
            }
        }
    }
}

fn json(schema: &RefOr<Schema>) -> Value {
    // A schema is made of strings, numbers and maps with text keys, which always serialise.
    serde_json::to_value(schema).unwrap_or_default()
}

/// The message for a property that the object does not have.
fn unknown(schema: &Value) -> String {
    let names: Vec<_> = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    if names.is_empty() {
        "is unknown here; the object has no properties".to_owned()
    } else {
        format!("is unknown; remove it, or use one of {}", names.join(", "))
    }
}

/// The property that has a fixed value of its own in every form.
fn tag_of(forms: &[&Value]) -> Option<String> {
    let first = forms.first()?["properties"].as_object()?;
    first.keys().find(|name| forms.iter().all(|form| tag_value(form, name).is_some())).cloned()
}

fn tag_value<'a>(form: &'a Value, tag: &str) -> Option<&'a str> {
    let property = &form["properties"][tag];
    let only = property["enum"].as_array().filter(|values| values.len() == 1).and_then(|values| values.first());
    only.or_else(|| property.get("const")).and_then(Value::as_str)
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
