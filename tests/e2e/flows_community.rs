//! The community pack as people use it: everything over the public API.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{Cloud, User, eventually, eventually_within};
use types::Uuid;

/// Six functions pass something on, each of them perhaps for the first time.
const WHOLE_CHAIN: Duration = Duration::from_secs(40);

fn new_key() -> String {
    Uuid::now_v7().to_string()
}

async fn create(cloud: &Cloud, by: &User, path: &str, body: &Value) -> Value {
    let call = cloud.post(path).bearer(&by.access_token).header("idempotency-key", &new_key());
    call.json(body).send().await.expect(201)
}

/// A kind of event with a reward, under a code of the test's own.
async fn event_type(cloud: &Cloud, admin: &User, reward_minor: i64) -> String {
    let code = format!("feeding-{}", Uuid::now_v7().simple());
    let body = json!({
        "code": code, "name": "Feeding", "icon": "bowl", "cooldownMinutes": 60,
        "reward": { "amountMinor": reward_minor, "currency": "POINTS" },
    });
    create(cloud, admin, "/v1/community/events/types", &body).await["id"].as_str().unwrap().to_owned()
}

async fn badge(cloud: &Cloud, admin: &User, event_type: &str, reward_minor: i64) -> String {
    let body = json!({
        "code": format!("feeder-{}", Uuid::now_v7().simple()), "name": "Feeder", "description": "Feeds.", "icon": "bowl",
        "requirement": { "kind": "events", "eventTypeId": event_type },
        "tiers": [
            { "name": "bronze", "threshold": 1, "reward": { "amountMinor": reward_minor, "currency": "POINTS" } },
            { "name": "silver", "threshold": 2 },
        ],
    });
    // The kind of event may not have come here yet.
    eventually("the kind of event to be known to badges", async || {
        let call = cloud.post("/v1/community/badges").bearer(&admin.access_token).header("idempotency-key", &new_key());
        let reply = call.json(&body).send().await;
        (reply.status == 201).then(|| reply.body["id"].as_str().unwrap().to_owned())
    })
    .await
}

async fn point(cloud: &Cloud, keeper: &User) -> String {
    let place = json!({ "name": "The fountain", "kind": "water", "location": { "lat": 41.0136, "lng": 28.9814 } });
    create(cloud, keeper, "/v1/community/points", &place).await["point"]["id"].as_str().unwrap().to_owned()
}

/// Reports an event as soon as the point and the kind are known where it is checked.
async fn report(cloud: &Cloud, by: &User, point: &str, event_type: &str) -> Value {
    let (body, key) = (json!({ "pointId": point, "eventTypeId": event_type }), new_key());
    eventually("the point to be known to events", async || {
        let call = cloud.post("/v1/community/events").bearer(&by.access_token).header("idempotency-key", &key);
        let reply = call.json(&body).send().await;
        (reply.status == 201).then_some(reply.body)
    })
    .await
}

async fn balance(cloud: &Cloud, user: &User, currency: &str) -> i64 {
    let wallet = cloud.get("/v1/community/wallet").bearer(&user.access_token).send().await.expect(200);
    let balances = wallet["balances"].as_array().unwrap();
    let one = balances.iter().find(|balance| balance["currency"] == currency);
    one.map_or(0, |balance| balance["availableMinor"].as_i64().unwrap())
}

/// What somebody's badges gave them, each tier by itself: where demo data was sown there are badges that everybody earns.
async fn badge_rewards(cloud: &Cloud, user: &User) -> Vec<i64> {
    let mine = cloud.get("/v1/community/badges/mine").bearer(&user.access_token).send().await.expect(200);
    let badges = mine["items"].as_array().unwrap().iter();
    let tiers = badges.flat_map(|badge| badge["earned"].as_array().unwrap());
    tiers.filter_map(|tier| tier["reward"]["amountMinor"].as_i64()).collect()
}

