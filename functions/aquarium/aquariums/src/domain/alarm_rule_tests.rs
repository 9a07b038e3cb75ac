use types::Uuid;

use super::*;
use crate::domain::access::Access;

fn entered(value: &str, unit: Unit) -> Entered {
    Entered { value: Decimal::parse(value).unwrap(), unit }
}

fn above(limit: Entered, band: Entered) -> Settings {
    Settings {
        kind: ConditionKind::Above,
        limit,
        band: Some(band),
        for_s: 0,
        clear_for_s: 600,
        votes: None,
        within_minutes: None,
        span_hours: None,
    }
}

fn rule(parameter: Parameter, settings: Settings, sensors: u128) -> Result<AlarmRule, SettingsError> {
    let owner = UserId::new(Uuid::from_u128(1));
    let scope = Access::new(AquariumId::new(Uuid::from_u128(2)), owner).scope(owner).unwrap();
    let ids = (0..sensors).map(|number| SensorId::new(Uuid::from_u128(number))).collect();
    let device = DeviceId::new(Uuid::from_u128(3));
    let name = Label::parse("Too warm").unwrap();
    let id = AlarmRuleId::new(Uuid::from_u128(4));
    AlarmRule::new(&scope, id, (device, parameter), (name, ids, settings), Timestamp::UNIX_EPOCH)
}

fn refused(parameter: Parameter, settings: Settings, sensors: u128) -> &'static str {
    rule(parameter, settings, sensors).unwrap_err().field()
}

/// esphome/esphome#14268, reef-pi/reef-pi#1367.
#[test]
fn a_band_of_two_fahrenheit_is_a_difference() {
    let settings = above(entered("82", Unit::Fahrenheit), entered("2", Unit::Fahrenheit));
    let stored = rule(Parameter::Temperature, settings, 1).unwrap().rule().unwrap();
    let band = Band::new(1_111).unwrap();
    assert_eq!(stored.condition, Condition::Above { limit: 27_778, band });
    assert_eq!(displayed(Parameter::Temperature, 1_111, Unit::Fahrenheit, true).unwrap().to_string(), "2.000");
    assert_eq!(displayed(Parameter::Temperature, 25_000, Unit::Fahrenheit, false).unwrap().to_string(), "77.000");
}

#[test]
fn each_wrong_setting_is_named() {
    let (limit, band) = (entered("28", Unit::Celsius), entered("0.5", Unit::Celsius));
    let good = above(limit, band);
    let temperature = Parameter::Temperature;
    assert_eq!(refused(temperature, Settings { band: None, ..good }, 1), "band");
    assert_eq!(refused(temperature, Settings { band: Some(entered("0", Unit::Celsius)), ..good }, 1), "band");
    assert_eq!(refused(temperature, Settings { band: Some(entered("1", Unit::Ph)), ..good }, 1), "band");
    assert_eq!(refused(temperature, Settings { limit: entered("9", Unit::Ph), ..good }, 1), "limit");
    assert_eq!(refused(temperature, Settings { clear_for_s: 299, ..good }, 1), "clearForSeconds");
    assert_eq!(refused(temperature, Settings { clear_for_s: 86_401, ..good }, 1), "clearForSeconds");
    assert_eq!(refused(temperature, Settings { for_s: 86_401, ..good }, 1), "forSeconds");
    assert_eq!(refused(temperature, Settings { span_hours: Some(6), ..good }, 1), "spanHours");
    assert_eq!(refused(temperature, Settings { votes: Some(Votes { beyond: 3, of: 2 }), ..good }, 1), "votes");
    assert_eq!(refused(temperature, good, 0), "sensorIds");
    assert_eq!(refused(temperature, good, 9), "sensorIds");
    let trend = Settings { kind: ConditionKind::RisesAbove, ..good };
    assert_eq!(refused(temperature, trend, 1), "band");
    let trend = Settings { band: None, ..trend };
    assert_eq!(refused(temperature, trend, 1), "withinMinutes");
    let trend = Settings { within_minutes: Some(120), span_hours: Some(12), ..trend };
    assert!(rule(temperature, trend, 1).is_ok());
    assert_eq!(refused(temperature, Settings { span_hours: Some(25), ..trend }, 1), "withinMinutes");
    let gravity = above(entered("1.026", Unit::Sg), entered("0.001", Unit::Sg));
    assert_eq!(refused(Parameter::Salinity, gravity, 1), "band");
    let pair = Settings { kind: ConditionKind::Disagree, limit: entered("1", Unit::Celsius), ..good };
    assert_eq!(refused(temperature, pair, 3), "sensorIds");
    assert!(rule(temperature, pair, 2).is_ok());
}

#[test]
fn a_message_continues_the_name_of_its_field() {
    let (limit, band) = (entered("28", Unit::Celsius), entered("0.5", Unit::Celsius));
    let good = above(limit, band);
    let trend = Settings { kind: ConditionKind::RisesAbove, band: None, within_minutes: Some(1), ..good };
    let wrong = [
        Settings { band: Some(entered("0", Unit::Celsius)), ..good },
        Settings { limit: entered("300", Unit::Celsius), ..good },
        Settings { for_s: 86_401, ..good },
        Settings { clear_for_s: 86_401, ..good },
        Settings { votes: Some(Votes { beyond: 3, of: 2 }), ..good },
        Settings { span_hours: Some(12), ..trend },
    ];
    let one_sensor = wrong.map(|settings| rule(Parameter::Temperature, settings, 1));
    let no_sensor = rule(Parameter::Temperature, good, 0);
    for refused in one_sensor.into_iter().chain([no_sensor]) {
        let message = refused.unwrap_err().to_string();
        assert!(message.starts_with("must be ") || message.starts_with("is "), "{message}");
    }
}

#[test]
fn another_name_leaves_a_rule_and_other_settings_begin_it_anew() {
    let settings = above(entered("28", Unit::Celsius), entered("0.5", Unit::Celsius));
    let rule = rule(Parameter::Temperature, settings, 2).unwrap();
    assert_eq!(rule.changed(None, settings, Timestamp::UNIX_EPOCH), Ok(None));
    let renamed = rule.changed(Some(Label::parse("Hot").unwrap()), settings, Timestamp::UNIX_EPOCH);
    assert_eq!(renamed.unwrap().unwrap().since, rule.since);
    let other = Settings { for_s: 60, ..settings };
    let changed = rule.changed(None, other, Timestamp::UNIX_EPOCH).unwrap().unwrap();
    assert_eq!(changed.since, rule.since + 1);
}

#[test]
fn a_rule_ends_with_its_last_sensor() {
    let settings = above(entered("28", Unit::Celsius), entered("0.5", Unit::Celsius));
    let sensor = |number| SensorId::new(Uuid::from_u128(number));
    let rule = rule(Parameter::Temperature, settings, 2).unwrap();
    let rest = rule.without_sensor(sensor(0)).unwrap();
    assert_eq!(rest.sensors, [sensor(1)]);
    assert_eq!(rest.without_sensor(sensor(1)), None);
    let pair = Settings { kind: ConditionKind::Disagree, limit: entered("1", Unit::Celsius), ..settings };
    assert_eq!(AlarmRule { settings: pair, ..rule }.without_sensor(sensor(0)), None);
}
