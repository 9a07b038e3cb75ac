//! How contents are stored, `{type, v, data}`, and how old versions are read.
//!
//! Stored data is never rewritten. A new version of a type adds a step to [`upcast`], and a golden file of its data to
//! `golden/`. The reader of a type stays when the type is retired.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::content::Content;

/// Version in which contents of every type are written.
const WRITTEN_VERSION: u32 = 1;

/// A content in the form in which it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Type.
    #[serde(rename = "type")]
    pub entry_type: String,
    /// Version of the data.
    pub v: u32,
    /// Data: JSON without the type.
    pub data: Value,
}

impl Stored {
    /// Returns the stored form of a content.
    pub fn of(content: &Content) -> Result<Self, serde_json::Error> {
        let mut data = serde_json::to_value(content)?;
        if let Some(fields) = data.as_object_mut() {
            fields.remove("type");
        }
        Ok(Self { entry_type: content.entry_type().to_owned(), v: WRITTEN_VERSION, data })
    }

    /// Returns the content; none if this code does not know the type or its version. Such data is kept as it is.
    pub fn content(&self) -> Option<Content> {
        let mut fields = upcast(&self.entry_type, self.v, self.data.clone())?.as_object()?.clone();
        fields.insert("type".to_owned(), Value::String(self.entry_type.clone()));
        serde_json::from_value(Value::Object(fields)).ok()
    }
}

/// A step that turns data of one version of a type into data of the next version.
type Step = fn(Map<String, Value>) -> Map<String, Value>;

/// The steps of each type: the first one reads version 1. All types are in their first version.
const STEPS: [(&str, &[Step]); 0] = [];

/// Returns the data in the version that this code reads; none if the version is newer.
fn upcast(entry_type: &str, v: u32, data: Value) -> Option<Value> {
    let steps = STEPS.iter().find(|(name, _)| *name == entry_type).map_or(&[][..], |(_, steps)| steps);
    upcast_with(steps, v, data)
}

fn upcast_with(steps: &[Step], v: u32, data: Value) -> Option<Value> {
    let first = usize::try_from(v.checked_sub(1)?).ok()?;
    let Value::Object(mut fields) = data else { return None };
    for step in steps.get(first..)? {
        fields = step(fields);
    }
    Some(Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::content::{EquipmentAction, StockOutReason};

    fn golden(name: &str) -> Stored {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap()
    }

    fn task() -> types::TaskId {
        "019a0c70-1111-7aaa-8bbb-0000000000a8".parse().unwrap()
    }

    fn due() -> jiff::Timestamp {
        "2026-11-29T17:00:00Z".parse().unwrap()
    }

    /// One content of every type, which its golden file has.
    fn samples() -> Vec<Content> {
        let text = str::to_owned;
        vec![
            Content::WaterChange { volume_ml: 20_000 },
            Content::Dose { product: text("Calcium A"), amount_ul: 5_000 },
            Content::Feeding { food: text("Brine shrimp"), amount_mg: Some(300) },
            Content::Maintenance { task: text("Cleaned the filter") },
            Content::Test { parameter: text("nitrate"), value: 2_300 },
            Content::Observation {},
            Content::Photo { media_id: "019a0c70-1111-7aaa-8bbb-0000000000a7".parse().unwrap() },
            Content::StockIn { species: text("Amphiprion ocellaris"), count: 2 },
            Content::StockOut { species: text("Amphiprion ocellaris"), count: 1, reason: StockOutReason::Died },
            Content::Medication { product: text("Copper"), amount_ul: Some(900), withdrawal_days: 14 },
            Content::Equipment { name: text("Return pump"), action: EquipmentAction::Replaced },
            Content::TaskDone { task_id: task(), title: text("Clean the skimmer"), due_at: due(), skipped_earlier: 2 },
            Content::TaskSkipped {
                task_id: task(),
                title: text("Clean the skimmer"),
                due_at: due(),
                skipped_earlier: 0,
            },
        ]
    }

    #[test]
    fn every_golden_file_is_read_as_it_was_meant_and_written_in_the_same_form() {
        for content in samples() {
            let stored = golden(&format!("{}.v1.json", content.entry_type()));
            assert_eq!(stored.content().as_ref(), Some(&content));
            assert_eq!(Stored::of(&content).unwrap(), stored);
        }
        let files = std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")).unwrap();
        assert_eq!(files.count(), samples().len(), "a golden file without a sample");
    }

    #[test]
    fn unknown_types_and_newer_versions_are_kept_but_not_understood() {
        for (entry_type, v) in [("hologram", 1), ("water_change", 2), ("water_change", 0)] {
            let stored = Stored { entry_type: entry_type.to_owned(), v, data: json!({ "volumeMl": 1 }) };
            assert_eq!(stored.content(), None);
            let again: Stored = serde_json::from_str(&serde_json::to_string(&stored).unwrap()).unwrap();
            assert_eq!(again, stored);
        }
    }

    #[test]
    fn steps_lead_from_each_version_to_the_newest() {
        fn litres_to_ml(mut fields: Map<String, Value>) -> Map<String, Value> {
            let litres = fields.remove("litres").and_then(|value| value.as_u64()).unwrap_or_default();
            fields.insert("ml".to_owned(), json!(litres * 1_000));
            fields
        }
        fn rename(mut fields: Map<String, Value>) -> Map<String, Value> {
            let ml = fields.remove("ml").unwrap_or_default();
            fields.insert("volumeMl".to_owned(), ml);
            fields
        }
        let steps: [Step; 2] = [litres_to_ml, rename];
        let newest = Some(json!({ "volumeMl": 3_000 }));
        assert_eq!(upcast_with(&steps, 1, json!({ "litres": 3 })), newest);
        assert_eq!(upcast_with(&steps, 2, json!({ "ml": 3_000 })), newest);
        assert_eq!(upcast_with(&steps, 3, json!({ "volumeMl": 3_000 })), newest);
        assert_eq!(upcast_with(&steps, 4, json!({})), None);
    }
}
