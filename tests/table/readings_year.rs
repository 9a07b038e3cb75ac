//! The cost of readings: one value per minute of eight sensors, in batches of five minutes. `READINGS_DAYS=365` measures a year; by
//! default it is two days, which cost the same per day.

use jiff::{SignedDuration, Timestamp};
use kit::http::endpoint;
use serde_json::{Value, json};
use testkit::{Reply, request};
use tests::Cost;

use crate::identity_support::stage;
use crate::readings_support::{Device, Reef, counts};

const SENSORS: u32 = 8;
const MINUTES_PER_BATCH: i64 = 5;
const BATCHES_PER_DAY: i64 = 24 * 60 / MINUTES_PER_BATCH;
const MINUTES_PER_YEAR: f64 = 365.0 * 24.0 * 60.0;

/// Prices in USD per million, in us-east-1: units of on-demand tables, requests of an HTTP API and invocations.
const WRITE_UNIT: f64 = 0.625;
const READ_UNIT: f64 = 0.125;
const REQUEST: f64 = 1.0 + 0.2;
/// The event of an hour: the publisher, the bus, and one consumer with its queue (send, receive, delete).
const HOUR: f64 = 0.2 + 1.0 + 3.0 * 0.4 + 0.2;
const HOURS_PER_DAY: f64 = 24.0;
/// The most that a sensor may cost in a year, in USD.
const MAX_PER_SENSOR_YEAR: f64 = 0.06;
/// The most that the summaries of its hours may cost in a year, in USD.
const MAX_PUBLISHED_PER_SENSOR_YEAR: f64 = 0.01;

/// A temperature with a daily course and the steps of a common probe, in m°C.
fn temperature(sensor: usize, minute: i64) -> i64 {
    let minute_of_day = minute.rem_euclid(1_440);
    let swing = (minute_of_day - 720).abs();
    let noise = (minute * 7_919 + i64::try_from(sensor).unwrap() * 104_729).rem_euclid(5) - 2;
    24_000 + swing * 2 + noise * 62
}

fn batch(sensors: &[String], start: Timestamp, first: i64) -> Value {
    let samples = (first..first + MINUTES_PER_BATCH).flat_map(|minute| {
        let at = start + SignedDuration::from_mins(minute);
        sensors.iter().enumerate().map(move |(number, sensor)| {
            let value = temperature(number, minute);
            json!({ "sensorId": sensor, "at": at, "value": format!("{}.{:03}", value / 1_000, value % 1_000) })
        })
    });
    json!({ "samples": samples.collect::<Vec<_>>() })
}

async fn send(reef: &Reef, device: &Device, body: &Value) -> Reply {
    let endpoint = endpoint(aquariums::api::record_samples::record_samples, reef.consumer, stage());
    let headers = [("x-api-key", device.key.as_str())];
    endpoint.call(request("POST", "/v1/aquarium/readings", &headers, Some(body))).await.into()
}

#[tokio::test]
async fn minute_values_cost_at_most_six_cents_per_sensor_and_year() {
    let days: i64 = std::env::var("READINGS_DAYS").ok().and_then(|days| days.parse().ok()).unwrap_or(2);
    let mut reef = Reef::start().await;
    let (device, mut sensors) = (reef.device().await, Vec::new());
    for _ in 0..SENSORS {
        sensors.push(reef.sensor(Some(&device)).await);
    }
    let start = reef.clock.now();
    let (mut reads, mut writes, mut most_rounds, mut dearest) = (0.0, 0.0, 0, 0.0_f64);
    let (mut first_day, mut last_day, mut summarizing) = (None, None, 0);
    for number in 0..days * BATCHES_PER_DAY {
        reef.clock.advance(std::time::Duration::from_secs(60 * MINUTES_PER_BATCH.unsigned_abs()));
        let reply = send(&reef, &device, &batch(&sensors, start, number * MINUTES_PER_BATCH)).await;
        assert_eq!(counts(&reply), (u64::from(SENSORS) * MINUTES_PER_BATCH.unsigned_abs(), 0, 0));
        let cost = Cost::from(&reply);
        (reads, writes) = (reads + cost.read_units, writes + cost.write_units);
        (most_rounds, dearest) = (most_rounds.max(cost.rounds), dearest.max(cost.write_units));
        summarizing += i64::from(cost.rounds > 2);
        // The read of a full day costs the same after a day as after a year.
        if (number + 1) % BATCHES_PER_DAY == 0 {
            // An access token lasts for minutes of real time, in which even a slow machine writes the batches of a day.
            reef.sign_in_viewer().await;
            let to = reef.clock.now();
            let from = to - SignedDuration::from_hours(24);
            let series = reef.series(&format!("sensor={}&from={from}&to={to}&resolution=15m", sensors[0])).await;
            let values = series.body["points"].as_array().unwrap().iter().map(|point| point["count"].as_u64().unwrap());
            assert!(values.sum::<u64>() >= 1_440);
            last_day = Some(Cost::from(&series).read_units);
            first_day = first_day.or(last_day);
        }
    }
    let batches = f64::from(u32::try_from(days * BATCHES_PER_DAY).unwrap());
    let hours = f64::from(u32::try_from(days).unwrap()) * HOURS_PER_DAY;
    let minutes = batches * f64::from(u32::try_from(MINUTES_PER_BATCH).unwrap());
    let yearly = |millionths: f64| millionths / 1_000_000.0 / f64::from(SENSORS) * MINUTES_PER_YEAR / minutes;
    let per_sensor_year = yearly(writes * WRITE_UNIT + reads * READ_UNIT + batches * REQUEST);
    let published = yearly(hours * HOUR);
    println!(
        "{days} days: {per_sensor_year:.4} USD per sensor and year, and {published:.4} for what is published each hour; per batch {:.2} write and {:.2} read units, at most {dearest:.0} write units and {most_rounds} round trips; a day of quarters {last_day:?} read units (at first {first_day:?})",
        writes / batches,
        reads / batches
    );
    assert!(per_sensor_year <= MAX_PER_SENSOR_YEAR, "{per_sensor_year}");
    assert!(published <= MAX_PUBLISHED_PER_SENSOR_YEAR, "{published}");
    // One batch of each day summarizes the day before.
    assert_eq!((summarizing, most_rounds), (days, 5));
    let (first_day, last_day) = first_day.zip(last_day).unwrap();
    assert!(last_day <= first_day * 1.2 + 2.0, "{first_day} {last_day}");
}
