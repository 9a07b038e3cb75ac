//! The history of sign-ins on a table: written with the sign-in, bounded whatever strangers do, and its owner's own.

use std::time::Duration;

use futures::future::join_all;
use identity::api::list_sign_ins;
use identity::domain::plan::Plan;
use jiff::Timestamp;
use kit::Clock;
use kit::http::endpoint;
use serde_json::{Value, json};
use testkit::{Reply, TestTable};
use tests::{MiniApp, TelegramUser, budget};

use crate::identity_support::{BOT_TOKEN, Deployment, call, stage};
use crate::mfa_support::{STEP, Secured};

const EMAIL: &str = "ann@example.com";

async fn history(deployment: &Deployment, token: &str) -> Reply {
    let list = endpoint(list_sign_ins::list_sign_ins, deployment.public, stage());
    call(&list, "GET", "/v1/users/me/sign-ins?limit=100", Some(token), None).await
}

fn token(reply: &Reply) -> &str {
    reply.body["tokens"]["accessToken"].as_str().unwrap()
}

/// Outcome and number of each entry.
fn entries(reply: &Reply) -> Vec<(String, u64)> {
    let entry = |entry: &Value| (entry["outcome"].as_str().unwrap().to_owned(), entry["attempts"].as_u64().unwrap());
    reply.body["items"].as_array().unwrap().iter().map(entry).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sign_in_is_one_entry_however_many_arrive_at_once() {
    let deployment = Deployment::start().await;
    deployment.sign_up(EMAIL).await;
    let replies = join_all((0..20).map(|_| deployment.sign_in(EMAIL))).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    let items = deployment.table.items().await;
    let written = items.iter().filter(|item| item["sk"].as_s().unwrap().starts_with("sign_in#")).count();
    assert_eq!(written, 21);
}

#[tokio::test]
async fn failed_attempts_are_one_entry_a_day_and_expire_with_it() {
    let deployment = Deployment::at(Clock::manual("2026-11-29T10:00:00Z".parse::<Timestamp>().unwrap())).await;
    deployment.sign_up(EMAIL).await;
    for _ in 0..4 {
        deployment.sign_in_with(EMAIL, "not the password").await;
    }
    let signed_in = deployment.sign_in(EMAIL).await;
    let listed = history(&deployment, token(&signed_in)).await;
    let [signed, registered, failed] = [("signed_in", 1), ("signed_in", 1), ("wrong_password", 4)];
    let expected = [signed, registered, failed].map(|(outcome, count)| (outcome.to_owned(), count));
    assert_eq!(entries(&listed), expected, "{}", listed.body);
    deployment.ctx.clock.advance(Duration::from_hours(24 * 90));
    let signed_in = deployment.sign_in(EMAIL).await;
    let listed = history(&deployment, token(&signed_in)).await;
    assert_eq!(entries(&listed), [("signed_in".to_owned(), 1)], "entries of before have expired");
    // Nobody's attempts are nobody's history, and cost the same.
    let before = deployment.table.items().await.len();
    let unknown = deployment.sign_in_with("bob@example.com", "not the password").await;
    assert_eq!(unknown.status, 401);
    let items = deployment.table.items().await;
    assert!(items.len() > before);
    let decoys: Vec<_> =
        items.iter().filter(|item| item["pk"].as_s().unwrap().starts_with("identity#decoy#")).collect();
    assert_eq!(decoys.len(), 1);
    assert!(decoys[0].contains_key("expires_at"));
}

#[tokio::test]
async fn a_second_factor_is_recorded_with_both_factors() {
    let secured = Secured::start().await;
    secured.wait(STEP);
    let wrong = secured.app.wrong_code(secured.now());
    secured.verify(&secured.challenge().await, &wrong).await;
    let signed_in = secured.verify(&secured.challenge().await, &secured.recovery_codes[0]).await;
    let listed = history(&secured.deployment, token(&signed_in)).await;
    let newest = &listed.body["items"][0];
    assert_eq!((&newest["method"], &newest["secondFactor"]), (&json!("password"), &json!("recovery_code")));
    let counted: Vec<_> = entries(&listed).into_iter().filter(|(outcome, _)| outcome != "signed_in").collect();
    let expected = [("wrong_code", 1), ("mfa_required", 2)].map(|(outcome, count)| (outcome.to_owned(), count));
    assert!(expected.iter().all(|entry| counted.contains(entry)), "{counted:?}");
}

#[tokio::test]
async fn the_history_keeps_to_its_budget() {
    let deployment = Deployment::start().await;
    deployment.sign_up(EMAIL).await;
    let signed_in = deployment.sign_in(EMAIL).await;
    // The account, strongly, and a page of the history, at once.
    budget("identity-list-sign-ins", "two sign-ins", &history(&deployment, token(&signed_in)).await);
}

#[tokio::test]
async fn registrations_through_telegram_count_for_their_network_address() {
    let deployment = Deployment::with_max_registrations(2).await;
    let enter = async |user: &TelegramUser| {
        let body = json!({ "initData": MiniApp::opened_by(user).init_data(BOT_TOKEN) });
        call(&deployment.sign_in_with_telegram, "POST", "/v1/auth/telegram", None, Some(&body)).await
    };
    let users = [TelegramUser::new(), TelegramUser::new(), TelegramUser::new()];
    let mut replies = Vec::new();
    for user in &users {
        replies.push(enter(user).await);
    }
    assert_eq!(replies.iter().map(|reply| reply.status).collect::<Vec<_>>(), [200, 200, 429]);
    assert_eq!(replies[2].body["code"], "request.limit_exceeded", "{}", replies[2].body);
    assert_eq!(enter(&users[0]).await.status, 200, "who has an account still signs in");
    let listed = history(&deployment, token(&replies[0])).await;
    assert_eq!(listed.status, 401, "the first session ended: the plan has one device");
}

/// DynamoDB refuses a single write of an item that a transaction holds at that moment.
#[tokio::test(flavor = "multi_thread")]
async fn devices_that_refresh_while_others_sign_in_are_not_turned_away() {
    let deployment = Deployment::of(TestTable::start_with_conflicts().await, &Clock::manual(Timestamp::now()));
    let signed_up = deployment.sign_up(EMAIL).await.body;
    let id = signed_up["user"]["id"].as_str().unwrap().parse().unwrap();
    deployment.change(id, |account| account.plan = Plan::try_from("family".to_owned()).unwrap()).await;
    let tokens: Vec<_> = join_all((0..4).map(|_| deployment.sign_in(EMAIL))).await;
    let refresh =
        async |reply: &Reply| deployment.present(reply.body["tokens"]["refreshToken"].as_str().unwrap()).await;
    let (signed_in, refreshed) =
        futures::join!(join_all((0..4).map(|_| deployment.sign_in(EMAIL))), join_all(tokens.iter().map(refresh)));
    let statuses = |replies: &[Reply]| replies.iter().map(|reply| reply.status).collect::<Vec<_>>();
    assert_eq!((statuses(&signed_in), statuses(&refreshed)), (vec![200; 4], vec![200; 4]));
}
