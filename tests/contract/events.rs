//! Each event's schema and example under `events/`, against its Rust type.

use contracts::analytics::ReportRunRequested;
use contracts::aquariums::{
    AccessChanged, AlarmChanged, AquariumChanged, AquariumCreated, AquariumRemoved, DeviceSilenceChanged,
    EquipmentChanged, EquipmentServiced, LivestockChanged, ReadingRecorded, ReadingsSummarized,
};
use contracts::badges::{BadgeEarned, RewardGranted};
use contracts::billing::EntitlementChanged;
use contracts::catalog::{
    CatalogExportRequested, CategoryChanged, PriceChanged, PriceListChanged, ProductArchived, ProductChanged,
    ProductPublished, VariantChanged,
};
use contracts::events::{EventRemoved, EventReported, EventTypeChanged};
use contracts::identity::{
    AccountReclaimed, ApiKeyCreated, ApiKeyDeleted, EmailChangeRequested, EmailChanged, EmailCodeRequested,
    EmailVerified, ExportRequested, MfaDisabled, MfaEnabled, MfaRemovalCancelled, MfaRemovalRequested,
    MfaRemovalScheduled, MfaRemoved, PasswordChanged, PasswordResetRequested, PlanChanged, ProfileChanged,
    RecoveryCodesReplaced, RolesChanged, SessionEnded, SessionStarted, TelegramLinked, TelegramUnlinked, UserDeleted,
    UserRegistered, UserRestored, UserSuspended, VerificationRequested,
};
use contracts::knowledge::{GuideChanged, SpeciesChanged, SpeciesMerged};
use contracts::media::{MediaDeleted, MediaPublished, MediaRejected};
use contracts::notifications::{
    DeliveryQueued, MailRequested, NotificationAdded, NotificationRequested, NotificationsRead, PreferencesChanged,
};
use contracts::orders::{
    AvailabilityChanged, OrderCancelled, OrderConfirmed, OrderLapsed, OrderPlaced, PaymentUnwanted, PromotionChanged,
    RefundDue, ReturnReceived, ReturnRequested, ShipmentDelivered, ShipmentShipped,
};
use contracts::payments::{
    AuthorizationExpiring, DisputeClosed, DisputeOpened, PaymentAuthorized, PaymentCaptured, PaymentClosed,
    PaymentEnded, PaymentFailed, PaymentStarted, RefundFailed, RefundSucceeded, UnwantedSettled,
};
use contracts::points::{PointCreated, PointRemoved, PointSubscribed, PointUnsubscribed, PointUpdated};
use contracts::search::BuildRequested;
use contracts::timeline::{DosePlanChanged, EntriesAppended, EntryCorrected, TaskChanged};
use contracts::vision::{IdentificationConfirmed, IdentificationRequested, Identified};
use contracts::wallet::{
    CurrencyChanged, DepositCompleted, DonationCompleted, DonationFailed, DonationRefunded, DonationStarted,
    TransferCompleted,
};
use contracts::{DomainEvent, Envelope};
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use crate::bless;

