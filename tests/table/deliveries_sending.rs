//! What is sent, and what is not: notifications that were read before, full mailboxes, providers that accept nothing.

use contracts::identity::{
    Device, EmailVerified, ProfileChanged, SessionEndReason, SessionEnded, VerificationRequested,
};
use contracts::notifications::{Category, Channel, DeliveryQueued, MailRequested, Message};
use dynamo::Outbox;
use jiff::{SignedDuration, Timestamp};
use kit::Clock;
use kit::sqs::{Done, Message as _};
use notifications::ConsumerContext;
use notifications::consumers::send_deliveries::send_deliveries;
use notifications::consumers::suppress_addresses::{MailFeedback, suppress_addresses};
use notifications::domain::delivery::{Delivery, DeliveryId, MAX_ATTEMPTS, Status, Suppression};
use notifications::domain::limits::{TEXT_MESSAGES_TO_USER, UNVERIFIED_MAIL};
use notifications::domain::mailbox::guest;
use notifications::domain::preferences::{Choice, Digest, Preferences};
use notifications::store::Lifted;
use serde_json::{Value, json};
use types::{PersonName, UserId, Uuid};

use crate::bucket::Services;
use crate::budgets_deliveries::{sender_at, sender_to};
use crate::deliveries::{Post, email, event, news, noon, registered};
use crate::notifications_support::device;

/// A user with a verified address who gets activity in the app and by e-mail.
async fn reader(post: &Post, digest: Digest) -> UserId {
    let user = UserId::generate();
    post.hear(&registered(user, noon() - SignedDuration::from_hours(1))).await;
    post.hear(&event(noon() - SignedDuration::from_mins(1), verified(user))).await;
    let choice = Choice { channels: [Channel::InApp, Channel::Email].into(), digest };
    let categories = [(Category::Activity, choice)].into();
    post.prefer(Preferences { categories, ..Preferences::defaults_of(user) }).await;
    user
}

fn verified(user_id: UserId) -> EmailVerified {
    EmailVerified { user_id, email: email("ann@example.com") }
}

async fn told(post: &Post, user: UserId, number: usize) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for _ in 0..number {
        let (id, fact) = news(vec![user], Category::Activity);
        post.hear(&fact).await;
        ids.push(id);
    }
    ids
}

async fn send(post: &Post, services: &Services, user: UserId, id: Uuid, now: Timestamp) -> Delivery {
    let id = DeliveryId { notification_id: id, channel: Channel::Email };
    let queued = event(noon(), DeliveryQueued { user_id: user, delivery: id.to_string() });
    send_deliveries(sender_at(post, services, now), queued).await.unwrap();
    post.delivery(user, id.notification_id, Channel::Email).await.unwrap()
}

async fn read(post: &Post, user: UserId, id: Uuid) -> bool {
    let item = post.ctx.store.inbox_item(user, id).await.unwrap();
    post.ctx.store.read_one(item, noon(), &Outbox::none()).await.unwrap()
}

async fn delete(post: &Post, user: UserId, id: Uuid) -> bool {
    let item = post.ctx.store.inbox_item(user, id).await.unwrap();
    post.ctx.store.delete_one(item, noon(), &Outbox::none()).await.unwrap()
}

/// The subjects of the e-mails that SES was asked to send.
fn subjects(services: &Services) -> Vec<String> {
    let subject = |mail: &String| {
        let mail: Value = serde_json::from_str(mail).unwrap();
        mail["Content"]["Simple"]["Subject"]["Data"].as_str().unwrap().to_owned()
    };
    services.mails().iter().map(subject).collect()
}

/// RocketChat/Rocket.Chat#17817: notifications that were read or deleted were pushed and mailed all the same.
#[tokio::test]
async fn what_was_read_or_deleted_in_the_app_is_not_sent_any_more() {
    let (post, services) = (Post::open().await, Services::start().await);
    let user = reader(&post, Digest::Immediate).await;
    let ids = told(&post, user, 3).await;
    assert!(read(&post, user, ids[0]).await);
    assert!(delete(&post, user, ids[1]).await);
    let mut statuses = Vec::new();
    for id in ids {
        statuses.push(send(&post, &services, user, id, noon()).await.status);
    }
    let wanted = [suppressed(Suppression::Read), suppressed(Suppression::Deleted), Status::Sent { at: noon() }];
    assert_eq!(statuses, wanted);
    assert_eq!(services.mails().len(), 1);
}

