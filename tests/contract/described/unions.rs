//! Unions: each form is a component, and a discriminator says which property tells them apart.

use serde_json::{Map, Value, json};

use super::{SCHEMAS, reference, referred, resolve, schemas, schemas_mut};

/// Names the forms of every tagged union after the union and their tag, and adds the discriminator.
pub fn name_forms(api: &mut Value) {
    let names: Vec<_> = schemas(api).keys().cloned().collect();
    for name in names {
        let known = schemas(api).clone();
        let Some((tag, forms)) = tagged(&known[&name], &known) else { continue };
        let mut mapping = Map::new();
        let mut choices = Vec::new();
        for (value, form) in forms {
            let form_name = referred(&form).map_or_else(|| format!("{name}{}", pascal(&value)), str::to_owned);
            if referred(&form).is_none() {
                assert!(!known.contains_key(&form_name), "the form {value} of {name} needs the name {form_name}");
                schemas_mut(api).insert(form_name.clone(), form);
            }
            mapping.insert(value, format!("{SCHEMAS}{form_name}").into());
            choices.push(reference(&form_name));
        }
        let union = &mut schemas_mut(api)[&name];
        union["oneOf"] = choices.into();
        union["discriminator"] = json!({ "propertyName": tag, "mapping": mapping });
    }
}

/// The tag of a union, and its forms with their values of the tag.
fn tagged(schema: &Value, schemas: &Map<String, Value>) -> Option<(String, Vec<(String, Value)>)> {
    let forms = schema["oneOf"].as_array()?;
    let first = resolve(forms.first()?, schemas);
    let names = parts(first).filter_map(|part| part["properties"].as_object()).flat_map(Map::keys);
    names.cloned().collect::<Vec<_>>().into_iter().find_map(|tag| {
        let form = |form: &Value| Some((value_of(resolve(form, schemas), &tag)?, form.clone()));
        Some((tag.clone(), forms.iter().map(form).collect::<Option<_>>()?))
    })
}

/// A schema, and those that it is composed of.
fn parts(schema: &Value) -> impl Iterator<Item = &Value> {
    std::iter::once(schema).chain(schema["allOf"].as_array().into_iter().flatten())
}

fn value_of(form: &Value, tag: &str) -> Option<String> {
    let values =
        parts(form).find_map(|part| part["properties"][tag]["enum"].as_array().filter(|all| all.len() == 1))?;
    Some(values[0].as_str()?.to_owned())
}

fn pascal(text: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    text.split('_').map(word).collect()
}

/// The unions of a schema whose forms nothing tells apart.
pub fn untagged(schema: &Value, schemas: &Map<String, Value>) -> bool {
    let forms = schema["oneOf"].as_array().into_iter().flatten().filter(|form| form["type"] != "null");
    let is_object = |form: &&Value| parts(resolve(form, schemas)).any(|part| part["properties"].is_object());
    let objects = forms.filter(is_object);
    objects.count() > 1 && schema["discriminator"].is_null()
}
