//! What entries of a timeline say, by type. All quantities are integers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{MediaId, TaskId, TextError, line};
use utoipa::ToSchema;

/// Maximum length of names of products, food, species and equipment in characters. The state contains them.
pub const MAX_NAME_CHARS: usize = 60;
/// Maximum length of the name of a water parameter in bytes.
const MAX_PARAMETER_BYTES: usize = 32;
/// Maximum volume of a water change in millilitres.
const MAX_VOLUME_ML: u64 = 10_000_000;
/// Maximum dose in microlitres.
const MAX_DOSE_UL: u64 = 1_000_000_000;
/// Maximum amount of food in milligrams.
const MAX_FOOD_MG: u64 = 10_000_000;
/// Maximum number of animals or plants of one entry.
const MAX_STOCK: u64 = 10_000;
/// Maximum absolute canonical value of a water test.
const MAX_TEST_VALUE: i64 = 1_000_000_000_000;
/// Maximum withdrawal period of a medication in days.
const MAX_WITHDRAWAL_DAYS: u64 = 365;

/// Content of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
// Each variant renames its fields itself: the OpenAPI generator ignores `rename_all_fields`.
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = EntryContent)]
pub enum Content {
    /// Water was changed.
    #[serde(rename_all = "camelCase")]
    WaterChange {
        /// Volume in millilitres.
        #[schema(minimum = 1, maximum = 10_000_000, example = 20_000)]
        volume_ml: u64,
    },
    /// Something was dosed.
    #[serde(rename_all = "camelCase")]
    Dose {
        /// Name of the product.
        #[schema(min_length = 1, max_length = 60, example = "Calcium A")]
        product: String,
        /// Amount in microlitres.
        #[schema(minimum = 1, maximum = 1_000_000_000, example = 5_000)]
        amount_ul: u64,
    },
    /// The animals were fed.
    #[serde(rename_all = "camelCase")]
    Feeding {
        /// Name of the food.
        #[schema(min_length = 1, max_length = 60, example = "Brine shrimp")]
        food: String,
        /// Amount in milligrams.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 1, maximum = 10_000_000)]
        amount_mg: Option<u64>,
    },
    /// Maintenance was done.
    #[serde(rename_all = "camelCase")]
    Maintenance {
        /// What was done.
        #[schema(min_length = 1, max_length = 60, example = "Cleaned the filter")]
        task: String,
    },
    /// The water was tested.
    #[serde(rename_all = "camelCase")]
    Test {
        /// Water parameter, as in readings, for example `nitrate`.
        #[schema(min_length = 1, max_length = 32, pattern = "^[a-z][a-z0-9_]*$", example = "nitrate")]
        parameter: String,
        /// Value in the canonical unit of the parameter, as in readings.
        #[schema(minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64, example = 2_300)]
        value: i64,
    },
    /// Something was observed. The note says what.
    #[serde(rename_all = "camelCase")]
    Observation {},
    /// A photo was taken.
    #[serde(rename_all = "camelCase")]
    Photo {
        /// Media ID. Not checked: the picture may not exist, or be deleted later.
        media_id: MediaId,
    },
    /// Animals or plants were added.
    #[serde(rename_all = "camelCase")]
    StockIn {
        /// Name of the species.
        #[schema(min_length = 1, max_length = 60, example = "Amphiprion ocellaris")]
        species: String,
        /// Number.
        #[schema(minimum = 1, maximum = 10_000, example = 2)]
        count: u64,
    },
    /// Animals or plants were removed, died or were sold.
    #[serde(rename_all = "camelCase")]
    StockOut {
        /// Name of the species.
        #[schema(min_length = 1, max_length = 60, example = "Amphiprion ocellaris")]
        species: String,
        /// Number.
        #[schema(minimum = 1, maximum = 10_000, example = 1)]
        count: u64,
        /// Reason.
        reason: StockOutReason,
    },
    /// A medication was given.
    #[serde(rename_all = "camelCase")]
    Medication {
        /// Name of the product.
        #[schema(min_length = 1, max_length = 60, example = "Copper treatment")]
        product: String,
        /// Amount in microlitres.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 1, maximum = 1_000_000_000)]
        amount_ul: Option<u64>,
        /// Withdrawal period in days.
        #[serde(default)]
        #[schema(minimum = 0, maximum = 365)]
        withdrawal_days: u64,
    },
    /// Equipment was installed, removed, replaced or serviced.
    #[serde(rename_all = "camelCase")]
    Equipment {
        /// Name of the equipment.
        #[schema(min_length = 1, max_length = 60, example = "Return pump")]
        name: String,
        /// What was done with it.
        action: EquipmentAction,
    },
    /// An occurrence of a task was done. Only `POST …/tasks/{taskId}/done` appends it.
    #[serde(rename_all = "camelCase")]
    TaskDone {
        /// Task ID.
        task_id: TaskId,
        /// Title of the task.
        #[schema(min_length = 1, max_length = 60, example = "Clean the skimmer")]
        title: String,
        /// Time at which the occurrence was due (UTC).
        #[serde(serialize_with = "types::time::millis")]
        due_at: Timestamp,
        /// Number of earlier occurrences that were skipped at the same time.
        #[serde(default)]
        #[schema(minimum = 0, maximum = 1_000_000)]
        skipped_earlier: u64,
    },
    /// An occurrence of a task was skipped. Only `POST …/tasks/{taskId}/skip` appends it.
    #[serde(rename_all = "camelCase")]
    TaskSkipped {
        /// Task ID.
        task_id: TaskId,
        /// Title of the task.
        #[schema(min_length = 1, max_length = 60, example = "Clean the skimmer")]
        title: String,
        /// Time at which the occurrence was due (UTC).
        #[serde(serialize_with = "types::time::millis")]
        due_at: Timestamp,
        /// Number of earlier occurrences that were skipped at the same time.
        #[serde(default)]
        #[schema(minimum = 0, maximum = 1_000_000)]
        skipped_earlier: u64,
    },
}