/// Runs a check for every published event.
#[expect(clippy::too_many_lines, reason = "it is a list")]
fn for_every_event(mut check: impl FnMut(Event)) {
    check(Event::of::<AccessChanged>());
    check(Event::of::<AccountReclaimed>());
    check(Event::of::<ApiKeyCreated>());
    check(Event::of::<ApiKeyDeleted>());
    check(Event::of::<AuthorizationExpiring>());
    check(Event::of::<AvailabilityChanged>());
    check(Event::of::<AccessChanged>());
    check(Event::of::<AlarmChanged>());
    check(Event::of::<AquariumChanged>());
    check(Event::of::<AquariumCreated>());
    check(Event::of::<AquariumRemoved>());
    check(Event::of::<DeviceSilenceChanged>());
    check(Event::of::<DosePlanChanged>());
    check(Event::of::<EquipmentChanged>());
    check(Event::of::<EquipmentServiced>());
    check(Event::of::<GuideChanged>());
    check(Event::of::<LivestockChanged>());
    check(Event::of::<ReadingRecorded>());
    check(Event::of::<ReadingsSummarized>());
    check(Event::of::<TaskChanged>());
    check(Event::of::<BadgeEarned>());
    check(Event::of::<BuildRequested>());
    check(Event::of::<CatalogExportRequested>());
    check(Event::of::<CategoryChanged>());
    check(Event::of::<CurrencyChanged>());
    check(Event::of::<DeliveryQueued>());
    check(Event::of::<DepositCompleted>());
    check(Event::of::<DisputeClosed>());
    check(Event::of::<DisputeOpened>());
    check(Event::of::<DonationCompleted>());
    check(Event::of::<DonationFailed>());
    check(Event::of::<DonationRefunded>());
    check(Event::of::<DonationStarted>());
    check(Event::of::<EmailChangeRequested>());
    check(Event::of::<EmailChanged>());
    check(Event::of::<EmailCodeRequested>());
    check(Event::of::<EmailVerified>());
    check(Event::of::<EntitlementChanged>());
    check(Event::of::<EntriesAppended>());
    check(Event::of::<EntryCorrected>());
    check(Event::of::<EventRemoved>());
    check(Event::of::<EventReported>());
    check(Event::of::<EventTypeChanged>());
    check(Event::of::<ExportRequested>());
    check(Event::of::<IdentificationConfirmed>());
    check(Event::of::<IdentificationRequested>());
    check(Event::of::<Identified>());
    check(Event::of::<MailRequested>());
    check(Event::of::<MediaDeleted>());
    check(Event::of::<MediaPublished>());
    check(Event::of::<MediaRejected>());
    check(Event::of::<MfaDisabled>());
    check(Event::of::<MfaEnabled>());
    check(Event::of::<MfaRemovalCancelled>());
    check(Event::of::<MfaRemovalRequested>());
    check(Event::of::<MfaRemovalScheduled>());
    check(Event::of::<MfaRemoved>());
    check(Event::of::<NotificationAdded>());
    check(Event::of::<NotificationRequested>());
    check(Event::of::<NotificationsRead>());
    check(Event::of::<OrderCancelled>());
    check(Event::of::<OrderConfirmed>());
    check(Event::of::<OrderLapsed>());
    check(Event::of::<OrderPlaced>());
    check(Event::of::<PasswordChanged>());
    check(Event::of::<PasswordResetRequested>());
    check(Event::of::<PaymentAuthorized>());
    check(Event::of::<PaymentCaptured>());
    check(Event::of::<PaymentClosed>());
    check(Event::of::<PaymentEnded>());
    check(Event::of::<PaymentFailed>());
    check(Event::of::<PaymentStarted>());
    check(Event::of::<PaymentUnwanted>());
    check(Event::of::<PlanChanged>());
    check(Event::of::<PointCreated>());
    check(Event::of::<PointRemoved>());
    check(Event::of::<PointSubscribed>());
    check(Event::of::<PointUnsubscribed>());
    check(Event::of::<PointUpdated>());
    check(Event::of::<PreferencesChanged>());
    check(Event::of::<PriceChanged>());
    check(Event::of::<PriceListChanged>());
    check(Event::of::<ProductArchived>());
    check(Event::of::<ProductChanged>());
    check(Event::of::<ProductPublished>());
    check(Event::of::<ProfileChanged>());
    check(Event::of::<PromotionChanged>());
    check(Event::of::<RecoveryCodesReplaced>());
    check(Event::of::<RefundDue>());
    check(Event::of::<RefundFailed>());
    check(Event::of::<RefundSucceeded>());
    check(Event::of::<ReportRunRequested>());
    check(Event::of::<ReturnReceived>());
    check(Event::of::<ReturnRequested>());
    check(Event::of::<RewardGranted>());
    check(Event::of::<RolesChanged>());
    check(Event::of::<SessionEnded>());
    check(Event::of::<SessionStarted>());
    check(Event::of::<ShipmentDelivered>());
    check(Event::of::<ShipmentShipped>());
    check(Event::of::<SpeciesChanged>());
    check(Event::of::<SpeciesMerged>());
    check(Event::of::<TelegramLinked>());
    check(Event::of::<TelegramUnlinked>());
    check(Event::of::<TransferCompleted>());
    check(Event::of::<UnwantedSettled>());
    check(Event::of::<UserDeleted>());
    check(Event::of::<UserRegistered>());
    check(Event::of::<UserRestored>());
    check(Event::of::<UserSuspended>());
    check(Event::of::<VariantChanged>());
    check(Event::of::<VerificationRequested>());
}

/// Every published event.
pub fn published() -> Vec<Event> {
    let mut events = Vec::new();
    for_every_event(|event| events.push(event));
    events
}

