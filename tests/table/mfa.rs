//! The second factor when many use it at once, and when time passes.

use std::collections::BTreeMap;
use std::time::Duration;

use identity::domain::account::Status;
use identity::domain::password::{HashingCost, Password};
use identity::mfa_keys::MfaSecrets;
use jiff::Timestamp;
use kit::Clock;
use serde_json::{Value, json};
use testkit::Reply;
use tests::{Authenticator, MiniApp, TelegramUser};

use crate::identity_support::{BOT_TOKEN, Deployment, PASSWORD, call};
use crate::mfa_support::{EMAIL, STEP, Secured, confirm, disable, enrol};

const RIVALS: usize = 20;

#[track_caller]
fn assert_problem(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, reply.body["code"].as_str()), (status, Some(code)), "{}", reply.body);
}

fn counts<const N: usize>(answers: [(&str, usize); N]) -> BTreeMap<String, usize> {
    answers.map(|(answer, count)| (answer.to_owned(), count)).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_uses_of_one_code_exactly_one_signs_in() {
    let secured = Secured::start().await;
    secured.wait(STEP);
    let code = secured.app.code(secured.now());
    let mut guesses = Vec::new();
    for _ in 0..RIVALS {
        guesses.push((secured.challenge().await, code.clone()));
    }
    let expected = [("200 signed in", 1), ("401 identity.mfa_code_wrong", 5), ("429 identity.too_many_attempts", 14)];
    assert_eq!(secured.verify_all(guesses).await, counts(expected));
    // One device is signed in: the first one's session ended, as on every plan with room for one.
    assert_eq!(secured.account().await.sessions.live(secured.now()).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_uses_of_one_sign_in_exactly_one_counts_and_none_is_a_wrong_guess() {
    let secured = Secured::start().await;
    secured.wait(STEP);
    let guess = (secured.challenge().await, secured.app.code(secured.now()));
    let answers = secured.verify_all(vec![guess; RIVALS]).await;
    assert_eq!(answers, counts([("200 signed in", 1), ("401 identity.mfa_token_invalid", 19)]));
    secured.wait(STEP);
    let code = secured.app.code(secured.now());
    assert_eq!(secured.verify(&secured.challenge().await, &code).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_uses_of_one_recovery_code_exactly_one_signs_in() {
    let secured = Secured::start().await;
    let mut guesses = Vec::new();
    for _ in 0..RIVALS {
        guesses.push((secured.challenge().await, secured.recovery_codes[4].clone()));
    }
    let expected = [("200 signed in", 1), ("401 identity.mfa_code_wrong", 5), ("429 identity.too_many_attempts", 14)];
    assert_eq!(secured.verify_all(guesses).await, counts(expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_wrong_guesses_five_are_judged_and_time_unlocks() {
    let secured = Secured::start().await;
    secured.wait(STEP);
    let mfa_token = secured.challenge().await;
    let wrong = secured.app.wrong_code(secured.now());
    let answers = secured.verify_all(vec![(mfa_token.clone(), wrong); RIVALS]).await;
    assert_eq!(answers, counts([("401 identity.mfa_code_wrong", 5), ("429 identity.too_many_attempts", 15)]));
    // Neither the right code nor a recovery code helps now.
    for code in [secured.app.code(secured.now()), secured.recovery_codes[0].clone()] {
        assert_problem(&secured.verify(&mfa_token, &code).await, 429, "identity.too_many_attempts");
    }
    secured.wait(Duration::from_mins(15));
    let code = secured.app.code(secured.now());
    assert_eq!(secured.verify(&secured.challenge().await, &code).await.status, 200);
}

#[tokio::test]
async fn wrong_codes_at_confirming_are_bounded_too() {
    let deployment = Deployment::at(Clock::manual(Timestamp::now())).await;
    let signed_up = deployment.sign_up(EMAIL).await;
    let token = signed_up.body["tokens"]["accessToken"].as_str().unwrap();
    assert_problem(&confirm(&deployment, token, "123456").await, 409, "identity.mfa_not_pending");
    let app = Authenticator::new(enrol(&deployment, token).await.body["secret"].as_str().unwrap());
    let now = deployment.ctx.clock.now();
    for _ in 0..5 {
        assert_problem(&confirm(&deployment, token, &app.wrong_code(now)).await, 403, "identity.mfa_code_wrong");
    }
    assert_problem(&confirm(&deployment, token, &app.code(now)).await, 429, "identity.too_many_attempts");
    // Enrolling again starts no new count.
    let app = Authenticator::new(enrol(&deployment, token).await.body["secret"].as_str().unwrap());
    assert_problem(&confirm(&deployment, token, &app.code(now)).await, 429, "identity.too_many_attempts");
}

#[tokio::test]
async fn wrong_passwords_are_bounded_and_leave_the_guesses_at_codes_alone() {
    let secured = Secured::start().await;
    secured.wait(STEP);
    let code = secured.app.code(secured.now());
    for _ in 0..5 {
        let reply = disable(&secured.deployment, &secured.access_token, "not the password", &code).await;
        assert_problem(&reply, 403, "identity.wrong_password");
    }
    let reply = disable(&secured.deployment, &secured.access_token, PASSWORD, &code).await;
    assert_problem(&reply, 429, "identity.too_many_attempts");
    assert_eq!(secured.verify(&secured.challenge().await, &code).await.status, 200);
}

#[tokio::test]
async fn a_sign_in_that_waits_ends_with_its_time_its_password_and_its_account() {
    let secured = Secured::start().await;
    secured.wait(STEP);

    let late = secured.challenge().await;
    secured.wait(Duration::from_mins(5));
    let code = secured.app.code(secured.now());
    assert_problem(&secured.verify(&late, &code).await, 401, "identity.mfa_token_invalid");

    let suspended = secured.challenge().await;
    secured.change(|account| account.status = Status::Suspended).await;
    assert_problem(&secured.verify(&suspended, &code).await, 403, "auth.suspended");
    assert_problem(&secured.deployment.sign_in(EMAIL).await, 403, "auth.suspended");
    assert_problem(&enrol(&secured.deployment, &secured.access_token).await, 403, "auth.suspended");
    secured.change(|account| account.status = Status::Active).await;

    let proven = secured.challenge().await;
    secured
        .change(|account| {
            account.password = Some(Password::new(PASSWORD).hash(&[9; 16], HashingCost::FOR_TESTS).unwrap());
        })
        .await;
    assert_problem(&secured.verify(&proven, &code).await, 401, "identity.mfa_token_invalid");
    assert_eq!(secured.verify(&secured.challenge().await, &code).await.status, 200, "the code was not used up");
}

#[tokio::test]
async fn a_new_key_seals_what_is_new_and_leaves_accounts_as_they_are() {
    let mut secured = Secured::start().await;
    secured.deployment.mfa_secrets.add(secured.now()).unwrap();
    secured.wait(Duration::from_mins(10));
    let item = secured.item().await;
    assert!(item.contains("\"1.") && !item.contains("\"2."), "sealed with the first key");
    let code = secured.app.code(secured.now());
    assert_eq!(secured.verify(&secured.challenge().await, &code).await.status, 200);
    let signed_in = secured.verify(&secured.challenge().await, &secured.recovery_codes[0]).await;
    assert_eq!(signed_in.status, 200);

    let (deployment, token) = (&secured.deployment, signed_in.body["tokens"]["accessToken"].as_str().unwrap());
    assert_eq!(disable(deployment, token, PASSWORD, &secured.recovery_codes[1]).await.status, 204);
    let app = Authenticator::new(enrol(deployment, token).await.body["secret"].as_str().unwrap());
    let confirmed = confirm(deployment, token, &app.code(secured.now())).await;
    let recovery_code = confirmed.body["recoveryCodes"][0].as_str().unwrap();
    let item = secured.item().await;
    assert!(item.contains("\"2.") && !item.contains("\"1."), "sealed with the second key");
    assert_eq!(secured.verify(&secured.challenge().await, recovery_code).await.status, 200);
    secured.wait(STEP);
    assert_eq!(secured.verify(&secured.challenge().await, &app.code(secured.now())).await.status, 200);
}

#[tokio::test]
async fn without_its_key_an_account_gets_an_internal_error_and_no_wrong_guess() {
    let mut secured = Secured::start().await;
    secured.wait(STEP);
    let first = secured.deployment.mfa_secrets.clone();
    let renamed = first.to_text().unwrap().replace(r#""id":1"#, r#""id":2"#);
    secured.deployment.mfa_secrets = MfaSecrets::parse("mfa-keys", &renamed).unwrap();
    let code = secured.app.code(secured.now());
    let token = secured.challenge().await;
    for code in [&code, &secured.recovery_codes[0]] {
        for _ in 0..6 {
            assert_problem(&secured.verify(&token, code).await, 500, "service.failed");
        }
    }
    secured.deployment.mfa_secrets = first;
    assert_eq!(secured.verify(&token, &code).await.status, 200, "the key came back");
}

#[tokio::test]
async fn turning_it_off_ends_the_sign_ins_that_wait() {
    let secured = Secured::start().await;
    secured.wait(STEP);
    let waiting = secured.challenge().await;
    let code = secured.app.code(secured.now());
    assert_eq!(disable(&secured.deployment, &secured.access_token, PASSWORD, &code).await.status, 204);
    assert!(secured.item().await.contains("identity.mfa_disabled"));
    assert_problem(&secured.verify(&waiting, &code).await, 401, "identity.mfa_token_invalid");
    let again = disable(&secured.deployment, &secured.access_token, PASSWORD, &code).await;
    assert_problem(&again, 409, "identity.mfa_off");
    assert!(secured.deployment.sign_in(EMAIL).await.body["tokens"].is_object());
}

#[tokio::test]
async fn the_table_shows_neither_the_secret_nor_a_recovery_code() {
    let secured = Secured::start().await;
    let item = secured.item().await;
    assert!(item.contains("identity.mfa_enabled"), "the fact is told");
    assert!(!item.contains(&secured.secret));
    for code in &secured.recovery_codes {
        assert!(!item.contains(code.as_str()) && !item.contains(&code.replace('-', "")));
    }
    secured.wait(STEP);
    let code = secured.app.code(secured.now());
    assert_eq!(secured.verify(&secured.challenge().await, &code).await.status, 200);
    let item = secured.item().await;
    assert!(item.contains("identity.session_started") && item.contains("identity.session_ended"));
}

/// A session and the password are not enough to change who can sign in.
#[tokio::test]
async fn changes_of_who_can_sign_in_need_the_second_factor() {
    let secured = Secured::start().await;
    let init_data = MiniApp::opened_by(&TelegramUser::new()).init_data(BOT_TOKEN);
    let (new, deployment) = ("seven green lanterns over water", &secured.deployment);
    let requests = [
        (deployment.link_telegram.clone(), "POST", json!({ "initData": init_data, "password": PASSWORD })),
        (deployment.change_password(), "POST", json!({ "currentPassword": PASSWORD, "newPassword": new })),
        (deployment.delete_me(), "DELETE", json!({ "password": PASSWORD })),
    ];
    for (number, (endpoint, method, mut body)) in requests.into_iter().enumerate() {
        if method == "DELETE" {
            body["password"] = json!(new);
        }
        let before = secured.account().await;
        let send = async |body: &Value| call(&endpoint, method, "/v1", Some(&secured.access_token), Some(body)).await;
        assert_problem(&send(&body).await, 403, "identity.mfa_code_required");
        body["code"] = json!(secured.app.wrong_code(secured.now()));
        assert_problem(&send(&body).await, 403, "identity.mfa_code_wrong");
        let after = secured.account().await;
        assert_eq!((before.password, before.telegram), (after.password, after.telegram), "{number}");
        body["code"] = json!(secured.recovery_codes[number]);
        let done = send(&body).await;
        assert_eq!(done.status, 204, "{number} {}", done.body);
    }
}
