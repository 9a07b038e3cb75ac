//! `notifications.delivery_queued.v1` sends a delivery.

use std::time::{Duration, Instant};

use contracts::notifications::{Category, Channel};
use tests::{Cloud, notification};

#[tokio::test]
async fn a_mail_says_what_was_asked_and_how_to_end_it() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    let event = notification(&[user.user_id()], Category::Reminders, Some(&[Channel::Email]), "<b>Cats</b> & co");
    cloud.publish(&event).await;
    cloud.delivery(&user, event.data.notification_id, Channel::Email, &["sent"]).await;
    let mails = cloud.mails(&user.email).await;
    let mail = mails.iter().find(|mail| mail.subject == "<b>Cats</b> & co").expect("the mail");
    assert!(mail.html.contains("&lt;b&gt;Cats") && !mail.html.contains("<b>Cats"), "{}", mail.html);
    assert!(mail.text.contains("/points/7\n"), "{}", mail.text);
    // RFC 8058, section 3.1.
    let url = &mail.headers["List-Unsubscribe"];
    assert!(
        url.starts_with("<http") && url.contains("/v1/notifications/unsubscribe?token=") && url.ends_with('>'),
        "{url}"
    );
    assert_eq!(mail.headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    assert!(mail.html.contains("unsubscribe?token="));
    // What is about the account's safety cannot be turned off.
    let security = mails.iter().find(|mail| mail.subject == "Confirm your e-mail address").expect("the mail");
    assert!(security.headers.is_empty() && !security.html.contains("unsubscribe"));
}

#[tokio::test]
async fn an_address_that_is_not_proven_gets_nothing_but_what_asks_for_the_proof() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    cloud.mail(&user.email).await;
    let event = notification(&[user.user_id()], Category::Reminders, Some(&[Channel::Email]), "Cats");
    cloud.publish(&event).await;
    let status = cloud.delivery(&user, event.data.notification_id, Channel::Email, &["suppressed", "sent"]).await;
    assert_eq!(status["reason"], "address_unproven");
    assert_eq!(cloud.mails(&user.email).await.len(), 1);
}

#[tokio::test]
async fn from_the_event_to_the_provider_it_takes_less_than_a_second() {
    const MAILS: usize = 40;
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    let mut took = Vec::new();
    for number in 0..MAILS {
        let title = format!("Mail {number}");
        let event = notification(&[user.user_id()], Category::Reminders, Some(&[Channel::Email]), &title);
        let started = Instant::now();
        cloud.publish(&event).await;
        tests::eventually("the mail", async || {
            cloud.mails(&user.email).await.iter().any(|mail| mail.subject == title).then_some(())
        })
        .await;
        took.push(started.elapsed());
    }
    took.sort();
    let p95 = took[MAILS * 95 / 100];
    println!(
        "from the event to the provider: median {:?}, p95 {p95:?}, slowest {:?}",
        took[MAILS / 2],
        took[MAILS - 1]
    );
    // The other tests of this run are on the same two processors; alone it is a tenth of this.
    assert!(p95 < Duration::from_secs(1), "p95 {p95:?}");
}
