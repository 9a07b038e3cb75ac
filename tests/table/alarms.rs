//! Alarms of aquariums: rules, episodes, notifications and quiet times, through the handlers.

use std::collections::BTreeSet;

use contracts::aquariums::AlarmChanged;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::alarms_support::Tank;
use crate::readings_support::{Person, Reef, counts, refusal};

fn entered(value: &str, unit: &str) -> Value {
    json!({ "value": value, "unit": unit })
}

#[tokio::test]
async fn viewers_read_keepers_change_and_strangers_find_nothing() {
    let tank = Tank::start().await;
    let reef = &tank.reef;
    let rule = tank.rule("28", "0.5", "celsius").await;
    tank.wait(1);
    tank.send("29").await;
    let alarm = tank.alarms("open").await[0]["id"].as_str().unwrap().to_owned();
    let of_rule = format!("alarm-rules/{rule}");
    let (of_alarm, acknowledgement) = (format!("alarms/{alarm}"), format!("alarms/{alarm}/acknowledgement"));
    let body = json!({
        "name": "Too cold", "sensorIds": [tank.sensor], "condition": "below",
        "limit": entered("24", "celsius"), "band": entered("0.5", "celsius"),
    });
    let (change, quiet) = (json!({ "forSeconds": 60 }), json!({ "daily": [{ "from": "08:00", "to": "08:15" }] }));
    for path in ["alarm-rules", of_rule.as_str(), "alarms", "alarms?state=open", of_alarm.as_str(), "quiet"] {
        for person in [&reef.owner, &reef.keeper, &reef.viewer] {
            let reply = reef.call(person, "GET", path, None).await;
            assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        }
        let reply = reef.call(&reef.stranger, "GET", path, None).await;
        assert_eq!(refusal(&reply), (404, "aquariums.no_such_aquarium"), "{path}");
        assert_eq!(refusal(&reef.send("GET", path, &[], None).await), (401, "auth.token_missing"), "{path}");
    }
    let changes = [
        ("POST", "alarm-rules", Some(&body), 201),
        ("POST", acknowledgement.as_str(), None, 200),
        ("PUT", "quiet", Some(&quiet), 200),
        ("DELETE", "quiet", None, 204),
        ("PATCH", of_rule.as_str(), Some(&change), 200),
        ("DELETE", of_rule.as_str(), None, 204),
    ];
    for (method, path, body, status) in changes {
        let tag = if method == "DELETE" { "\"2\"" } else { "\"1\"" };
        let call = async |person: &Person| {
            if path.starts_with("alarm-rules/") {
                tank.call_if(person, method, path, tag, body).await
            } else {
                reef.call(person, method, path, body).await
            }
        };
        assert_eq!(refusal(&call(&reef.stranger).await), (404, "aquariums.no_such_aquarium"), "{method} {path}");
        assert_eq!(refusal(&call(&reef.viewer).await), (403, "aquariums.role_too_low"), "{method} {path}");
        assert_eq!(refusal(&reef.send(method, path, &[], body).await), (401, "auth.token_missing"), "{method} {path}");
        let reply = call(&reef.keeper).await;
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.body);
    }
}

/// reef-pi/reef-pi#1367, reef-pi/reef-pi#1838.
#[tokio::test]
async fn a_rule_shows_what_was_entered_and_its_band_is_a_difference() {
    let tank = Tank::start().await;
    let rule = tank.rule("82.0", "2", "fahrenheit").await;
    let shown = tank.reef.call(&tank.reef.viewer, "GET", &format!("alarm-rules/{rule}"), None).await;
    assert_eq!(shown.body["limit"], entered("82.0", "fahrenheit"));
    assert_eq!(shown.body["band"], entered("2", "fahrenheit"));
    tank.wait(1);
    // 82 °F are 27.778 °C, and the band ends at 26.667 °C.
    tank.send("27.8").await;
    assert_eq!(tank.alarms("open").await.len(), 1);
    for _ in 0..11 {
        tank.wait(1);
        tank.send("26.7").await;
    }
    assert_eq!(tank.alarms("open").await.len(), 1, "26.7 °C is within the band");
    for _ in 0..11 {
        tank.wait(1);
        tank.send("26.6").await;
    }
    assert_eq!(tank.alarms("open").await.len(), 0);
    let alarm = tank.alarms("all").await.remove(0);
    assert_eq!(
        (&alarm["status"], &alarm["extreme"], &alarm["unit"]),
        (&json!("ended"), &json!("82.040"), &json!("fahrenheit"))
    );
}

