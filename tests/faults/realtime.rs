//! Sockets under what breaks in production: killed consumers, repeated and reordered events, broken lines, a failing
//! gateway; and how many the local cloud holds.

use std::time::{Duration, Instant};

use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use contracts::Envelope;
use contracts::notifications::NotificationAdded;
use futures::{StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{Cloud, Follower, Socket, User, eventually, eventually_within, inbox_item, skip_if_held};

const PUSHER: &str = "realtime-push-notifications";

fn ids(events: &[Envelope<NotificationAdded>]) -> Vec<String> {
    events.iter().map(|event| event.data.notification_id.to_string()).collect()
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}

/// Lets a client listen until it has so many notifications; a heartbeat brings what was lost, and the queue's time passes
/// meanwhile: an event whose appends met too many others is retried after the visibility time-out.
async fn follow(client: &mut Follower, socket: &mut Socket, count: usize) {
    let started = Instant::now();
    while client.applied.len() < count {
        assert!(started.elapsed() < Duration::from_mins(1), "{} of {count} notifications came", client.applied.len());
        if let Some(frame) = socket.next_within(Duration::from_secs(2)).await {
            client.hear(&frame, socket).await;
        } else {
            skip_if_held().await;
            socket.send(&json!({ "type": "ping" })).await;
        }
    }
}

async fn running(cloud: &Cloud, function: &str) -> u64 {
    let functions = cloud.local("GET", "functions").send().await.expect(200);
    let found = functions.as_array().unwrap().iter().find(|item| item["binary"] == function);
    found.map_or(0, |item| item["running"].as_u64().unwrap())
}

#[tokio::test]
async fn a_consumer_that_dies_between_log_and_sockets_loses_nothing() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let (mut client, mut socket) = (Follower::default(), cloud.socket(&user.access_token).await);
    client.opened(&mut socket).await;
    let first = socket.expect("resumed").await;
    client.hear(&first, &mut socket).await;
    // The message is in the log, and the gateway never hears of it.
    cloud.inject(&json!({ "service": "execute-api", "operation": "PostToConnection", "delayMs": 10_000, "contains": "notification", "count": 1 })).await;
    let event = inbox_item(&user, "Title");
    cloud.publish(&event).await;
    eventually("a consumer at work", async || (running(&cloud, PUSHER).await > 0).then_some(())).await;
    let waiting = async || cloud.local("GET", "faults").send().await.expect(200).as_array().unwrap().is_empty();
    eventually("the fault to be met", async || waiting().await.then_some(())).await;
    let killed = cloud.local("POST", &format!("functions/{PUSHER}/kill")).send().await.expect(200);
    assert!(killed["running"].as_u64() > Some(0), "{killed}");
    socket.send(&json!({ "type": "ping" })).await;
    follow(&mut client, &mut socket, 1).await;
    // The queue brings the event again; the client has it.
    eventually("the event again", async || cloud.logged(PUSHER, "duplicate").then_some(())).await;
    for frame in socket.ping().await {
        client.hear(&frame, &mut socket).await;
    }
    assert_eq!((client.applied, client.last), (ids(&[event]), 1));
    cloud.clear_faults().await;
}

#[tokio::test]
async fn events_that_come_again_and_in_any_order_arrive_once_each_and_in_one_order_for_all() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let mut devices = Vec::new();
    for _ in 0..2 {
        let mut socket = cloud.socket(&user.access_token).await;
        let mut client = Follower::default();
        client.opened(&mut socket).await;
        devices.push((client, socket));
    }
    let events: Vec<_> = (0..10).map(|_| inbox_item(&user, "Title")).collect();
    for event in events.iter().chain(events.iter().rev()).chain(&events) {
        cloud.publish(event).await;
    }
    for (client, socket) in &mut devices {
        follow(client, socket, events.len()).await;
    }
    assert_eq!(devices[0].0.applied, devices[1].0.applied);
    assert_eq!(sorted(devices[0].0.applied.clone()), sorted(ids(&events)));
    assert_eq!(devices[0].0.resets, 0);
}

#[tokio::test]
async fn a_line_that_breaks_again_and_again_costs_no_message_and_repeats_none() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let events: Vec<_> = (0..40).map(|_| inbox_item(&user, "Title")).collect();
    let publishing = async {
        for event in &events {
            cloud.publish(event).await;
        }
    };
    let listening = async {
        let mut client = Follower::default();
        // Each socket hears a few frames and is dropped without a word.
        for frames in [1, 0, 3, 2, 5, 1, 4] {
            let mut socket = cloud.socket(&user.access_token).await;
            client.opened(&mut socket).await;
            for _ in 0..frames {
                let Some(frame) = socket.next_within(Duration::from_millis(300)).await else { break };
                client.hear(&frame, &mut socket).await;
            }
        }
        let mut socket = cloud.socket(&user.access_token).await;
        client.opened(&mut socket).await;
        follow(&mut client, &mut socket, events.len()).await;
        client
    };
    let ((), client) = futures::join!(publishing, listening);
    assert_eq!(sorted(client.applied), sorted(ids(&events)));
    assert_eq!((client.last, client.resets), (40, 0));
}

