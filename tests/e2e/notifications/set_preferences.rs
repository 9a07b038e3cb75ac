//! `PUT /v1/notifications/preferences`

use contracts::notifications::{Category, Channel};
use serde_json::{Value, json};
use tests::{Cloud, Reply, User, notification};

use super::support::{by, wrong_fields};

async fn put(cloud: &Cloud, user: &User, tag: Option<&str>, body: &Value) -> Reply {
    let call = by(cloud, user, "PUT", "/preferences").json(body);
    match tag {
        Some(tag) => call.header("if-match", tag).send().await,
        None => call.send().await,
    }
}

#[tokio::test]
async fn what_is_set_is_shown_and_what_is_left_out_is_as_usual() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let body = json!({
        "language": "de", "timeZone": "europe/berlin", "quietHours": { "from": "22:00", "to": "07:00" },
        "categories": { "activity": { "channels": ["email", "in_app", "email"], "digest": "daily" } },
    });
    let reply = put(&cloud, &user, Some("\"0\""), &body).await;
    assert_eq!(reply.header("etag"), "\"1\"");
    let set = reply.expect(200);
    assert_eq!((&set["language"], &set["timeZone"]), (&json!("de"), &json!("Europe/Berlin")));
    assert_eq!(set["quietHours"], json!({ "from": "22:00", "to": "07:00" }));
    let activity = json!({ "channels": ["in_app", "email"], "digest": "daily", "canChange": true });
    assert_eq!((&set["categories"]["activity"], set["categories"].as_object().unwrap().len()), (&activity, 6));
    let shown = by(&cloud, &user, "GET", "/preferences").send().await;
    assert_eq!((shown.header("etag"), &shown.body), ("\"1\"", &set));
    // The whole document: what is not in it any more is as usual again.
    let bare = put(&cloud, &user, None, &json!({ "language": "en", "timeZone": "UTC" })).await.expect(200);
    assert_eq!((&bare["quietHours"], &bare["categories"]["activity"]["digest"]), (&json!(null), &json!("immediate")));
}

#[tokio::test]
async fn a_category_that_is_turned_off_is_not_told_any_more() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let body = json!({ "language": "en", "timeZone": "UTC", "categories": { "activity": { "channels": [] } } });
    assert_eq!(put(&cloud, &user, None, &body).await.status, 200);
    let event = notification(&[user.user_id()], Category::Activity, None, "Water");
    cloud.publish(&event).await;
    let id = event.data.notification_id;
    let status = cloud.delivery(&user, id, Channel::InApp, &["suppressed", "sent"]).await;
    assert_eq!(status["reason"], "turned_off");
}

#[tokio::test]
async fn a_change_of_another_version_is_refused() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let body = |language: &str| json!({ "language": language, "timeZone": "UTC" });
    put(&cloud, &user, Some("\"1\""), &body("de")).await.expect_problem(412, "request.version_changed");
    assert_eq!(put(&cloud, &user, Some("\"0\""), &body("de")).await.header("etag"), "\"1\"");
    put(&cloud, &user, Some("\"0\""), &body("en")).await.expect_problem(412, "request.version_changed");
    // What says the same is no change.
    assert_eq!(put(&cloud, &user, Some("\"1\""), &body("de")).await.header("etag"), "\"1\"");
    assert_eq!(put(&cloud, &user, Some("\"1\""), &body("en")).await.header("etag"), "\"2\"");
}

#[tokio::test]
async fn all_wrong_fields_are_named_at_once() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let body = json!({
        "language": "xx", "timeZone": "Mars/Olympus", "quietHours": { "from": "25:00", "to": "7" },
        "categories": {
            "activity": { "channels": ["email", "pigeon"], "digest": "yearly" },
            "gossip": { "channels": [] },
            "security": { "channels": [] },
        },
    });
    let wrong = wrong_fields(&put(&cloud, &user, None, &body).await);
    let expected = [
        "language",
        "timeZone",
        "quietHours.from",
        "quietHours.to",
        "categories.activity.channels[1]",
        "categories.activity.digest",
        "categories.gossip",
        "categories.security",
    ];
    assert_eq!(wrong, expected);
    let base = json!({ "language": "en", "timeZone": "UTC" });
    for (field, value, wrong) in [
        ("quietHours", json!({ "from": "07:00", "to": "07:00" }), "quietHours.to"),
        ("quietHours", json!({ "from": "07:00" }), "quietHours.to"),
        ("userId", json!("x"), "userId"),
        ("categories", json!({ "activity": { "channels": [], "canChange": true } }), "categories.activity.canChange"),
    ] {
        let mut body = base.clone();
        body[field] = value;
        assert_eq!(wrong_fields(&put(&cloud, &user, None, &body).await), [wrong]);
    }
    let mut as_it_is = base;
    as_it_is["categories"] = json!({ "security": { "channels": ["push", "email", "in_app"] } });
    assert_eq!(put(&cloud, &user, None, &as_it_is).await.status, 200);
}
