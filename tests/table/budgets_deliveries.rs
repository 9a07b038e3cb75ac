//! What the consumers of notifications ask of the table. The figures are in `tests/budgets.json`; what is said here is why.

use std::num::NonZeroU32;

use contracts::identity::{EmailVerified, UserDeleted};
use contracts::notifications::{Category, Channel, DeliveryQueued};
use jiff::{SignedDuration, Timestamp};
use kit::auth::LinkKey;
use kit::sdk::Config;
use kit::sqs::Message as _;
use kit::{Clock, Deadline};
use notifications::channels::{Mailer, Pace, PerSecond};
use notifications::consumers::forget_user::forget_user;
use notifications::consumers::send_deliveries::send_deliveries;
use notifications::consumers::suppress_addresses::{MailFeedback, suppress_addresses};
use notifications::consumers::sweep_deliveries::sweep_deliveries;
use notifications::domain::delivery::DeliveryId;
use notifications::domain::preferences::{Choice, Digest, Preferences};
use notifications::endpoints::Endpoints;
use notifications::queue::DeliveryQueue;
use notifications::{ConsumerContext, Sender, Sweeper, TextMessages};
use serde_json::json;
use testkit::leak;
use tests::{budget, budget_at_most, cost};
use types::{UserId, Uuid};

use crate::bucket::Services;
use crate::deliveries::{Post, email, event, news, noon, registered};
use crate::notifications_support::{branding, device};

fn queue(services: &Services) -> DeliveryQueue {
    DeliveryQueue::new(aws_sdk_sqs::Client::new(&services.config()), "http://queue")
}

fn sender(post: &Post, services: &Services) -> &'static Sender {
    sender_at(post, services, noon())
}

/// A sender with the clients that the function has, which sends text messages to Germany.
pub fn sender_at(post: &Post, services: &Services, now: Timestamp) -> &'static Sender {
    sender_to(post, services, now, "+49")
}

/// The same for text messages to these countries.
pub fn sender_to(post: &Post, services: &Services, now: Timestamp, countries: &str) -> &'static Sender {
    let config = Config::from(services.config()).without_retries();
    let config = config.shared();
    let sns = aws_sdk_sns::Client::new(config);
    let pace = Pace::new(PerSecond::new(1_000).unwrap(), NonZeroU32::MIN);
    leak(Sender {
        store: post.ctx.store.clone(),
        clock: Clock::manual(now),
        mailer: Mailer::new(aws_sdk_sesv2::Client::new(config), "atoll@example.com", None, pace),
        endpoints: Endpoints::new(sns.clone()),
        sns,
        queue: queue(services),
        link_key: LinkKey::from_base64(&format!("{}=", "A".repeat(43))).unwrap(),
        texts: TextMessages { countries: countries.parse().unwrap(), max_per_day: 100 },
        branding: branding(),
        app_url: "https://app.test".to_owned(),
        api_url: "https://api.test/v1".to_owned(),
    })
}

#[tokio::test]
async fn planning_keeps_to_its_budget() {
    let plan = "notifications-plan-deliveries";
    let post = Post::open().await;
    let user = UserId::generate();
    // Contact, preferences and marker in one read; then everything in one transaction, which costs two units per item:
    // the marker's absence, the contact, and the mail's delivery with its place in the index.
    budget(plan, "somebody new", cost(post.hear(&registered(user, noon()))).await);
    // The marker's absence, the inbox and two deliveries, and two places in the index.
    let (_, fact) = news(vec![user], Category::Activity);
    budget(plan, "news for one", cost(post.hear(&fact)).await);
    // It is there: the transaction is cancelled.
    budget(plan, "news for one, again", cost(post.hear(&fact)).await);
    // A proof that is known already: only the read.
    let proven = event(noon(), EmailVerified { user_id: user, email: email("ann@example.com") });
    budget(plan, "address proven", cost(post.hear(&proven)).await);
    budget(plan, "address proven, again", cost(post.hear(&proven)).await);
    // Some people at a time.
    let (_, fact) = news((0..20).map(|_| UserId::generate()).collect(), Category::Activity);
    budget_at_most(plan, "news for 20", cost(post.hear(&fact)).await);
}

