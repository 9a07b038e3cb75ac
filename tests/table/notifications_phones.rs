//! Codes for phones: each wrong one counts, the right one works once, and few go out.

use std::time::Duration;

use futures::future::join_all;
use kit::auth::Purpose;
use notifications::domain::limits::PHONE_CODES;
use notifications::domain::phone::MAX_WRONG_CODES;
use serde_json::{Value, json};

use crate::identity_support::Deployment;
use crate::notifications_support::{Desk, Person, somebody_verified};

const NUMBER: &str = "+4915112345678";

async fn open() -> (Deployment, Desk, Person) {
    let deployment = Deployment::start().await;
    let person = somebody_verified(&deployment, 1).await;
    let desk = Desk::beside(&deployment);
    (deployment, desk, person)
}

async fn ask(desk: &Desk, person: &Person) -> u16 {
    desk.by(person, "set_phone", None, Some(&json!({ "number": NUMBER }))).await.status
}

async fn confirm(desk: &Desk, person: &Person, code: &str) -> (u16, Value) {
    let reply = desk.by(person, "confirm_phone", None, Some(&json!({ "code": code }))).await;
    (reply.status, reply.body["code"].clone())
}

/// The code that the message under way brings.
async fn code(desk: &Desk, person: &Person) -> String {
    let phone = desk.store.phone(person.id).await.unwrap().unwrap().value;
    desk.link_key.code(Purpose::ConfirmPhone, person.id, phone.pending.unwrap().proof)
}

fn another(code: &str, number: usize) -> String {
    format!("{:06}", (code.parse::<usize>().unwrap() + 1 + number) % 1_000_000)
}

#[tokio::test]
async fn of_many_who_ask_at_once_one_gets_a_code() {
    let (deployment, desk, person) = open().await;
    let statuses = join_all((0..20).map(|_| ask(&desk, &person))).await;
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(202), count(429)), (1, 19), "{statuses:?}");
    let held = deployment.table.personal_data().page("notifications", person.id, None).await.unwrap().items;
    let messages: Vec<_> = held.iter().filter(|item| item.sort_key.starts_with("delivery#")).collect();
    assert_eq!(messages.len(), 1);
    // Neither the message nor the event has the code, nor has the latter the number.
    let text = serde_json::to_string(&messages[0].attributes).unwrap();
    assert!(!text.contains(&code(&desk, &person).await) && !text.contains(NUMBER), "{text}");
    assert!(text.contains("notifications.delivery_queued"), "{text}");
}

#[tokio::test]
async fn a_day_has_five_codes_and_the_next_one_is_told() {
    let (_, desk, person) = open().await;
    for _ in 0..PHONE_CODES.max() {
        assert_eq!(ask(&desk, &person).await, 202);
        assert_eq!(ask(&desk, &person).await, 429);
        desk.clock.advance(Duration::from_mins(1));
    }
    assert_eq!(ask(&desk, &person).await, 429);
    // Neither does taking the number back make room.
    assert_eq!(desk.by(&person, "delete_phone", None, None).await.status, 204);
    assert_eq!(ask(&desk, &person).await, 429);
    desk.clock.advance(Duration::from_hours(24));
    assert_eq!(ask(&desk, &person).await, 202);
}

#[tokio::test]
async fn every_wrong_code_counts_however_many_come_at_once() {
    let (_, desk, person) = open().await;
    assert_eq!(ask(&desk, &person).await, 202);
    let right = code(&desk, &person).await;
    let wrong: Vec<_> = (0..30).map(|number| another(&right, number)).collect();
    let answers = join_all(wrong.iter().map(|code| confirm(&desk, &person, code))).await;
    let count = |wanted: u16| answers.iter().filter(|(status, _)| *status == wanted).count();
    assert_eq!((count(403), count(409)), (MAX_WRONG_CODES as usize, 30 - MAX_WRONG_CODES as usize), "{answers:?}");
    assert_eq!(confirm(&desk, &person, &right).await, (409, json!("notifications.no_code_pending")));
    assert_eq!(desk.store.phone(person.id).await.unwrap().unwrap().value.confirmed, None);
}

#[tokio::test]
async fn a_right_code_works_once() {
    let (_, desk, person) = open().await;
    assert_eq!(ask(&desk, &person).await, 202);
    let right = code(&desk, &person).await;
    assert_eq!(confirm(&desk, &person, &another(&right, 0)).await, (403, json!("notifications.code_wrong")));
    let answers = join_all((0..10).map(|_| confirm(&desk, &person, &right))).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 204).count(), 1, "{answers:?}");
    let shown = desk.by(&person, "get_phone", None, None).await.body;
    assert_eq!(shown, json!({ "number": NUMBER, "confirmed": true, "pendingNumber": null }));
}

#[tokio::test]
async fn a_code_is_its_owner_s_and_ends() {
    let (deployment, desk, ann) = open().await;
    let bob = somebody_verified(&deployment, 2).await;
    for person in [&ann, &bob] {
        assert_eq!(ask(&desk, person).await, 202);
    }
    let (of_ann, of_bob) = (code(&desk, &ann).await, code(&desk, &bob).await);
    assert_ne!(of_ann, of_bob);
    assert_eq!(confirm(&desk, &bob, &of_ann).await.0, 403);
    desk.clock.advance(Duration::from_mins(10));
    assert_eq!(confirm(&desk, &ann, &of_ann).await, (409, json!("notifications.no_code_pending")));
}
