//! `make rotate-keys`, the operator's own command, while people use the service.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use serde_json::json;
use tests::{Authenticator, Cloud, PASSWORD, User};

fn key_id(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

/// Uses the service until told to stop: every request must succeed. The number of requests.
async fn use_it(cloud: Cloud, mut user: User, stop: Arc<AtomicBool>) -> usize {
    let mut requests = 0;
    while !stop.load(Ordering::Relaxed) {
        let me = cloud.get("/v1/users/me").bearer(&user.access_token).send().await;
        assert_eq!(me.status, 200, "{}", me.body);
        let body = json!({ "refreshToken": user.refresh_token });
        let tokens = cloud.post("/v1/auth/refresh").json(&body).send().await.expect(200)["tokens"].clone();
        tokens["accessToken"].as_str().unwrap().clone_into(&mut user.access_token);
        tokens["refreshToken"].as_str().unwrap().clone_into(&mut user.refresh_token);
        requests += 2;
    }
    requests
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_refuses_no_request() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let stop = Arc::new(AtomicBool::new(false));
    let traffic = tokio::spawn(use_it(cloud.clone(), cloud.sign_up().await, stop.clone()));

    let environment = cloud.client_environment();
    let arguments = [
        "rotate-keys".to_owned(),
        "STAGE=local".to_owned(),
        "YES=1".to_owned(),
        format!("CONFIG={}", cloud.samconfig()),
    ];
    let rotation = tokio::task::spawn_blocking(move || {
        Command::new("make").args(arguments).current_dir(tests::root()).envs(environment).output().unwrap()
    });
    let rotation = rotation.await.unwrap();
    assert!(rotation.status.success(), "{}", String::from_utf8_lossy(&rotation.stderr));
    // Functions that sign look for newer keys every five minutes; a new process does at once.
    cloud.local("POST", "restart").send().await;
    let newer = cloud.sign_up().await;
    stop.store(true, Ordering::Relaxed);
    assert!(traffic.await.unwrap() > 0);

    assert_ne!(key_id(&newer.access_token), key_id(&user.access_token), "the new key signs");
    let jwks = cloud.get("/v1/.well-known/jwks.json").send().await.expect(200);
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 2);
    for token in [user.access_token, newer.access_token] {
        assert_eq!(cloud.get("/v1/users/me").bearer(&token).send().await.status, 200);
    }
}

/// Signs in with the password and a code of the authenticator app or a recovery code.
async fn sign_in(cloud: &Cloud, user: &User, code: &str) {
    let body = json!({ "email": user.email, "password": PASSWORD });
    let challenged = cloud.post("/v1/auth/login").json(&body).send().await.expect(200);
    let body = json!({ "mfaToken": challenged["mfaToken"], "code": code });
    User::read(&cloud.post("/v1/auth/mfa/verify").json(&body).send().await.expect(200));
}

/// Turns the second factor of a new user on. Their recovery codes.
async fn secure(cloud: &Cloud) -> (User, Vec<String>) {
    let user = cloud.sign_up().await;
    let enrol = cloud.post("/v1/auth/mfa/totp").bearer(&user.access_token);
    let enrolled = enrol.json(&json!({ "password": PASSWORD })).send().await.expect(200);
    let code = Authenticator::new(enrolled["secret"].as_str().unwrap()).code(Timestamp::now());
    let confirm = cloud.post("/v1/auth/mfa/totp/confirm").bearer(&user.access_token);
    let confirmed = confirm.json(&json!({ "code": code })).send().await.expect(200);
    let codes = confirmed["recoveryCodes"].as_array().unwrap();
    let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    (user, codes)
}

#[tokio::test]
async fn a_new_key_of_second_factors_shuts_nobody_out() {
    let cloud = Cloud::connect_for_faults().await;
    let (user, codes) = secure(&cloud).await;
    for code in &codes[..2] {
        cloud.ask("identity-manage-signing-keys", &json!({ "addMfaKey": true })).await;
        cloud.local("POST", "restart").send().await;
        sign_in(&cloud, &user, code).await;
    }
    let (newer, codes) = secure(&cloud).await;
    sign_in(&cloud, &newer, &codes[0]).await;
}
