//! What people do with their own account, under races.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use kit::http::Endpoint;
use serde_json::{Value, json};
use testkit::Reply;
use tests::{MiniApp, TelegramUser};
use tokio::task::JoinHandle;
use types::UserId;

use crate::identity_support::{BOT_TOKEN, Deployment, PASSWORD, call};

const DEVICES: usize = 50;

fn proof(user: &TelegramUser) -> Value {
    json!({ "initData": MiniApp::opened_by(user).init_data(BOT_TOKEN) })
}

/// The request of a user who links the Telegram account.
fn linking(user: &TelegramUser) -> Value {
    json!({ "initData": MiniApp::opened_by(user).init_data(BOT_TOKEN), "password": PASSWORD })
}

fn token(reply: &Reply) -> String {
    reply.body["tokens"]["accessToken"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
}

fn id(reply: &Reply) -> UserId {
    reply.body["user"]["id"].as_str().unwrap().parse().unwrap()
}

/// Starts a call that runs beside others.
fn start(endpoint: &Endpoint, method: &'static str, path: &'static str, token: &str, body: Value) -> JoinHandle<Reply> {
    let (endpoint, token) = (endpoint.clone(), token.to_owned());
    tokio::spawn(async move { call(&endpoint, method, path, Some(&token), Some(&body)).await })
}

/// The partition keys of all claims.
async fn claims(deployment: &Deployment) -> Vec<String> {
    let text = |value: Option<&AttributeValue>| value.and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
    let items = deployment.table.items().await;
    items.iter().filter(|item| text(item.get("sk")) == "claim").map(|item| text(item.get("pk"))).collect()
}

/// The events on the account, by their types.
async fn told(deployment: &Deployment, id: UserId) -> Vec<String> {
    let items = deployment.table.items().await;
    let account = items.iter().find(|item| {
        item["pk"] == AttributeValue::S(format!("identity#user#{id}"))
            && item["sk"].as_s().is_ok_and(|sk| sk == "account")
    });
    let account = account.unwrap();
    let events = dynamo::Outbox::parse(account["outbox"].as_s().unwrap()).unwrap();
    events.into_iter().map(|event| event.event_type).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_first_sign_ins_of_one_telegram_user_make_one_account() {
    let deployment = Deployment::start().await;
    let body = proof(&TelegramUser::new());
    let mut tasks = Vec::new();
    for _ in 0..DEVICES {
        let (endpoint, body) = (deployment.sign_in_with_telegram.clone(), body.clone());
        tasks.push(tokio::spawn(async move { call(&endpoint, "POST", "/v1/auth/telegram", None, Some(&body)).await }));
    }
    let (mut users, mut sessions) = (HashSet::new(), HashSet::new());
    for task in tasks {
        let reply = task.await.unwrap();
        assert_eq!(reply.status, 200, "{}", reply.body);
        users.insert(id(&reply));
        sessions.insert(reply.body["tokens"]["sessionId"].as_str().unwrap().to_owned());
    }
    assert_eq!((users.len(), sessions.len()), (1, DEVICES));
    let items = deployment.table.items().await;
    let of = |start: &str| items.iter().filter(|item| item["sk"].as_s().is_ok_and(|sk| sk.starts_with(start))).count();
    assert_eq!((of("account"), of("claim"), of("listing")), (1, 1, 1));
    // An entry of the history for each, and the counter of registrations, which counts one.
    assert_eq!((of("sign_in#"), of("limit#"), items.len()), (DEVICES, 1, DEVICES + 4));
    let counted =
        items.iter().find_map(|item| item["pk"].as_s().ok()?.contains("limit").then(|| item["count"].clone()));
    assert_eq!(counted, Some(AttributeValue::N("1".to_owned())));
    let account = deployment.ctx.store.account(*users.iter().next().unwrap()).await.unwrap().unwrap();
    assert_eq!(account.version, u64::try_from(DEVICES).unwrap());
    assert_eq!(account.value.sessions.live(deployment.ctx.clock.now()).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_link_one_telegram_account_one_gets_it() {
    let deployment = Deployment::start().await;
    let body = linking(&TelegramUser::new());
    let mut tasks = Vec::new();
    for number in 0..10 {
        let token = token(&deployment.sign_up(&format!("user-{number}@example.com")).await);
        tasks.push(start(&deployment.link_telegram, "POST", "/v1/users/me/telegram", &token, body.clone()));
    }
    let mut answers = Vec::new();
    for task in tasks {
        let reply = task.await.unwrap();
        answers.push((reply.status, reply.body["code"].as_str().unwrap_or_default().to_owned()));
    }
    answers.sort();
    assert_eq!(answers[0], (204, String::new()));
    assert!(answers[1..].iter().all(|answer| *answer == (409, "identity.telegram_taken".to_owned())), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_happens_beside_a_deletion_brings_the_account_back() {
    for round in 0..10 {
        let deployment = Deployment::start().await;
        let email = format!("user-{round}@example.com");
        let user = deployment.sign_up(&email).await;
        let (user_id, token) = (id(&user), token(&user));
        let link = || {
            let body = linking(&TelegramUser::new());
            start(&deployment.link_telegram, "POST", "/v1/users/me/telegram", &token, body)
        };
        assert_eq!(link().await.unwrap().status, 204);
        let mut rivals = Vec::new();
        for number in 0..4 {
            let body = json!({ "name": format!("Ann {number}") });
            rivals.push(start(&deployment.update_me(), "PATCH", "/v1/users/me", &token, body));
            rivals.push(link());
        }
        let (endpoint, body) = (deployment.delete_me(), json!({ "password": PASSWORD }));
        let deleted = call(&endpoint, "DELETE", "/v1/users/me", Some(&token), Some(&body)).await;
        assert_eq!(deleted.status, 204, "{}", deleted.body);
        for rival in rivals {
            let status = rival.await.unwrap().status;
            assert!([200, 204, 404, 503].contains(&status), "{status}");
        }
        assert!(deployment.ctx.store.account(user_id).await.unwrap().is_none());
        assert_eq!(claims(&deployment).await, Vec::<String>::new(), "no claim is left");
        assert_eq!(told(&deployment, user_id).await, ["identity.session_ended", "identity.user_deleted"]);
        let items = format!("{:?}", deployment.table.items().await);
        for personal in [email.as_str(), "Ann", "argon2"] {
            assert!(!items.contains(personal), "{personal} is left: {items}");
        }
        // The address is free at once.
        assert_eq!(deployment.sign_up(&email).await.status, 201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_that_name_the_same_version_one_happens() {
    let deployment = Deployment::start().await;
    let token = token(&deployment.sign_up("ann@example.com").await);
    let mut tasks = Vec::new();
    for number in 0..10 {
        let (endpoint, token) = (deployment.update_me(), token.clone());
        tasks.push(tokio::spawn(async move {
            let headers = [("authorization", format!("Bearer {token}")), ("if-match", "\"1\"".to_owned())];
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let body = json!({ "name": format!("Ann {number}") });
            Reply::from(endpoint.call(testkit::request("PATCH", "/v1/users/me", &headers, Some(&body))).await).status
        }));
    }
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(statuses[1..].iter().all(|status| *status == 412), "{statuses:?}");
}

#[tokio::test]
async fn a_change_is_told_and_a_change_to_the_same_is_not() {
    let deployment = Deployment::start().await;
    let user = deployment.sign_up("ann@example.com").await;
    let rename = async |name: &str| {
        let body = json!({ "name": name });
        call(&deployment.update_me(), "PATCH", "/v1/users/me", Some(&token(&user)), Some(&body)).await
    };
    assert_eq!(rename("Ann").await.status, 200);
    assert_eq!(told(&deployment, id(&user)).await, ["identity.user_registered", "identity.session_started"]);
    assert_eq!(rename("Bea").await.status, 200);
    assert_eq!(told(&deployment, id(&user)).await, ["identity.profile_changed"]);
}

#[tokio::test]
async fn who_is_suspended_changes_nothing_and_does_not_get_in() {
    use identity::domain::account::{Account, Status};

    let deployment = Deployment::start().await;
    let telegram = TelegramUser::new();
    let sign_in = async || {
        call(&deployment.sign_in_with_telegram, "POST", "/v1/auth/telegram", None, Some(&proof(&telegram))).await
    };
    let user = sign_in().await;
    let read = deployment.ctx.store.account(id(&user)).await.unwrap().unwrap();
    let suspend = |account: &mut Account| {
        account.status = Status::Suspended;
        Ok::<_, kit::http::Problem>(((), dynamo::Outbox::none()))
    };
    deployment.ctx.store.change(read, suspend).await.unwrap_or_else(|_| panic!("not suspended"));

    let token = token(&user);
    let me = async |endpoint, method: &str, path: &str, body: Option<Value>| {
        call(&endpoint, method, path, Some(&token), body.as_ref()).await
    };
    for reply in [
        sign_in().await,
        me(deployment.update_me(), "PATCH", "/v1/users/me", Some(json!({ "name": "Bea" }))).await,
        me(deployment.delete_me(), "DELETE", "/v1/users/me", Some(json!({}))).await,
        me(deployment.link_telegram.clone(), "POST", "/v1/users/me/telegram", Some(proof(&telegram))).await,
        me(deployment.unlink_telegram(), "DELETE", "/v1/users/me/telegram", None).await,
    ] {
        assert_eq!((reply.status, &reply.body["code"]), (403, &json!("auth.suspended")));
    }
    // They can still export their data.
    let export = me(deployment.create_export(), "POST", "/v1/users/me/exports", Some(json!({}))).await;
    assert_eq!(export.status, 202, "{}", export.body);
}

#[tokio::test]
async fn without_a_bot_telegram_is_off() {
    use identity::telegram::{Bot, WithTelegram};
    use kit::http::endpoint;

    let deployment = Deployment::start().await;
    let stage = || "test".parse().unwrap();
    let public = identity::Public::new(
        deployment.public.store.clone(),
        kit::Clock::System,
        kit::auth::Verifier::new(&"{\"keys\":[]}".parse().unwrap(), "nobody", kit::Clock::System),
    );
    let linking = identity::WithMfaKeys::new(public, deployment.fixed_mfa_keys());
    let ctx: &'static _ = Box::leak(Box::new(WithTelegram::new(linking, Bot::off())));
    let refused = ctx.user(&serde_json::from_value(json!("x")).unwrap(), kit::Clock::System.now()).await.unwrap_err();
    assert_eq!((refused.status().as_u16(), refused.code()), (404, "identity.telegram_off"));
    // And the endpoint answers strangers as ever.
    let link = endpoint(identity::api::link_telegram::link_telegram, ctx, stage());
    assert_eq!(call(&link, "POST", "/v1/users/me/telegram", Some("x"), Some(&json!({}))).await.status, 401);
}