/// canonical/hardware-observer-operator#146, homeassistant-ai/skills#97, grafana/grafana#105571.
#[tokio::test]
async fn members_are_notified_once_of_a_beginning_and_once_of_an_end() {
    let tank = Tank::start().await;
    let (reef, rule) = (&tank.reef, tank.rule("28", "0.5", "celsius").await);
    for minute in 0..30 {
        tank.wait(1);
        tank.send(if minute % 2 == 0 { "27.9" } else { "28.1" }).await;
    }
    // A gap of an hour.
    tank.wait(60);
    tank.send("28.1").await;
    let began = tank.notices("water_alarm").await;
    assert_eq!((began.len(), tank.notices("water_alarm_ended").await.len()), (1, 0));
    let recipients: BTreeSet<_> = began[0]["recipients"].as_array().unwrap().iter().map(ToString::to_string).collect();
    let members = [&reef.owner, &reef.keeper, &reef.viewer].map(|person| json!(person.id).to_string());
    assert_eq!(recipients, members.into());
    let data = &began[0]["message"]["data"];
    assert_eq!(
        (&data["alarm"], &data["value"], &data["cause"]),
        (&json!("Too high"), &json!("28.1 °C"), &json!("limit"))
    );
    for _ in 0..11 {
        tank.wait(1);
        tank.send("27.4").await;
    }
    assert_eq!((tank.notices("water_alarm").await.len(), tank.notices("water_alarm_ended").await.len()), (1, 1));
    let events = tank.told::<AlarmChanged>().await;
    let states: BTreeSet<_> = events.iter().map(|event| event["status"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["ended".to_owned(), "open".to_owned()].into());
    assert!(events.iter().all(|event| event["ruleId"] == rule.as_str() && event["parameter"] == "temperature"));
}

/// adafruit/Adafruit_Wippersnapper_Arduino#991, reef-pi/reef-pi#1467.
#[tokio::test]
async fn a_power_on_value_notifies_nobody_and_three_are_a_fault_of_the_probe() {
    let tank = Tank::start().await;
    let body = json!({
        "name": "Too cold", "sensorIds": [tank.sensor], "condition": "below",
        "limit": entered("24", "celsius"), "band": entered("0.5", "celsius"),
    });
    tank.reef.call(&tank.reef.keeper, "POST", "alarm-rules", Some(&body)).await;
    tank.rule("28", "0.5", "celsius").await;
    for value in ["25.1", "85.0", "25.1", "-1", "0", "25.1"] {
        tank.wait(1);
        tank.send(value).await;
    }
    assert!(tank.alarms("all").await.is_empty());
    for value in ["85.0", "-127", "-1"] {
        tank.wait(1);
        tank.send(value).await;
    }
    let alarms = tank.alarms("open").await;
    assert_eq!((alarms.len(), &alarms[0]["cause"], &alarms[0]["extreme"]), (1, &json!("probe_fault"), &Value::Null));
    assert_eq!(alarms[0]["name"], "T");
    assert_eq!(tank.notices("water_alarm").await.len(), 1);
}

#[tokio::test]
async fn a_removed_member_is_notified_of_nothing_and_can_do_nothing() {
    let tank = Tank::start().await;
    let (reef, rule) = (&tank.reef, tank.rule("28", "0.5", "celsius").await);
    tank.remove(reef.keeper.id).await;
    tank.wait(1);
    tank.send("29").await;
    tank.wait(61);
    tank.sweep().await;
    for template in ["water_alarm", "water_alarm_reminder"] {
        let notices = tank.notices(template).await;
        assert_eq!(notices.len(), 1, "{template}");
        assert_eq!(notices[0]["recipients"], json!([reef.owner.id, reef.viewer.id]), "{template}");
    }
    let alarm = tank.alarms("open").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("alarms/{alarm}/acknowledgement");
    let reply = reef.call(&reef.keeper, "POST", &path, None).await;
    assert_eq!(refusal(&reply), (404, "aquariums.no_such_aquarium"));
    let reply = tank.call_if(&reef.keeper, "DELETE", &format!("alarm-rules/{rule}"), "\"1\"", None).await;
    assert_eq!(refusal(&reply), (404, "aquariums.no_such_aquarium"));
}

#[tokio::test]
async fn an_acknowledgement_ends_reminders_and_is_idempotent() {
    let tank = Tank::start().await;
    let reef = &tank.reef;
    tank.rule("28", "0.5", "celsius").await;
    tank.wait(1);
    tank.send("29").await;
    for _ in 0..2 {
        tank.wait(60);
        tank.send("29").await;
        // Two runs at the same time send one reminder.
        futures::join!(tank.sweep(), tank.sweep());
    }
    assert_eq!(tank.notices("water_alarm_reminder").await.len(), 2);
    let alarm = tank.alarms("open").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("alarms/{alarm}/acknowledgement");
    let first = reef.call(&reef.keeper, "POST", &path, None).await;
    tank.wait(1);
    let again = reef.call(&reef.owner, "POST", &path, None).await;
    assert_eq!((first.status, &again.body), (200, &first.body));
    assert!(first.body["acknowledgedAt"].is_string());
    tank.wait(120);
    tank.send("29").await;
    tank.sweep().await;
    assert_eq!(tank.notices("water_alarm_reminder").await.len(), 2);
    let unknown = reef.call(&reef.keeper, "POST", &format!("alarms/{}/acknowledgement", reef.aquarium), None).await;
    assert_eq!(refusal(&unknown), (404, "aquariums.no_such_alarm_episode"));
}

#[tokio::test]
async fn there_are_at_most_six_reminders() {
    let tank = Tank::start().await;
    tank.rule("28", "0.5", "celsius").await;
    tank.wait(1);
    tank.send("29").await;
    for _ in 0..100 {
        tank.wait(5);
        tank.send("29").await;
        tank.sweep().await;
    }
    assert_eq!(tank.notices("water_alarm_reminder").await.len(), 6);
}

#[tokio::test]
async fn concurrent_batches_in_any_order_lead_to_the_same_alarms() {
    let values = ["27.0", "28.4", "28.4", "27.0", "28.6", "28.6", "27.2", "27.1", "27.0", "27.0", "27.0", "27.0"];
    let mut outcomes = BTreeSet::new();
    for order in 0..3_usize {
        let reef = Reef::start_with_conflicts().await;
        let device = reef.device().await;
        let sensor = reef.sensor(Some(&device)).await;
        let tank = Tank { reef, device, sensor };
        tank.rule("28", "0.5", "celsius").await;
        let start = tank.reef.clock.now();
        tank.wait(15);
        let mut minutes: Vec<_> = (1..).zip(values).collect();
        minutes.rotate_left(order * 5);
        if order == 2 {
            minutes.reverse();
        }
        let batches = minutes.chunks(3).map(|batch| tank.send_all(start, batch));
        for reply in join_all(batches).await {
            assert_eq!(counts(&reply), (3, 0, 0));
        }
        let times = |alarm: &Value| {
            let seconds = |name: &str| {
                let at: Timestamp = alarm[name].as_str()?.parse().ok()?;
                Some(at.duration_since(start).as_secs())
            };
            (seconds("firstAt"), seconds("firedAt"), seconds("endedAt"))
        };
        let alarms = tank.alarms("all").await;
        let took_place = alarms.iter().filter(|alarm| alarm["status"] != "withdrawn");
        outcomes.insert(took_place.map(times).collect::<Vec<_>>());
    }
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
}

#[tokio::test]
async fn quiet_times_suspend_rules_and_reminders() {
    let tank = Tank::start().await;
    let reef = &tank.reef;
    tank.rule("28", "0.5", "celsius").await;
    let until = reef.clock.now() + SignedDuration::from_hours(2);
    let body = json!({ "until": until });
    let set = reef.call(&reef.keeper, "PUT", "quiet", Some(&body)).await;
    assert_eq!((set.status, &set.body["daily"]), (200, &json!([])), "{}", set.body);
    assert_eq!(reef.call(&reef.keeper, "PUT", "quiet", Some(&body)).await.body, set.body);
    tank.wait(5);
    tank.send("29").await;
    assert!(tank.alarms("all").await.is_empty());
    // A device that is added meanwhile is quiet too.
    let other = reef.device().await;
    let sensor = reef.sensor(Some(&other)).await;
    let body = json!({
        "name": "Too high", "sensorIds": [sensor], "condition": "above",
        "limit": entered("28", "celsius"), "band": entered("0.5", "celsius"),
    });
    assert_eq!(reef.call(&reef.keeper, "POST", "alarm-rules", Some(&body)).await.status, 201);
    tank.wait(1);
    reef.record(&other.key, &[(sensor.as_str(), reef.clock.now(), "29")]).await;
    assert!(tank.alarms("all").await.is_empty());
    // A sample of the second in which the quiet time ends is after it.
    tank.wait(1);
    assert_eq!(reef.call(&reef.keeper, "DELETE", "quiet", None).await.status, 204);
    assert_eq!(reef.call(&reef.viewer, "GET", "quiet", None).await.body["until"], Value::Null);
    tank.wait(1);
    tank.send("29").await;
    assert_eq!(tank.alarms("open").await.len(), 1);
    tank.wait(60);
    tank.send("29").await;
    let until = reef.clock.now() + SignedDuration::from_mins(30);
    reef.call(&reef.keeper, "PUT", "quiet", Some(&json!({ "until": until }))).await;
    tank.sweep().await;
    assert_eq!(tank.notices("water_alarm_reminder").await.len(), 0);
    tank.wait(31);
    tank.sweep().await;
    assert_eq!(tank.notices("water_alarm_reminder").await.len(), 1);
    for wrong in [json!({ "until": reef.clock.now() }), json!({ "daily": [{ "from": "8", "to": "09:00" }] })] {
        assert_eq!(refusal(&reef.call(&reef.keeper, "PUT", "quiet", Some(&wrong)).await), (422, "request.invalid"));
    }
}

/// The quiet times of the day begin at 12:00, and the clock is at 12:00:30.
#[tokio::test]
async fn a_change_of_daily_quiet_times_raises_no_alarm_of_the_time_before() {
    let until = json!({ "until": "2026-11-29T13:00:00Z" });
    for (method, body) in [("PUT", Some(&until)), ("DELETE", None)] {
        let tank = Tank::start().await;
        let reef = &tank.reef;
        let daily = json!({ "daily": [{ "from": "12:00", "to": "12:30" }] });
        assert_eq!(reef.call(&reef.keeper, "PUT", "quiet", Some(&daily)).await.status, 200);
        tank.rule("28", "0.5", "celsius").await;
        for _ in 0..20 {
            tank.wait(1);
            tank.send("29").await;
        }
        tank.wait(1);
        let reply = reef.call(&reef.keeper, method, "quiet", body).await;
        assert!([200, 204].contains(&reply.status), "{method}: {}", reply.body);
        assert!(tank.alarms("all").await.is_empty(), "{method}");
        tank.send("29").await;
        assert_eq!(tank.alarms("open").await.len(), usize::from(method == "DELETE"), "{method}");
    }
}

#[tokio::test]
async fn rules_and_quiet_times_are_changed_a_bounded_number_of_times_per_day() {
    let tank = Tank::start().await;
    let (reef, rule) = (&tank.reef, tank.rule("28", "0.5", "celsius").await);
    let path = format!("alarm-rules/{rule}");
    let max = aquariums::domain::limits::ALARM_SETUP.max();
    for number in 1..max {
        let body = json!({ "forSeconds": number });
        let reply = tank.call_if(&reef.keeper, "PATCH", &path, &format!("\"{number}\""), Some(&body)).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
    let tag = format!("\"{max}\"");
    let reply = tank.call_if(&reef.keeper, "PATCH", &path, &tag, Some(&json!({ "forSeconds": 0 }))).await;
    assert_eq!(refusal(&reply), (429, "request.limit_exceeded"));
    let quiet = json!({ "until": reef.clock.now() + SignedDuration::from_mins(30) });
    let reply = reef.call(&reef.keeper, "PUT", "quiet", Some(&quiet)).await;
    assert_eq!(refusal(&reply), (429, "request.limit_exceeded"));
    // Another keeper, and a request that changes nothing.
    assert_eq!(reef.call(&reef.keeper, "DELETE", "quiet", None).await.status, 204);
    assert_eq!(reef.call(&reef.owner, "PUT", "quiet", Some(&quiet)).await.status, 200);
}

/// A contact that is loose: three bad samples, three good ones.
#[tokio::test]
async fn a_probe_with_a_loose_contact_is_reported_once_as_unsettled() {
    let tank = Tank::start().await;
    for minute in 0..60 {
        tank.wait(1);
        tank.send(if minute % 6 < 3 { "85.0" } else { "25.1" }).await;
    }
    assert_eq!(tank.notices("water_alarm").await.len(), 4);
    let unsettled = tank.notices("water_alarm_unsettled").await;
    assert_eq!(unsettled.len(), 1);
    assert_eq!(unsettled[0]["message"]["data"]["sensor_id"], tank.sensor.as_str());
}

#[tokio::test]
async fn an_alarm_ends_with_its_rule_its_sensor_or_its_device() {
    for what in ["rule", "changed rule", "sensor", "device"] {
        let tank = Tank::start().await;
        let (reef, rule) = (&tank.reef, tank.rule("28", "0.5", "celsius").await);
        tank.wait(1);
        tank.send("29").await;
        assert_eq!(tank.alarms("open").await.len(), 1, "{what}");
        tank.wait(1);
        let path = format!("alarm-rules/{rule}");
        let reply = match what {
            "rule" => tank.call_if(&reef.keeper, "DELETE", &path, "\"1\"", None).await,
            "changed rule" => {
                let body = json!({ "limit": entered("30", "celsius") });
                tank.call_if(&reef.keeper, "PATCH", &path, "\"1\"", Some(&body)).await
            }
            "sensor" => reef.call(&reef.keeper, "DELETE", &format!("sensors/{}", tank.sensor), None).await,
            _ => reef.call(&reef.keeper, "DELETE", &format!("devices/{}", tank.device.id), None).await,
        };
        assert!([200, 204].contains(&reply.status), "{what}: {}", reply.body);
        assert!(tank.alarms("open").await.is_empty(), "{what}");
        let alarms = tank.alarms("all").await;
        assert_eq!((alarms.len(), &alarms[0]["status"]), (1, &json!("ended")), "{what}");
        let ended = tank.notices("water_alarm_ended").await;
        assert_eq!((ended.len(), &ended[0]["message"]["data"]["end_cause"]), (1, &json!("setup_changed")), "{what}");
        let left = reef.call(&reef.viewer, "GET", "alarm-rules", None).await;
        let expected = usize::from(what == "changed rule");
        assert_eq!(left.body["items"].as_array().unwrap().len(), expected, "{what}");
        let outdated = tank.call_if(&reef.keeper, "PATCH", &path, "\"1\"", Some(&json!({ "forSeconds": 1 }))).await;
        assert!([412, 404].contains(&outdated.status), "{what}: {}", outdated.body);
    }
}

#[tokio::test]
async fn a_batch_with_more_alarms_than_a_transaction_has_room_for_is_written_in_parts() {
    let tank = Tank::of("level", "mm").await;
    let body = json!({
        "name": "Too high", "sensorIds": [tank.sensor], "condition": "above",
        "limit": entered("100", "mm"), "band": entered("10", "mm"), "clearForSeconds": 300,
    });
    assert_eq!(tank.reef.call(&tank.reef.keeper, "POST", "alarm-rules", Some(&body)).await.status, 201);
    let start = tank.reef.clock.now();
    tank.wait(8 * 60);
    // Each is an episode of six minutes.
    let samples: Vec<_> =
        (0..60).flat_map(|number| [(number * 7 + 1, "200"), (number * 7 + 2, "50"), (number * 7 + 7, "50")]).collect();
    let reply = tank.send_all(start, &samples).await;
    assert_eq!(counts(&reply), (180, 0, 0));
    assert_eq!(tank.alarms("all").await.len(), 60);
    assert!(tank.alarms("open").await.is_empty());
    assert_eq!(counts(&tank.send_all(start, &samples).await), (0, 180, 0));
    // More than four episodes within a day are reported once, and not one by one.
    assert_eq!(tank.notices("water_alarm").await.len(), 4);
    assert_eq!(tank.notices("water_alarm_unsettled").await.len(), 1);
}

#[tokio::test]
async fn a_device_has_at_most_twelve_rules_and_a_repeated_request_creates_no_second_one() {
    let tank = Tank::start().await;
    let reef = &tank.reef;
    let authorization = reef.keeper.authorization();
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", "k")];
    let body = json!({
        "name": "Rises", "sensorIds": [tank.sensor], "condition": "rises_above", "limit": entered("28", "celsius"),
        "withinMinutes": 120, "spanHours": 12,
    });
    let first = reef.send("POST", "alarm-rules", &headers, Some(&body)).await;
    let again = reef.send("POST", "alarm-rules", &headers, Some(&body)).await;
    assert_eq!((first.status, again.status, &again.body), (201, 201, &first.body));
    let mut other = body.clone();
    other["name"] = json!("Other");
    let reused = reef.send("POST", "alarm-rules", &headers, Some(&other)).await;
    assert_eq!(refusal(&reused), (422, "request.idempotency_key_reused"));
    for _ in 0..3 {
        assert_eq!(reef.call(&reef.keeper, "POST", "alarm-rules", Some(&body)).await.status, 201);
    }
    let fifth = reef.call(&reef.keeper, "POST", "alarm-rules", Some(&body)).await;
    assert_eq!(refusal(&fifth), (409, "aquariums.too_many_trends"));
    for _ in 0..8 {
        tank.rule("28", "0.5", "celsius").await;
    }
    let mut limit = body.clone();
    limit["condition"] = json!("above");
    limit["band"] = entered("1", "celsius");
    limit.as_object_mut().unwrap().retain(|name, _| !["withinMinutes", "spanHours"].contains(&name.as_str()));
    let thirteenth = reef.call(&reef.keeper, "POST", "alarm-rules", Some(&limit)).await;
    assert_eq!(refusal(&thirteenth), (409, "aquariums.too_many_alarm_rules"));
    let by_hand = reef.sensor(None).await;
    for sensors in [json!([by_hand]), json!([reef.aquarium]), json!([tank.sensor, tank.sensor])] {
        limit["sensorIds"] = sensors;
        let reply = reef.call(&reef.keeper, "POST", "alarm-rules", Some(&limit)).await;
        assert_eq!(
            (refusal(&reply), &reply.body["errors"][0]["field"]),
            ((422, "request.invalid"), &json!("sensorIds"))
        );
    }
}