#[tokio::test]
async fn an_event_tells_the_points_subscribers_earns_a_badge_and_fills_the_wallet() {
    let cloud = Cloud::connect().await;
    let (admin, keeper) = (cloud.admin().await, cloud.sign_up().await);
    let (author, friend) = (cloud.sign_up_proven().await, cloud.sign_up().await);
    // This one wants a push message; users without a preference read it in the inbox.
    let device = cloud.new_push_token();
    cloud.register_device(&friend, &device).await;
    let wishes = json!({ "language": "en", "timeZone": "UTC", "quietHours": null, "categories": { "activity": { "channels": ["push"], "digest": "immediate" } } });
    let preferred = cloud.call("PUT", "/v1/notifications/preferences").bearer(&friend.access_token).json(&wishes);
    assert_eq!(preferred.send().await.status, 200);
    let (kind, point) = (event_type(&cloud, &admin, 10).await, point(&cloud, &keeper).await);
    let badge = badge(&cloud, &admin, &kind, 20).await;
    for follower in [&friend, &keeper] {
        let path = format!("/v1/community/points/{point}/subscription");
        let reply = cloud.call("PUT", &path).bearer(&follower.access_token).send().await;
        assert!(reply.status < 300, "{}", reply.body);
        // Who begins to follow while others are being told may miss it.
        eventually("the subscription to be known to events", async || {
            cloud.held("events", follower).await.contains(&point).then_some(())
        })
        .await;
    }
    let earned = cloud.watch("badges.badge_earned.v1").await;

    report(&cloud, &author, &point, &kind).await;

    let push =
        eventually_within(WHOLE_CHAIN, "the follower's push message", async || cloud.pushes(&device).await.pop()).await;
    assert_eq!(push.title, "Feeding at The fountain");
    let inbox = async |user: &User| cloud.get("/v1/notifications").bearer(&user.access_token).send().await.expect(200);
    eventually_within(WHOLE_CHAIN, "the keeper's notification", async || {
        let items = inbox(&keeper).await;
        items["items"].as_array()?.iter().any(|item| item["title"] == "Feeding at The fountain").then_some(())
    })
    .await;
    eventually_within(WHOLE_CHAIN, "the badge", async || {
        let mine = cloud.get("/v1/community/badges/mine").bearer(&author.access_token).send().await.expect(200);
        let mine = mine["items"].as_array()?.iter().find(|one| one["badge"]["id"] == badge)?;
        (mine["earned"][0]["tier"] == 1 && mine["progress"] == 1).then_some(())
    })
    .await;
    eventually_within(WHOLE_CHAIN, "the event of the badge", async || {
        earned.take().await.iter().any(|event| event["data"]["userId"] == author.id).then_some(())
    })
    .await;
    eventually_within(WHOLE_CHAIN, "word of the badge", async || {
        let items = inbox(&author).await;
        items["items"].as_array()?.iter().any(|item| item["title"] == "You earned a badge: Feeder").then_some(())
    })
    .await;
    // Ten for the event, twenty for the badge, and neither of them twice.
    let gifts = badge_rewards(&cloud, &author).await;
    assert!(gifts.contains(&20), "{gifts:?}");
    eventually_within(WHOLE_CHAIN, "both rewards", async || {
        (balance(&cloud, &author, "POINTS").await == 10 + gifts.iter().sum::<i64>()).then_some(())
    })
    .await;
    let statement =
        cloud.get("/v1/community/wallet/transactions").bearer(&author.access_token).send().await.expect(200);
    assert_eq!(statement["items"].as_array().map(Vec::len), Some(1 + gifts.len()), "{statement}");
    // The author follows nothing, and hears nothing of the own event.
    let items = inbox(&author).await;
    assert_eq!(items["items"].as_array().map(Vec::len), Some(gifts.len()), "{items}");
}

#[tokio::test]
async fn a_donation_to_a_point_reaches_its_keeper_and_both_hear_of_it() {
    let cloud = Cloud::connect().await;
    let (admin, keeper, donor) = (cloud.admin().await, cloud.sign_up().await, cloud.sign_up_proven().await);
    let (kind, point) = (event_type(&cloud, &admin, 50).await, point(&cloud, &keeper).await);
    report(&cloud, &donor, &point, &kind).await;
    eventually_within(WHOLE_CHAIN, "the reward", async || {
        let gifts: i64 = badge_rewards(&cloud, &donor).await.iter().sum();
        (balance(&cloud, &donor, "POINTS").await >= 50 + gifts).then_some(())
    })
    .await;

    let gift = json!({
        "recipient": { "kind": "point", "id": point }, "money": { "amountMinor": 30, "currency": "POINTS" },
        "message": "For the cats", "funding": { "kind": "balance" },
    });
    let donation = create(&cloud, &donor, "/v1/community/donations", &gift).await;
    assert_eq!(donation["status"], "completed", "{donation}");

    let gifts: i64 = badge_rewards(&cloud, &donor).await.iter().sum();
    eventually_within(WHOLE_CHAIN, "what is left", async || {
        (balance(&cloud, &donor, "POINTS").await == 20 + gifts).then_some(())
    })
    .await;
    let wallet = cloud
        .get(&format!("/v1/community/wallet?pointId={point}"))
        .bearer(&keeper.access_token)
        .send()
        .await
        .expect(200);
    assert_eq!(wallet["balances"][0]["availableMinor"], 30, "{wallet}");
    for (who, title) in [
        (&donor, "Thank you for your donation of 30\u{a0}POINTS"),
        (&keeper, "You received a donation of 30\u{a0}POINTS"),
    ] {
        eventually_within(WHOLE_CHAIN, title, async || {
            let inbox = cloud.get("/v1/notifications").bearer(&who.access_token).send().await.expect(200);
            inbox["items"].as_array()?.iter().any(|item| item["title"] == title).then_some(())
        })
        .await;
    }
}

