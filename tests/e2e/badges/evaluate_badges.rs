//! `badges-evaluate-badges` on `events.event_reported.v1`, `events.event_removed.v1`, `events.event_type_changed.v1`, `wallet.donation_completed.v1`

use contracts::wallet::{DonationCompleted, Funding, Recipient};
use serde_json::{Value, json};
use tests::{Cloud, User, eventually};
use types::{CurrencyCode, DonationId, Money, Uuid};

use super::support::{badge, create, design, envelope, kind, my, removed, reported, tell};

/// The notification of a badge in its earner's inbox.
async fn told(cloud: &Cloud, user: &User, badge: &Value) -> Value {
    let title = format!("You earned a badge: {}", badge["name"].as_str().unwrap());
    eventually("a notification", async || {
        let inbox = cloud.get("/v1/notifications").bearer(&user.access_token).send().await.expect(200);
        inbox["items"].as_array().unwrap().iter().find(|item| item["title"] == title).cloned()
    })
    .await
}

#[tokio::test]
async fn what_is_earned_is_published_and_its_earner_is_told() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let kind = kind(&cloud).await;
    let badge = badge(&cloud, kind, &[2]).await;
    let watch = cloud.watch("badges.badge_earned.v1").await;
    let (first, second) = (reported(&user, kind), reported(&user, kind));
    tell(&cloud, &first).await;
    assert_eq!(my(&cloud, &user, &badge).await["progress"], 1);
    tell(&cloud, &second).await;
    // Twice and once more: nothing is counted or given again.
    for event in [&first, &second] {
        let mut again = event.clone();
        again.correlation_id = Uuid::now_v7().to_string();
        tell(&cloud, &again).await;
    }
    let earned = eventually("the award on the bus", async || {
        watch.take().await.into_iter().find(|event| event["data"]["badgeId"] == badge["id"])
    })
    .await;
    assert_eq!(earned["data"]["userId"], json!(user.id));
    assert_eq!(earned["data"]["reward"], json!({ "amountMinor": 50, "currency": "POINTS" }));
    assert_eq!((&earned["correlationId"], &earned["causationId"]), (&json!(second.correlation_id), &json!(second.id)));
    let notification = told(&cloud, &user, &badge).await;
    assert_eq!((&notification["category"], &notification["link"]), (&json!("activity"), &json!("/badges")));
    assert!(notification["body"].as_str().unwrap().contains("50\u{a0}POINTS"), "{notification}");
    let shown = my(&cloud, &user, &badge).await;
    assert_eq!((&shown["progress"], shown["earned"].as_array().unwrap().len()), (&json!(2), 1));
    assert!(watch.take().await.iter().all(|event| event["data"]["badgeId"] != badge["id"]), "it was given twice");
}

#[tokio::test]
async fn an_event_that_was_removed_before_it_was_heard_counts_for_nothing() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let kind = kind(&cloud).await;
    let badge = badge(&cloud, kind, &[1]).await;
    let event = reported(&user, kind);
    tell(&cloud, &removed(&event)).await;
    tell(&cloud, &event).await;
    let shown = my(&cloud, &user, &badge).await;
    assert_eq!((&shown["progress"], &shown["earned"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn a_donation_counts_for_both_and_a_late_badge_counts_it_too() {
    let cloud = Cloud::connect().await;
    let (donor, friend) = (cloud.sign_up().await, cloud.sign_up().await);
    let donation = |amount_minor| {
        envelope(DonationCompleted {
            donation_id: DonationId::generate(),
            donor_id: donor.user_id(),
            recipient: Recipient::User(friend.user_id()),
            money: Money::new(amount_minor, CurrencyCode::parse("EUR").unwrap()),
            funding: Funding::Balance,
            beneficiary_id: Some(friend.user_id()),
        })
    };
    tell(&cloud, &donation(700)).await;
    let make = async |kind: &str| {
        let body = design(&json!({ "kind": kind, "currency": "EUR" }), &[1_000]);
        create(&cloud, &cloud.admin().await, &Uuid::now_v7().to_string(), &body).await.expect(201)
    };
    let (gives, gets) = (make("donated").await, make("received").await);
    tell(&cloud, &donation(300)).await;
    for (user, has, has_not) in [(&donor, &gives, &gets), (&friend, &gets, &gives)] {
        let shown = my(&cloud, user, has).await;
        assert_eq!((&shown["progress"], &shown["earned"][0]["tier"]), (&json!(1_000), &json!(1)));
        assert_eq!(my(&cloud, user, has_not).await["progress"], 0);
    }
}

#[tokio::test]
async fn a_poisoned_event_goes_to_the_dead_letters_and_stops_nobody() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let kind = kind(&cloud).await;
    let marker = Uuid::now_v7().to_string();
    let mut bad = envelope(DonationCompleted {
        donation_id: DonationId::generate(),
        donor_id: user.user_id(),
        recipient: Recipient::User(user.user_id()),
        money: Money::new(-5, CurrencyCode::parse("EUR").unwrap()),
        funding: Funding::Balance,
        beneficiary_id: None,
    });
    bad.correlation_id.clone_from(&marker);
    cloud.publish(&bad).await;
    tell(&cloud, &reported(&user, kind)).await;
    let dead = cloud.take_dead_letter("badges-dead-letters", &marker).await;
    assert_eq!(dead.reason, "the amount of the donation is not positive");
}