/// Why stock was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StockOutReason {
    /// It died.
    Died,
    /// It was sold or given away.
    GivenAway,
    /// It was moved to another aquarium.
    Moved,
    /// Another reason, or unknown.
    Other,
}

/// What was done with equipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EquipmentAction {
    /// Installed.
    Installed,
    /// Removed.
    Removed,
    /// Replaced.
    Replaced,
    /// Serviced.
    Serviced,
}

/// A field of a content that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidField {
    /// Name of the field.
    pub field: &'static str,
    /// The rule, to be read after the name.
    pub message: String,
}

impl InvalidField {
    fn name(field: &'static str) -> impl Fn(TextError) -> Self {
        move |error| Self { field, message: error.to_string() }
    }
}

impl Content {
    /// Returns the type as it is stored and sent.
    pub const fn entry_type(&self) -> &'static str {
        match self {
            Self::WaterChange { .. } => "water_change",
            Self::Dose { .. } => "dose",
            Self::Feeding { .. } => "feeding",
            Self::Maintenance { .. } => "maintenance",
            Self::Test { .. } => "test",
            Self::Observation {} => "observation",
            Self::Photo { .. } => "photo",
            Self::StockIn { .. } => "stock_in",
            Self::StockOut { .. } => "stock_out",
            Self::Medication { .. } => "medication",
            Self::Equipment { .. } => "equipment",
            Self::TaskDone { .. } => "task_done",
            Self::TaskSkipped { .. } => "task_skipped",
        }
    }

    /// Returns the content with trimmed names, or the first field that breaks a rule. Clients cannot append what becomes of tasks:
    /// it is appended with the change of the task.
    pub fn checked(self) -> Result<Self, InvalidField> {
        Ok(match self {
            Self::WaterChange { volume_ml } => {
                Self::WaterChange { volume_ml: positive("volumeMl", volume_ml, MAX_VOLUME_ML)? }
            }
            Self::Dose { product, amount_ul } => Self::Dose {
                product: name("product", &product)?,
                amount_ul: positive("amountUl", amount_ul, MAX_DOSE_UL)?,
            },
            Self::Feeding { food, amount_mg } => Self::Feeding {
                food: name("food", &food)?,
                amount_mg: amount_mg.map(|amount| positive("amountMg", amount, MAX_FOOD_MG)).transpose()?,
            },
            Self::Maintenance { task } => Self::Maintenance { task: name("task", &task)? },
            Self::Test { parameter, value } => checked_test(parameter, value)?,
            Self::Observation {} => Self::Observation {},
            Self::Photo { media_id } => Self::Photo { media_id },
            Self::StockIn { species, count } => {
                Self::StockIn { species: name("species", &species)?, count: positive("count", count, MAX_STOCK)? }
            }
            Self::StockOut { species, count, reason } => Self::StockOut {
                species: name("species", &species)?,
                count: positive("count", count, MAX_STOCK)?,
                reason,
            },
            Self::Medication { product, amount_ul, withdrawal_days } => Self::Medication {
                product: name("product", &product)?,
                amount_ul: amount_ul.map(|amount| positive("amountUl", amount, MAX_DOSE_UL)).transpose()?,
                withdrawal_days: at_most("withdrawalDays", withdrawal_days, MAX_WITHDRAWAL_DAYS)?,
            },
            Self::Equipment { name: text, action } => Self::Equipment { name: name("name", &text)?, action },
            Self::TaskDone { .. } | Self::TaskSkipped { .. } => {
                let message = "must not be task_done or task_skipped; complete or skip the task".to_owned();
                return Err(InvalidField { field: "type", message });
            }
        })
    }
}

