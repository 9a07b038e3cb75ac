//! What operations of managers refuse.

use tests::{Call, Cloud};

/// Nobody without the role may call it.
pub async fn refuses_others(cloud: &Cloud, call: impl Fn() -> Call) {
    assert_eq!(call().send().await.status, 401);
    let user = cloud.sign_up().await;
    call().bearer(&user.access_token).send().await.expect_problem(403, "auth.forbidden");
}
