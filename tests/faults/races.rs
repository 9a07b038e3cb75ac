//! Many at once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tests::{Cloud, PASSWORD, User, eventually};

const RIVALS: usize = 50;
const DEVICES: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_registrations_of_one_address_exactly_one_wins() {
    let cloud = Cloud::connect_for_faults().await;
    let email = cloud.new_email();
    let body = json!({ "email": email, "password": PASSWORD, "name": "Ann" });
    let rivals: Vec<_> =
        (0..RIVALS).map(|_| tokio::spawn(cloud.post("/v1/auth/register").json(&body).send())).collect();
    let mut statuses = BTreeMap::new();
    for rival in rivals {
        *statuses.entry(rival.await.unwrap().status).or_insert(0) += 1;
    }
    assert_eq!(statuses, BTreeMap::from([(201, 1), (409, RIVALS - 1)]));
    cloud.mail(&email).await;
    assert_eq!(cloud.mails(&email).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_logins_at_once_leave_one_session_and_tell_the_end_of_each_other() {
    let cloud = Cloud::connect_for_faults().await;
    let ended = cloud.watch("identity.session_ended.v1").await;
    let first = cloud.sign_up().await;
    cloud.limit_to_one_device(&first).await;
    let body = json!({ "email": first.email, "password": PASSWORD });
    let logins: Vec<_> = (0..DEVICES).map(|_| tokio::spawn(cloud.post("/v1/auth/login").json(&body).send())).collect();
    let mut users = BTreeMap::from([(first.session_id.clone(), first.clone())]);
    for login in logins {
        let user = User::read(&login.await.unwrap().expect(200));
        users.insert(user.session_id.clone(), user);
    }
    assert_eq!(users.len(), DEVICES + 1);

    let mut live = Vec::new();
    for user in users.values() {
        let list = cloud.get("/v1/users/me/sessions").bearer(&user.access_token).send().await;
        if list.status == 200 {
            assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
            live.push(user.session_id.clone());
        } else {
            list.expect_problem(401, "auth.session_ended");
        }
    }
    assert_eq!(live.len(), 1, "one session is left");
    let expected: BTreeSet<_> = users.keys().filter(|id| **id != live[0]).cloned().collect();
    let mut told = Vec::new();
    eventually("the ends of all other sessions", async || {
        for event in ended.take().await {
            if event["subject"] == first.id.as_str() {
                assert_eq!(event["data"]["reason"], "device_limit");
                told.push(event["data"]["sessionId"].as_str().unwrap().to_owned());
            }
        }
        (told.len() >= DEVICES).then_some(())
    })
    .await;
    assert_eq!(told.len(), DEVICES, "each end is told once");
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), expected);
}