/// The token of the link in the mail about a new password.
async fn reset_token(cloud: &Cloud, email: &str) -> String {
    let mail = eventually("the mail", async || {
        cloud.mails(email).await.into_iter().find(|mail| mail.subject == "Reset your password")
    })
    .await;
    let link = mail.text.split("?token=").nth(1).expect("a link");
    link.chars().take_while(|char| char.is_ascii_alphanumeric() || "-_".contains(*char)).collect()
}

#[tokio::test]
async fn a_mailbox_owner_who_takes_over_an_account_finds_nothing_of_its_registrant() {
    let cloud = Cloud::connect().await;
    let (admin, registrant) = (cloud.admin().await, cloud.sign_up_with_wallet().await);
    let (kind, point) = (event_type(&cloud, &admin, 10).await, point(&cloud, &registrant).await);
    let badge = badge(&cloud, &admin, &kind, 20).await;
    let reported = report(&cloud, &registrant, &point, &kind).await;
    cloud.give(&registrant, tests::money(700, "EUR")).await;
    let path = format!("/v1/community/points/{point}/subscription");
    assert!(cloud.call("PUT", &path).bearer(&registrant.access_token).send().await.status < 300);
    let mine = async |user: &User| {
        let list = cloud.get("/v1/community/badges/mine").bearer(&user.access_token).send().await.expect(200);
        list["items"].as_array().unwrap().iter().find(|item| item["badge"]["id"] == badge).cloned()
    };
    let earned = eventually("the badge", async || mine(&registrant).await.filter(|badge| badge["progress"] == 1)).await;
    // At the own point, without a verified address: the badge is earned, and its reward is not.
    let tier = &earned["earned"][0];
    assert_eq!((&tier["tier"], &tier["reward"], &tier["rewardWithheld"]), (&json!(1), &json!(null), &json!(true)));
    assert_eq!((&earned["rewardProgress"], balance(&cloud, &registrant, "POINTS").await), (&json!(0), 0));
    let profile = async |of: &User, by: &User| {
        let path = format!("/v1/profiles/{}", of.id);
        cloud.get(&path).bearer(&by.access_token).send().await
    };
    eventually("the profile", async || (profile(&registrant, &admin).await.body["name"] == "Ann").then_some(())).await;

    let asked = json!({ "email": registrant.email });
    assert!(cloud.post("/v1/auth/forgot-password").json(&asked).send().await.status < 300);
    let token = reset_token(&cloud, &registrant.email).await;
    let new = "seven green lanterns over water";
    let reset = cloud.post("/v1/auth/reset-password").json(&json!({ "token": token, "password": new })).send().await;
    assert_eq!(reset.status, 204);
    let signed_in = json!({ "email": registrant.email, "password": new });
    let owner = User::read(&cloud.post("/v1/auth/login").json(&signed_in).send().await.expect(200));
    assert_eq!(owner.id, registrant.id);

    eventually_within(WHOLE_CHAIN, "the takeover to reach all contexts", async || {
        let seen = cloud.get(&format!("/v1/community/points/{point}")).bearer(&owner.access_token).send().await.body;
        let event = format!("/v1/community/events/{}", reported["id"].as_str().unwrap());
        let event = cloud.get(&event).bearer(&owner.access_token).send().await.body;
        let progress = mine(&owner).await.map(|badge| (badge["progress"].clone(), badge["earned"].clone()));
        let subscribed = cloud.get("/v1/community/points/subscriptions").bearer(&owner.access_token).send().await.body;
        let gone = seen["keeperId"].is_null()
            && event["authorId"].is_null()
            && progress == Some((json!(0), json!([])))
            && balance(&cloud, &owner, "EUR").await == 0
            && subscribed["items"] == json!([])
            && profile(&owner, &admin).await.body["name"].is_null();
        gone.then_some(())
    })
    .await;
    let lines = cloud.get("/v1/community/wallet/transactions").bearer(&owner.access_token).send().await.expect(200);
    assert_eq!(lines["items"], json!([]));
}