/// What is known of an event type.
pub struct Event {
    /// `<context>.<fact>.v<version>`.
    pub name: String,
    /// Where its schema and its example are, without their endings.
    pub path: String,
    schema: Value,
    /// Reads an event and writes it again.
    round_trip: fn(Value) -> Result<Value, String>,
}

impl Event {
    fn of<T: DomainEvent + ToSchema>() -> Self {
        let (context, fact) = T::TYPE.split_once('.').unwrap();
        Self {
            name: format!("{}.v{}", T::TYPE, T::VERSION),
            path: format!("events/{context}/{fact}.v{}", T::VERSION),
            schema: schema::<T>(),
            round_trip: |value| {
                let event: Envelope<Value> = serde_json::from_value(value).map_err(|error| error.to_string())?;
                let event = event.decode::<T>().map_err(|error| error.to_string())?;
                if event.subject != event.data.subject() {
                    return Err("the subject is another".to_owned());
                }
                serde_json::to_value(event).map_err(|error| error.to_string())
            },
        }
    }

    fn example(&self) -> Value {
        let path = tests::root().join(format!("{}.example.json", self.path));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap()
    }
}

/// The JSON schema of an event, from the same derive that describes the API.
fn schema<T: DomainEvent + ToSchema>() -> Value {
    let mut schemas = Vec::new();
    Envelope::<T>::schemas(&mut schemas);
    let mut definitions: Map<String, Value> =
        schemas.into_iter().map(|(name, schema)| (name, serde_json::to_value(schema).unwrap())).collect();
    definitions.insert(T::name().into_owned(), serde_json::to_value(T::schema()).unwrap());
    let mut schema = serde_json::to_value(Envelope::<T>::schema()).unwrap();
    schema["properties"]["type"] = json!({ "const": T::TYPE });
    schema["properties"]["version"] = json!({ "const": T::VERSION });
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!(format!("{}.v{}", T::TYPE, T::VERSION));
    schema["$defs"] = Value::Object(definitions);
    let text = serde_json::to_string(&schema).unwrap().replace("#/components/schemas/", "#/$defs/");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn schemas_are_those_of_the_types() {
    for_every_event(|event| {
        let text = serde_json::to_string_pretty(&event.schema).unwrap() + "\n";
        bless::check(&format!("{}.schema.json", event.path), &text);
    });
}

#[test]
fn examples_hold_to_their_schemas_and_survive_their_types() {
    for_every_event(|event| {
        let validator = jsonschema::validator_for(&event.schema).unwrap();
        let example = event.example();
        let errors: Vec<_> = validator.iter_errors(&example).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", event.name);
        assert_eq!((event.round_trip)(example.clone()), Ok(example), "{}", event.name);
    });
}

#[test]
fn schemas_refuse_what_the_types_refuse() {
    for_every_event(|event| {
        let validator = jsonschema::validator_for(&event.schema).unwrap();
        let required = event.schema["required"].as_array().unwrap().clone();
        for field in required {
            let mut example = event.example();
            example.as_object_mut().unwrap().remove(field.as_str().unwrap());
            assert!(!validator.is_valid(&example), "{} without {field} is accepted by the schema", event.name);
            assert!((event.round_trip)(example).is_err(), "{} without {field} is accepted by the type", event.name);
        }
        let data: Vec<String> = event.example()["data"].as_object().unwrap().keys().cloned().collect();
        for field in data {
            let mut example = event.example();
            example["data"].as_object_mut().unwrap().remove(&field);
            assert_eq!(
                validator.is_valid(&example),
                (event.round_trip)(example).is_ok(),
                "{} data.{field}",
                event.name
            );
        }
    });
}

#[test]
fn every_file_belongs_to_an_event() {
    let mut known = Vec::new();
    for_every_event(|event| known.push(event.path));
    for context in std::fs::read_dir(tests::root().join("events")).unwrap().map(Result::unwrap) {
        let folder = context.file_name().into_string().unwrap();
        if folder == "invoke" {
            continue;
        }
        for file in std::fs::read_dir(context.path()).unwrap().map(Result::unwrap) {
            let name = file.file_name().into_string().unwrap();
            let stem = name.trim_end_matches(".schema.json").trim_end_matches(".example.json");
            assert!(known.contains(&format!("events/{folder}/{stem}")), "no event for events/{folder}/{name}");
        }
    }
}