#[tokio::test]
async fn sending_keeps_to_its_budget() {
    let send = "notifications-send-deliveries";
    let (post, services) = (Post::open().await, Services::start().await);
    let (user, sender) = (UserId::generate(), sender(&post, &services));
    let queued_for = |user_id, id: Uuid, channel| {
        let id = DeliveryId { notification_id: id, channel };
        event(noon(), DeliveryQueued { user_id, delivery: id.to_string() })
    };
    let queued = |id: Uuid, channel| queued_for(user, id, channel);
    // All that is to be known in one read; the claim, which moves the delivery in the index; the report, which takes it
    // out.
    let fact = registered(user, noon());
    post.hear(&fact).await;
    let mail = queued(fact.id.uuid(), Channel::Email);
    budget(send, "mail", cost(send_deliveries(sender, mail.clone())).await);
    budget(send, "mail, again", cost(send_deliveries(sender, mail)).await);
    // A digest reads what became of its notifications, too.
    let choice = Choice { channels: [Channel::InApp, Channel::Email].into(), digest: Digest::Hourly };
    let categories = [(Category::Activity, choice)].into();
    let reader = UserId::generate();
    post.prefer(Preferences { categories, ..Preferences::defaults_of(reader) }).await;
    post.hear(&event(noon(), EmailVerified { user_id: reader, email: email("bea@example.com") })).await;
    let mut digest = None;
    for _ in 0..3 {
        let (id, fact) = news(vec![reader], Category::Activity);
        post.hear(&fact).await;
        digest = digest.or(post.digest_of(reader, id).await);
    }
    let later = sender_at(&post, &services, noon() + SignedDuration::from_hours(1));
    let id = DeliveryId { notification_id: digest.unwrap(), channel: Channel::Email };
    let collected = event(noon(), DeliveryQueued { user_id: reader, delivery: id.to_string() });
    budget(send, "digest of three", cost(send_deliveries(later, collected)).await);
    // The devices beside.
    let (id, fact) = news(vec![user], Category::Activity);
    post.hear(&fact).await;
    post.ctx.store.claim_device(device(user, "t", noon())).await.unwrap();
    budget(send, "push to one device", cost(send_deliveries(sender, queued(id, Channel::Push))).await);
    // The phone, and a counter each of the number, the user and the deployment, one after the other.
    let caller = UserId::generate();
    post.want_texts(caller, "+4915112345678").await;
    let (id, fact) = news(vec![caller], Category::Reminders);
    post.hear(&fact).await;
    budget(send, "text message", cost(send_deliveries(sender, queued_for(caller, id, Channel::Sms))).await);
}

#[tokio::test]
async fn the_sweep_of_deliveries_keeps_to_its_budget() {
    let sweep = "notifications-sweep-deliveries";
    let (post, services) = (Post::open().await, Services::start().await);
    let clock = Clock::manual(noon() + SignedDuration::from_mins(1));
    let sweeper = leak(Sweeper { store: post.ctx.store.clone(), clock, queue: queue(&services) });
    // A query per partition, some at a time. It writes nothing.
    budget_at_most(sweep, "nothing due", cost(async { sweep_deliveries(sweeper).await.unwrap() }).await);
    post.hear(&registered(UserId::generate(), noon())).await;
    budget_at_most(sweep, "one due", cost(async { sweep_deliveries(sweeper).await.unwrap() }).await);
    assert_eq!(services.told().len(), 1);
}

#[tokio::test]
async fn forgetting_and_mail_that_came_back_keep_to_their_budget() {
    let suppress = "notifications-suppress-addresses";
    let post = Post::open().await;
    let user = UserId::generate();
    let registered = registered(user, noon());
    post.hear(&registered).await;

    let records = leak(ConsumerContext { store: post.ctx.store.clone(), clock: Clock::manual(noon()) });
    let tags = json!({ "user": [user], "notification": [registered.id] });
    let bounce = json!({ "eventType": "Bounce", "mail": { "tags": tags }, "bounce": {
        "bounceType": "Permanent", "bouncedRecipients": [{ "emailAddress": "ann@example.com" }], "timestamp": noon(),
    }});
    let feedback = MailFeedback::read(&bounce.to_string()).unwrap();
    // Contact, preferences and marker; the contact while there is no marker; the delivery, which leaves the index.
    budget(suppress, "mail that came back", cost(suppress_addresses(records, feedback.clone())).await);
    budget(suppress, "mail that came back, again", cost(suppress_addresses(records, feedback)).await);

    let deleted = event(noon(), UserDeleted { user_id: user });
    // The devices, the marker, what there is, and each item of it: the contact and a delivery.
    budget(
        "notifications-forget-user",
        "one delivery",
        cost(forget_user(post.ctx, deleted.clone(), Deadline::never())).await,
    );
    budget("notifications-forget-user", "again", cost(forget_user(post.ctx, deleted, Deadline::never())).await);
}