#[tokio::test]
async fn a_gateway_that_throttles_costs_a_push_and_no_message() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let (mut client, mut socket) = (Follower::default(), cloud.socket(&user.access_token).await);
    client.opened(&mut socket).await;
    // More often than the SDK tries.
    cloud.inject(&json!({ "service": "execute-api", "operation": "PostToConnection", "error": "LimitExceededException", "contains": "\"notification\"", "count": 3 })).await;
    let event = inbox_item(&user, "Title");
    cloud.publish(&event).await;
    eventually("the event's line", async || cloud.logged(PUSHER, &event.correlation_id).then_some(())).await;
    follow(&mut client, &mut socket, 1).await;
    assert_eq!(client.applied, ids(&[event]));
    cloud.clear_faults().await;
}

#[tokio::test]
async fn a_record_of_a_socket_that_died_in_silence_goes_when_it_is_met() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let pk = format!("realtime#user#{}", user.id);
    let (since, until) =
        (Timestamp::now() - SignedDuration::from_mins(5), Timestamp::now() + SignedDuration::from_mins(5));
    let put =
        client.put_item().table_name(cloud.table_name()).item("pk", text(&pk)).item("sk", text("connection#dead"));
    let put = put.item("user_id", text(&user.id)).item("connection_id", text("dead"));
    let put = put.item("session_id", text(&user.session_id)).item("connected_at", text(&since.to_string()));
    let put = put.item("authorized_until", text(&until.to_string())).item("version", AttributeValue::N("1".into()));
    put.send().await.unwrap();
    cloud.publish(&inbox_item(&user, "Title")).await;
    eventually("the record to go", async || {
        let get =
            client.get_item().table_name(cloud.table_name()).key("pk", text(&pk)).key("sk", text("connection#dead"));
        get.send().await.unwrap().item.is_none().then_some(())
    })
    .await;
}

#[tokio::test]
async fn only_functions_that_speak_may_use_the_gateway() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let mut socket = cloud.socket(&user.access_token).await;
    socket.ping().await;
    drop(cloud.socket(&user.access_token).await);
    eventually("all roles to be known", async || (cloud.log_lines("realtime-disconnect") > 0).then_some(())).await;
    for (function, may) in
        [("realtime-receive-message", true), ("realtime-disconnect", false), ("identity-register", false)]
    {
        let config = aws_sdk_apigatewaymanagement::config::Builder::from(&cloud.sdk_as(function).await);
        let config = config.endpoint_url(cloud.connections_url()).build();
        let client = aws_sdk_apigatewaymanagement::Client::from_conf(config);
        let post = client.post_to_connection().connection_id("nobody").data(Blob::new("{}"));
        let status =
            post.send().await.expect_err("there is no such connection").raw_response().unwrap().status().as_u16();
        assert_eq!(status, if may { 410 } else { 403 }, "{function}");
    }
}

/// As many as the issue asks for; twenty per user is the bound.
const USERS: usize = 25;
const SOCKETS_PER_USER: usize = 20;
/// Handshakes at once: each is a call of a function.
const HANDSHAKES_AT_ONCE: usize = 8;

#[tokio::test]
async fn five_hundred_sockets_are_open_and_all_hear() {
    let cloud = Cloud::connect_for_faults().await;
    let users: Vec<User> = futures::stream::iter(0..USERS).map(|_| cloud.sign_up()).buffer_unordered(4).collect().await;
    let tokens = users.iter().flat_map(|user| std::iter::repeat_n(user.access_token.clone(), SOCKETS_PER_USER));
    let started = Instant::now();
    // In their order, so that each user's are found again.
    let open = futures::stream::iter(tokens).map(async |token| cloud.try_socket(&token).await);
    let mut sockets: Vec<Socket> = open.buffered(HANDSHAKES_AT_ONCE).try_collect().await.expect("every socket");
    let connecting = started.elapsed();

    let started = Instant::now();
    for user in &users {
        cloud.publish(&inbox_item(user, "Title")).await;
    }
    let mut heard: Vec<Option<Value>> = vec![None; sockets.len()];
    eventually_within(Duration::from_mins(1), "a frame in every socket", async || {
        let silent = sockets.iter_mut().zip(&mut heard).filter(|(_, frame)| frame.is_none());
        let listening =
            silent.map(async |(socket, frame)| *frame = socket.next_within(Duration::from_millis(500)).await);
        futures::future::join_all(listening).await;
        heard.iter().all(Option::is_some).then_some(())
    })
    .await;
    let fan_out = started.elapsed();
    assert!(heard.iter().flatten().all(|frame| frame["id"] == "1"));
    let count = heard.len();
    assert_eq!(count, USERS * SOCKETS_PER_USER);
    println!("{count} sockets opened in {connecting:.1?}; {USERS} events reached them in {fan_out:.2?}");
    // Each end is a call of a function too, and a process here: not all at once.
    for user in users.iter().rev() {
        drop(sockets.split_off(sockets.len() - SOCKETS_PER_USER));
        eventually("the records of a user to go", async || (records(&cloud, user).await == 0).then_some(())).await;
    }
}

/// How many connections of a user are recorded.
async fn records(cloud: &Cloud, user: &User) -> i32 {
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let query = client.query().table_name(cloud.table_name());
    let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :sk)");
    let query = query.expression_attribute_values(":pk", AttributeValue::S(format!("realtime#user#{}", user.id)));
    let query = query.expression_attribute_values(":sk", AttributeValue::S("connection#".to_owned()));
    query.consistent_read(true).send().await.expect("items").count()
}
