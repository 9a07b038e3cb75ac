//! Failed messages come back after the visibility time-out of the template's queues, and so many times as the template says.

use std::time::Duration;

use serde_json::json;
use tests::{Cloud, inbox_item};

/// The consumer whose deliveries are counted; the event goes to others too.
const CONSUMER: &str = "realtime-push-notifications";
/// Of every queue that feeds a function with a time-out of 30 seconds: six times that.
const VISIBILITY_TIMEOUT: Duration = Duration::from_mins(3);
/// Receives before a message becomes a dead letter.
const MAX_RECEIVES: u32 = 10;

#[tokio::test]
async fn a_message_that_always_fails_is_a_dead_letter_after_ten_visibility_time_outs() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    // More often than all deliveries with all attempts of the SDK.
    cloud
        .inject(&json!({
            "service": "dynamodb", "error": "InternalServerError", "status": 500, "count": 1_000,
            "keyPrefix": format!("realtime#user#{}", user.id),
        }))
        .await;
    let event = inbox_item(&user, "Title");
    let before = cloud.skipped().await;
    cloud.publish(&event).await;
    let letter = cloud.take_dead_letter("realtime-dead-letters", &event.correlation_id).await;
    // SQS moves it, without a reason.
    assert_eq!(letter.reason, "");
    cloud.clear_faults().await;
    let of_event = |line: &&String| line.starts_with(CONSUMER) && line.contains(&event.correlation_id);
    let deliveries = cloud.log().iter().filter(of_event).count();
    assert_eq!(u32::try_from(deliveries), Ok(MAX_RECEIVES));
    let waited = cloud.skipped().await.checked_sub(before).unwrap();
    let expected = VISIBILITY_TIMEOUT * MAX_RECEIVES;
    // What the deliveries themselves took is not skipped.
    assert!(waited <= expected && waited > expected / 2, "{waited:?} of {expected:?}");
}

#[tokio::test]
async fn a_failed_message_is_delivered_again_after_one_visibility_time_out() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    cloud
        .inject(&json!({
            "service": "dynamodb", "error": "InternalServerError", "status": 500, "count": 3,
            "keyPrefix": format!("realtime#user#{}", user.id),
        }))
        .await;
    let event = inbox_item(&user, "Title");
    let before = cloud.skipped().await;
    cloud.publish(&event).await;
    let delivery = async |number: &str| {
        tests::eventually("a delivery", async || {
            let of_event = |line: &String| line.starts_with(CONSUMER) && line.contains(&event.correlation_id);
            cloud.log().iter().any(|line| of_event(line) && line.contains(number)).then_some(())
        })
        .await;
    };
    delivery("(delivery 1)").await;
    delivery("\"applied\"").await;
    let waited = cloud.skipped().await.checked_sub(before).unwrap();
    assert!(waited <= VISIBILITY_TIMEOUT && waited > VISIBILITY_TIMEOUT / 2, "{waited:?}");
    cloud.clear_faults().await;
}
