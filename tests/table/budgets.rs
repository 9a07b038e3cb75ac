//! What each endpoint may ask of the table. A rise is a decision: change the figure here in a reviewed diff.

use testkit::Reply;

use crate::identity_support::{Deployment, PASSWORD, call};
use crate::mfa_support::{STEP, Secured, confirm, disable, enrol};

#[tokio::test]
async fn identity_keeps_to_its_budget() {
    let deployment = Deployment::start().await;
    let registered = deployment.sign_up("ann@example.com").await;
    assert_eq!(registered.status, 201, "{}", registered.body);
    let signed_in = deployment.sign_in("ann@example.com").await;
    let token = signed_in.body["tokens"]["accessToken"].as_str().unwrap();
    let me = call(&deployment.get_me(), "GET", "/v1/users/me", Some(token), None).await;
    assert_eq!(me.status, 200, "{}", me.body);

    let refreshed = deployment.present(signed_in.body["tokens"]["refreshToken"].as_str().unwrap()).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.body);

    let used = |timing: &str| timing.split("desc=").nth(1).unwrap_or_default().trim_matches('"').to_owned();
    // Two new items in one transaction: two units for each of the account's two kilobytes and the claim's one.
    assert_eq!(used(&registered.server_timing), "calls=1 read=0 write=6");
    // The claim with three counters, then the account, all strongly; then the account with its outbox.
    assert_eq!(used(&signed_in.server_timing), "calls=3 read=5 write=2");
    assert_eq!(used(&refreshed.server_timing), "calls=2 read=1 write=2");
    assert_eq!(used(&me.server_timing), "calls=1 read=1 write=0");
}

#[tokio::test]
async fn the_second_factor_keeps_to_its_budget() {
    let secured = Secured::start().await;
    let (deployment, token) = (&secured.deployment, &secured.access_token);
    secured.wait(STEP);
    let challenged = deployment.sign_in("ann@example.com").await;
    let mfa_token = challenged.body["mfaToken"].as_str().unwrap();
    let wrong = secured.verify(mfa_token, &secured.app.wrong_code(secured.now())).await;
    let verified = secured.verify(mfa_token, &secured.app.code(secured.now())).await;
    assert_eq!((wrong.status, verified.status), (401, 200));
    let disabled = disable(deployment, token, PASSWORD, &secured.recovery_codes[0]).await;
    let enrolled = enrol(deployment, token).await;
    let app = tests::Authenticator::new(enrolled.body["secret"].as_str().unwrap());
    let confirmed = confirm(deployment, token, &app.code(secured.now())).await;
    assert_eq!((disabled.status, enrolled.status, confirmed.status), (204, 200, 200));

    let used = |reply: &Reply| reply.server_timing.split("desc=").nth(1).unwrap().trim_matches('"').to_owned();
    // The claim and the account; nothing is written until the second factor is proven.
    assert_eq!(used(&challenged), "calls=2 read=2 write=0");
    // The account with its secret and recovery codes takes a unit more.
    assert_eq!(used(&wrong), "calls=2 read=1 write=2");
    assert_eq!(used(&verified), "calls=2 read=1 write=3");
    assert_eq!(used(&disabled), "calls=2 read=1 write=2");
    assert_eq!(used(&enrolled), "calls=2 read=1 write=2");
    assert_eq!(used(&confirmed), "calls=2 read=1 write=2");
}
