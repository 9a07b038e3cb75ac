//! Preferences with several who change them, and of those who are gone.

use contracts::notifications::{Category, Channel};
use futures::future::join_all;
use jiff::Timestamp;
use notifications::unsubscribe::sign;
use serde_json::json;
use types::UserId;

use crate::identity_support::Deployment;
use crate::notifications_support::{Desk, somebody, somebody_verified};

const MAILED: [Category; 5] =
    [Category::Account, Category::Messages, Category::Activity, Category::Reminders, Category::Marketing];

async fn unsubscribe(desk: &Desk, user_id: UserId, category: Category) -> u16 {
    let token = sign(&desk.link_key, user_id, category);
    desk.call("unsubscribe", &[], &format!("?token={token}"), None, None).await.status
}

fn everything_by_mail() -> serde_json::Value {
    let choice = json!({ "channels": ["email", "in_app"], "digest": "daily" });
    let categories: serde_json::Map<_, _> =
        MAILED.iter().map(|category| (json!(category).as_str().unwrap().to_owned(), choice.clone())).collect();
    json!({ "language": "de", "timeZone": "Europe/Berlin", "quietHours": null, "categories": categories })
}

#[tokio::test]
async fn no_unsubscription_is_lost_where_many_come_at_once() {
    let deployment = Deployment::start().await;
    let person = somebody(&deployment, 1).await;
    let desk = Desk::beside(&deployment);
    assert_eq!(desk.by(&person, "set_preferences", None, Some(&everything_by_mail())).await.status, 200);
    let twice = [MAILED, MAILED].concat();
    let statuses = join_all(twice.into_iter().map(|category| unsubscribe(&desk, person.id, category))).await;
    assert!(statuses.iter().all(|status| *status == 204), "{statuses:?}");
    let preferences = desk.store.preferences(person.id).await.unwrap().unwrap().value;
    for category in MAILED {
        assert!(!preferences.allow(category, Channel::Email) && preferences.allow(category, Channel::InApp));
    }
    // Security cannot be unsubscribed from: such a token is no token.
    let token = sign(&desk.link_key, person.id, Category::Security);
    let refused = desk.call("unsubscribe", &[], &format!("?token={token}"), None, None).await;
    assert_eq!((refused.status, &refused.body["code"]), (400, &json!("notifications.unsubscribe_token_invalid")));
}

#[tokio::test]
async fn of_many_changes_of_one_version_one_counts() {
    let deployment = Deployment::start().await;
    let person = somebody(&deployment, 1).await;
    let desk = Desk::beside(&deployment);
    let bearer = format!("Bearer {}", person.token);
    for version in 0..3 {
        let tag = format!("\"{version}\"");
        let headers = [("authorization", bearer.as_str()), ("if-match", tag.as_str())];
        let bodies: Vec<_> = (0..20)
            .map(|hour| {
                let from = format!("{hour:02}:0{version}");
                json!({ "language": "en", "timeZone": "UTC", "quietHours": { "from": from, "to": "23:00" }, "categories": {} })
            })
            .collect();
        let replies =
            join_all(bodies.iter().map(|body| desk.call("set_preferences", &headers, "", None, Some(body)))).await;
        let count = |status| replies.iter().filter(|reply| reply.status == status).count();
        assert_eq!((count(200), count(412)), (1, 19));
    }
}

#[tokio::test]
async fn whoever_is_forgotten_is_not_brought_back() {
    let deployment = Deployment::start().await;
    let person = somebody_verified(&deployment, 1).await;
    let desk = Desk::beside(&deployment);
    desk.store.forget(person.id, Timestamp::now()).await.unwrap();
    let set = desk.by(&person, "set_preferences", None, Some(&everything_by_mail())).await;
    assert_eq!((set.status, &set.body["code"]), (404, &json!("notifications.no_such_user")));
    assert_eq!(unsubscribe(&desk, person.id, Category::Account).await, 204);
    let phone = desk.by(&person, "set_phone", None, Some(&json!({ "number": "+4915112345678" }))).await;
    assert_eq!((phone.status, &phone.body["code"]), (404, &json!("notifications.no_such_user")));
    let held = deployment.table.personal_data().page("notifications", person.id, None).await.unwrap().items;
    assert_eq!(held.iter().map(|item| item.sort_key.as_str()).collect::<Vec<_>>(), ["forgotten"]);
}
