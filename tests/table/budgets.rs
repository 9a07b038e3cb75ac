//! What each endpoint may ask of the table. A rise is a decision: change the figure here in a reviewed diff.

use crate::identity_support::{Deployment, call};

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
