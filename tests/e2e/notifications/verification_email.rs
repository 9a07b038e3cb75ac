//! `identity.user_registered.v1` leads to a mail: through the stream, the bus and the queue.

use tests::Cloud;

#[tokio::test]
async fn a_new_user_gets_one_mail_with_a_link() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let mail = cloud.mail(&user.email).await;
    assert_eq!(mail.subject, "Confirm your e-mail address");
    for part in [&mail.text, &mail.html] {
        // The address is not verified: its owner may not be the person who chose the name.
        assert!(part.contains("Hello,") && !part.contains("Ann"), "{part}");
        assert!(part.contains("verify-email?token="), "{part}");
    }
}
