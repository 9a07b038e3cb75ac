//! `POST /v1/auth/resend-verification`

use tests::Cloud;

use super::mailed::{CONFIRM, age, token, verify};

#[tokio::test]
async fn a_new_email_sends_the_same_link_again() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let old = token(&cloud, &user.email, CONFIRM, 1).await;
    let resend = async || cloud.post("/v1/auth/resend-verification").bearer(&user.access_token).send().await;

    // The mail of the registration went out a moment ago.
    let early = resend().await;
    early.expect_problem(429, "identity.too_soon");
    let seconds: u64 = early.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");

    age(&cloud, &user.id, "verification").await;
    let reply = resend().await;
    reply.expect_calls("identity-resend-verification", "sent");
    assert_eq!(reply.expect(204), "");
    resend().await.expect_problem(429, "identity.too_soon");
    let new = token(&cloud, &user.email, CONFIRM, 2).await;
    assert_eq!(old, new, "the link of the first e-mail stays valid");
    assert_eq!(verify(&cloud, &new).await.status, 204);
    resend().await.expect_problem(409, "identity.email_already_verified");
}