#[tokio::test]
async fn a_digest_lists_and_counts_only_what_is_unread_and_is_not_sent_without_any() {
    let (post, services) = (Post::open().await, Services::start().await);
    let user = reader(&post, Digest::Hourly).await;
    let (slot, later) = (noon() + SignedDuration::from_hours(1), noon() + SignedDuration::from_hours(2));
    let ids = told(&post, user, 3).await;
    assert!(read(&post, user, ids[0]).await && delete(&post, user, ids[1]).await);
    let digest = post.digest_of(user, ids[0]).await.unwrap();
    assert_eq!(send(&post, &services, user, digest, slot).await.status, Status::Sent { at: slot });
    assert_eq!(subjects(&services), ["You have one new notification"]);

    let ids = told(&post, user, 2).await;
    for id in &ids {
        assert!(read(&post, user, *id).await);
    }
    let digest = post.digest_of(user, ids[0]).await.unwrap();
    let delivery = send(&post, &services, user, digest, later).await;
    assert_eq!(delivery.status, Status::Suppressed { at: later, reason: Suppression::Read });
    assert_eq!(services.mails().len(), 1, "nothing is left to say");
}

#[tokio::test]
async fn a_security_warning_is_sent_even_if_somebody_deletes_it_in_the_app() {
    let (post, services) = (Post::open().await, Services::start().await);
    let user = reader(&post, Digest::Immediate).await;
    let (id, fact) = news(vec![user], Category::Security);
    post.hear(&fact).await;
    assert!(delete(&post, user, id).await);
    assert_eq!(send(&post, &services, user, id, noon()).await.status, Status::Sent { at: noon() });
}

fn requested(user_id: UserId, address: &str) -> contracts::Envelope<Value> {
    let request = VerificationRequested {
        user_id,
        email: email(address),
        name: PersonName::parse("Claim 900 EUR at evil.example").unwrap(),
        verification_id: Uuid::now_v7(),
    };
    event(noon(), request)
}

/// redimp/otterwiki#235: registration mailed a stranger's text to anybody.
#[tokio::test]
async fn an_address_that_is_not_verified_gets_no_text_of_a_stranger_and_few_mails_a_day() {
    let (post, services) = (Post::open().await, Services::start().await);
    let mut reasons = Vec::new();
    for number in 0..7 {
        // Other accounts, and other labels of one mailbox.
        let (user, address) = (UserId::generate(), format!("victim+{number}@example.com"));
        let request = requested(user, &address);
        post.hear(&request).await;
        reasons.push(send(&post, &services, user, request.id.uuid(), noon()).await.status);
    }
    let exceeded = Status::Suppressed { at: noon(), reason: Suppression::LimitExceeded };
    assert_eq!(reasons.iter().filter(|status| **status == exceeded).count(), 2, "{reasons:?}");
    assert_eq!(services.mails().len(), 5);
    assert_eq!(UNVERIFIED_MAIL.exceeded(noon()).retry_after_seconds, 12 * 60 * 60, "the limit is one of a day");
    assert!(services.mails().iter().all(|mail| !mail.contains("evil.example")));
}

#[tokio::test]
async fn a_user_with_a_verified_address_is_greeted_by_name() {
    let (post, services) = (Post::open().await, Services::start().await);
    let user = reader(&post, Digest::Immediate).await;
    let name = PersonName::parse("Cleopatra").unwrap();
    post.hear(&event(noon(), ProfileChanged { user_id: user, name })).await;
    let ids = told(&post, user, 1).await;
    send(&post, &services, user, ids[0], noon()).await;
    assert!(services.mails()[0].contains("Cleopatra"));
}