fn checked_test(parameter: String, value: i64) -> Result<Content, InvalidField> {
    let is_code = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let starts = parameter.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
    if !starts || parameter.len() > MAX_PARAMETER_BYTES || !parameter.bytes().all(is_code) {
        let message = format!(
            "must be 1 to {MAX_PARAMETER_BYTES} lower-case letters, digits and underscores, and start with a letter"
        );
        return Err(InvalidField { field: "parameter", message });
    }
    if value.unsigned_abs() > MAX_TEST_VALUE.unsigned_abs() {
        let message = format!("must be a number from -{MAX_TEST_VALUE} to {MAX_TEST_VALUE}");
        return Err(InvalidField { field: "value", message });
    }
    Ok(Content::Test { parameter, value })
}

fn name(field: &'static str, text: &str) -> Result<String, InvalidField> {
    line(text, MAX_NAME_CHARS).map_err(InvalidField::name(field))
}

fn positive(field: &'static str, value: u64, max: u64) -> Result<u64, InvalidField> {
    let message = || format!("must be a number from 1 to {max}");
    if (1..=max).contains(&value) { Ok(value) } else { Err(InvalidField { field, message: message() }) }
}

fn at_most(field: &'static str, value: u64, max: u64) -> Result<u64, InvalidField> {
    let message = || format!("must be a number from 0 to {max}");
    if value <= max { Ok(value) } else { Err(InvalidField { field, message: message() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(content: Content) -> &'static str {
        content.checked().unwrap_err().field
    }

    #[test]
    fn fields_outside_of_their_range_are_named() {
        assert_eq!(wrong(Content::WaterChange { volume_ml: 0 }), "volumeMl");
        assert_eq!(wrong(Content::WaterChange { volume_ml: MAX_VOLUME_ML + 1 }), "volumeMl");
        assert_eq!(wrong(Content::Dose { product: " ".to_owned(), amount_ul: 1 }), "product");
        assert_eq!(wrong(Content::Dose { product: "a".repeat(61), amount_ul: 1 }), "product");
        assert_eq!(wrong(Content::Feeding { food: "a".to_owned(), amount_mg: Some(0) }), "amountMg");
        assert_eq!(wrong(Content::Test { parameter: "Nitrate".to_owned(), value: 0 }), "parameter");
        assert_eq!(wrong(Content::Test { parameter: String::new(), value: 0 }), "parameter");
        assert_eq!(wrong(Content::Test { parameter: "ph".to_owned(), value: i64::MIN }), "value");
        assert_eq!(wrong(Content::StockIn { species: "a".to_owned(), count: 10_001 }), "count");
        let days = Content::Medication { product: "a".to_owned(), amount_ul: None, withdrawal_days: 366 };
        assert_eq!(wrong(days), "withdrawalDays");
    }

    #[test]
    fn what_becomes_of_tasks_is_not_appended_by_clients() {
        let (task_id, title, due_at) = (TaskId::generate(), "Feed".to_owned(), Timestamp::UNIX_EPOCH);
        assert_eq!(wrong(Content::TaskDone { task_id, title: title.clone(), due_at, skipped_earlier: 0 }), "type");
        assert_eq!(wrong(Content::TaskSkipped { task_id, title, due_at, skipped_earlier: 0 }), "type");
    }

    #[test]
    fn names_are_trimmed() {
        let content = Content::Maintenance { task: " filter ".to_owned() }.checked().unwrap();
        assert_eq!(content, Content::Maintenance { task: "filter".to_owned() });
    }
}