#[tokio::test]
async fn a_provider_that_accepts_nothing_yet_costs_no_attempt_and_an_error_is_not_repeated_by_the_sdk() {
    let (post, services) = (Post::open().await, Services::start().await);
    let user = reader(&post, Digest::Immediate).await;
    let id = told(&post, user, 1).await[0];
    let not_verified = r#"{"__type":"MessageRejected","message":"Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: ann@example.com"}"#;
    let mut now = noon();
    // More often than a provider is attempted.
    for round in 1..=MAX_ATTEMPTS + 2 {
        services.refuse_mail("400 Bad Request", not_verified);
        let delivery = send(&post, &services, user, id, now).await;
        let Status::Pending { due_at, last_error: Some(error) } = delivery.status else { panic!("{delivery:?}") };
        assert_eq!((delivery.attempts, services.mails().len()), (0, usize::try_from(round).unwrap()));
        assert!(error.contains("MessageRejected") && !error.contains("ann@"), "{error}");
        now = due_at;
    }
    let before = services.mails().len();
    services.refuse_mail("500 Internal Server Error", r#"{"__type":"InternalFailure"}"#);
    let delivery = send(&post, &services, user, id, now).await;
    assert_eq!((delivery.attempts, services.mails().len()), (1, before + 1), "one attempt is one request");
    now = delivery.due_at().unwrap();
    let delivery = send(&post, &services, user, id, now).await;
    assert_eq!((delivery.status, delivery.attempts), (Status::Sent { at: now }, 2));
}

/// The statuses of reminders by text message, sent one after another.
async fn send_texts(post: &Post, sender: &'static notifications::Sender, user: UserId, count: u32) -> Vec<Status> {
    let mut statuses = Vec::new();
    for _ in 0..count {
        let (notification_id, fact) = news(vec![user], Category::Reminders);
        post.hear(&fact).await;
        let id = DeliveryId { notification_id, channel: Channel::Sms };
        let queued = event(noon(), DeliveryQueued { user_id: user, delivery: id.to_string() });
        send_deliveries(sender, queued).await.unwrap();
        statuses.push(post.delivery(user, notification_id, Channel::Sms).await.unwrap().status);
    }
    statuses
}

fn suppressed(reason: Suppression) -> Status {
    Status::Suppressed { at: noon(), reason }
}

#[tokio::test]
async fn a_user_gets_ten_text_messages_a_day_and_the_next_is_not_sent() {
    let (post, services) = (Post::open().await, Services::start().await);
    let user = UserId::generate();
    post.want_texts(user, "+4915112345678").await;
    let sender = sender_at(&post, &services, noon());
    let mut wanted = vec![Status::Sent { at: noon() }; TEXT_MESSAGES_TO_USER.max() as usize];
    wanted.push(suppressed(Suppression::LimitExceeded));
    assert_eq!(send_texts(&post, sender, user, TEXT_MESSAGES_TO_USER.max() + 1).await, wanted);
    assert_eq!(services.texts(), vec!["+4915112345678"; 10], "the provider is asked for no more");
    // Neither does another account reach the same phone.
    let other = UserId::generate();
    post.want_texts(other, "+4915112345678").await;
    assert_eq!(send_texts(&post, sender, other, 1).await, [suppressed(Suppression::LimitExceeded)]);
    assert_eq!(services.texts().len(), 10);
}

/// The list of countries may change after a number was confirmed.
#[tokio::test]
async fn no_text_message_goes_to_a_country_that_was_taken_off_the_list() {
    let (post, services) = (Post::open().await, Services::start().await);
    let user = UserId::generate();
    post.want_texts(user, "+4915112345678").await;
    let elsewhere = sender_to(&post, &services, noon(), "+43,+41");
    assert_eq!(send_texts(&post, elsewhere, user, 1).await, [suppressed(Suppression::CountryNotAllowed)]);
    assert_eq!(services.texts(), [""; 0]);
    let sender = sender_at(&post, &services, noon());
    assert_eq!(send_texts(&post, sender, user, 1).await, [Status::Sent { at: noon() }]);
    assert_eq!(services.texts().len(), 1);
}

#[tokio::test]
async fn a_suppression_is_lifted_once_and_only_if_there_is_one() {
    let post = Post::open().await;
    let user = reader(&post, Digest::Immediate).await;
    let lift = async || {
        let contact = post.ctx.store.contact(user).await.unwrap();
        post.ctx.store.lift_suppression(contact, noon() + SignedDuration::from_secs(1)).await.unwrap()
    };
    assert_eq!(lift().await, Lifted::NotSuppressed);
    let known = post.ctx.store.known(user).await.unwrap();
    let facts =
        notifications::domain::contact::Facts { complained: Some(email("ann@example.com")), ..Default::default() };
    let contact = known.contact.as_ref().unwrap().value.with_facts(facts, noon());
    let plan = notifications::store::Plan { contact: Some(contact), ..Default::default() };
    post.ctx.store.carry_out(user, &known, plan).await.unwrap();
    assert_eq!((lift().await, lift().await), (Lifted::Done, Lifted::NotSuppressed));
    assert_eq!(post.ctx.store.lift_suppression(None, noon()).await.unwrap(), Lifted::NotSuppressed);
}

fn order_mail(number: u32, address: &str) -> contracts::Envelope<Value> {
    let data = [("number", "7K3M9QX2TB"), ("amount", "12.50 EUR")];
    let message = Message {
        template: "order_refunded".to_owned(),
        data: data.map(|(name, text)| (name.to_owned(), text.to_owned())).into(),
        link: Some(format!("/orders/{number}")),
    };
    let notification_id = Uuid::from_u128(u128::from(number));
    let request = MailRequested { notification_id, email: email(address), language: Some("de".to_owned()), message };
    event(noon(), request)
}

/// Plans and sends an e-mail about a guest's order.
async fn mail_guest(post: &Post, services: &Services, number: u32, address: &str) -> Delivery {
    post.hear(&order_mail(number, address)).await;
    send(post, services, guest(&email(address)), Uuid::from_u128(u128::from(number)), noon()).await
}

#[tokio::test]
async fn a_guest_gets_an_order_mail_once_in_their_language_and_the_address_is_not_kept() {
    let (post, services) = (Post::open().await, Services::start().await);
    let delivery = mail_guest(&post, &services, 1, "ann@example.com").await;
    assert_eq!((delivery.status, delivery.to), (Status::Sent { at: noon() }, None));
    assert_eq!(post.hear(&order_mail(1, "ann@example.com")).await, Done::Duplicate);
    assert_eq!(subjects(&services), ["Erstattung für Ihre Bestellung 7K3M9QX2TB"]);
    assert!(services.mails()[0].contains("bei einer Bestellung") && services.mails()[0].contains("List-Unsubscribe"));
    let stored =
        serde_json::to_string(&post.table.items().await.iter().map(|item| format!("{item:?}")).collect::<Vec<_>>());
    assert!(!stored.unwrap().contains("ann@example.com"));
}

#[tokio::test]
async fn a_mailbox_gets_a_bounded_number_of_order_mails_whatever_labels_orders_name() {
    let (post, services) = (Post::open().await, Services::start().await);
    let mut refused = 0;
    for number in 0..22 {
        let delivery = mail_guest(&post, &services, number, &format!("victim+{number}@example.com")).await;
        refused += usize::from(delivery.status == suppressed(Suppression::LimitExceeded));
    }
    assert_eq!((refused, services.mails().len()), (2, 20));
}

#[tokio::test]
async fn a_guest_who_unsubscribed_or_whose_mailbox_bounced_gets_no_more_order_mails() {
    let (post, services) = (Post::open().await, Services::start().await);
    mail_guest(&post, &services, 1, "ann@example.com").await;
    let recipient = guest(&email("ann@example.com"));
    let tags = json!({ "user": [recipient], "notification": [Uuid::from_u128(1)] });
    let bounce = json!({
        "eventType": "Bounce", "mail": { "tags": tags },
        "bounce": {
            "bounceType": "Permanent", "timestamp": noon(),
            "bouncedRecipients": [{ "emailAddress": "ann@example.com" }],
        },
    });
    let feedback = || MailFeedback::read(&bounce.to_string()).unwrap();
    let ctx = Box::leak(Box::new(ConsumerContext { store: post.ctx.store.clone(), clock: Clock::manual(noon()) }));
    assert_eq!(suppress_addresses(ctx, feedback()).await.unwrap(), Done::Applied);
    assert_eq!(suppress_addresses(ctx, feedback()).await.unwrap(), Done::Duplicate);
    let next = mail_guest(&post, &services, 2, "ann+shop@example.com").await;
    assert_eq!(next.status, suppressed(Suppression::AddressUndeliverable));

    let bea = guest(&email("bea@example.com"));
    post.prefer(Preferences::defaults_of(bea).without(Category::Account, Channel::Email).unwrap()).await;
    post.hear(&order_mail(3, "bea@example.com")).await;
    let planned = post.delivery(bea, Uuid::from_u128(3), Channel::Email).await.unwrap();
    assert_eq!((planned.status, planned.to), (suppressed(Suppression::TurnedOff), None));
    assert_eq!(services.mails().len(), 1);
}

/// Else an outage of the push service would leave its device to a session that was ended because it was stolen.
#[tokio::test]
async fn the_device_of_an_ended_session_is_removed_even_if_no_push_message_reaches_it() {
    let (post, services) = (Post::open().await, Services::start().await);
    let user = UserId::generate();
    let (stolen, own) = (device(user, "stolen", noon()), device(user, "own", noon()));
    for device in [&stolen, &own] {
        post.ctx.store.claim_device(device.clone()).await.unwrap();
    }
    let phone = Device { name: "phone".to_owned(), platform: "android".to_owned() };
    let reason = SessionEndReason::Revoked;
    let ended = event(noon(), SessionEnded { user_id: user, session_id: stolen.session_id, device: phone, reason });
    post.hear(&ended).await;
    services.refuse_pushes();
    let id = DeliveryId { notification_id: ended.id.uuid(), channel: Channel::Push };
    let mut now = noon();
    for attempt in 1..=MAX_ATTEMPTS {
        let devices = post.ctx.store.devices(user).await.unwrap().len();
        assert_eq!(devices, 2, "it is told first, attempt {attempt}");
        let queued = event(noon(), DeliveryQueued { user_id: user, delivery: id.to_string() });
        send_deliveries(sender_at(&post, &services, now), queued).await.unwrap();
        let delivery = post.delivery(user, id.notification_id, Channel::Push).await.unwrap();
        assert_eq!(delivery.attempts, attempt, "{delivery:?}");
        now = delivery.due_at().unwrap_or(now);
    }
    let delivery = post.delivery(user, id.notification_id, Channel::Push).await.unwrap();
    assert!(matches!(delivery.status, Status::Failed { .. }), "{delivery:?}");
    let left: Vec<_> = post.ctx.store.devices(user).await.unwrap().into_iter().map(|left| left.value).collect();
    assert_eq!(left, [own]);
}
