//! Pictures whose check is repeated, killed, overtaken or left without a moderator: published once, or not at all.

use serde_json::{Value, json};
use testkit::pictures;
use tests::{Cloud, User, Watch, eventually};

const CHECK: &str = "media-process-upload";

/// How many checks have an invocation in hand.
async fn at_work(cloud: &Cloud) -> u64 {
    let functions = cloud.local("GET", "functions").send().await.expect(200);
    let check = |function: &&Value| function["binary"] == CHECK;
    functions.as_array().unwrap().iter().find(check).map_or(0, |function| function["running"].as_u64().unwrap())
}

async fn kill_the_check(cloud: &Cloud) {
    eventually("a check at work", async || (at_work(cloud).await > 0).then_some(())).await;
    let killed = cloud.local("POST", &format!("functions/{CHECK}/kill")).send().await.expect(200);
    assert!(killed["running"].as_u64() > Some(0), "{killed}");
}

/// Waits until the picture is published and its upload deleted, and says how often it was told of.
async fn published(cloud: &Cloud, user: &User, id: &str, watch: &Watch) -> usize {
    assert_eq!(cloud.checked(user, id).await["status"], "published");
    let mut told = Vec::new();
    eventually("the event", async || {
        told.extend(watch.take().await.into_iter().filter(|event| event["data"]["mediaId"] == id));
        (!told.is_empty()).then_some(())
    })
    .await;
    let waiting = format!("quarantine/{}/{id}", user.id);
    eventually("quarantine", async || cloud.objects(&waiting).await.is_empty().then_some(())).await;
    assert_eq!(cloud.objects(id).await.len(), 4);
    // What is still under way comes before what starts now.
    let other = cloud.upload(user, "image/png", &pictures::png(9, 9)).await;
    cloud.checked(user, &other).await;
    told.extend(watch.take().await.into_iter().filter(|event| event["data"]["mediaId"] == id));
    told.len()
}

#[tokio::test]
async fn without_a_moderator_a_picture_waits_and_is_seen_by_nobody() {
    let cloud = Cloud::connect_for_faults().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let watch = cloud.watch("media.published.v1").await;
    // More failures than one delivery has tries.
    cloud.inject(&json!({ "service": "rekognition", "error": "InternalServerError", "count": 4 })).await;
    let id = cloud.upload(&user, "image/jpeg", &pictures::jpeg(80, 60)).await;
    eventually("a failed check", async || {
        cloud.log().iter().any(|line| line.contains(&id) && line.contains("\"retry\"")).then_some(())
    })
    .await;
    assert_eq!(cloud.see(&user, &id).await.expect(200)["status"], "pending");
    cloud.see(&stranger, &id).await.expect_problem(404, "media.no_such_media");
    assert!(cloud.objects(&format!("published/{}", user.id)).await.is_empty());
    assert_eq!(published(&cloud, &user, &id, &watch).await, 1);
    cloud.clear_faults().await;
}

#[tokio::test]
async fn a_check_that_is_killed_anywhere_is_finished_by_the_next() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let watch = cloud.watch("media.published.v1").await;
    // While it reads, while it is moderated, while objects are written, before the item is, and after it was.
    for fault in [
        json!({ "service": "s3", "operation": "GetObject", "delayMs": 3_000 }),
        json!({ "service": "rekognition", "delayMs": 3_000 }),
        json!({ "service": "s3", "operation": "PutObject", "delayMs": 3_000, "when": "after" }),
        json!({ "service": "dynamodb", "operation": "PutItem", "contains": "published", "delayMs": 3_000 }),
        json!({ "service": "dynamodb", "operation": "PutItem", "contains": "published", "delayMs": 3_000, "when": "after" }),
        json!({ "service": "s3", "operation": "DeleteObject", "delayMs": 3_000 }),
    ] {
        cloud.inject(&fault).await;
        let id = cloud.upload(&user, "image/jpeg", &pictures::jpeg(80, 60)).await;
        eventually("the fault to be met", async || {
            let left = cloud.local("GET", "faults").send().await.expect(200);
            left.as_array().unwrap().is_empty().then_some(())
        })
        .await;
        kill_the_check(&cloud).await;
        assert_eq!(published(&cloud, &user, &id, &watch).await, 1, "{fault}");
    }
}

#[tokio::test]
async fn a_message_that_comes_five_times_publishes_once() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let watch = cloud.watch("media.published.v1").await;
    let file = pictures::jpeg(80, 60);
    let asked = cloud.ask_to_upload(&user, "image/jpeg", file.len()).await;
    let id = asked["id"].as_str().unwrap();
    cloud.inject(&json!({ "service": "rekognition", "delayMs": 500, "count": 3 })).await;
    assert_eq!(cloud.send_form(&asked["upload"], &[], &file).await, 201);
    // The form works for a while: the same client may send it twice.
    assert_eq!(cloud.send_form(&asked["upload"], &[], &file).await, 201);
    for _ in 0..5 {
        cloud.tell_of_upload(&user.id, id).await;
    }
    assert_eq!(published(&cloud, &user, id, &watch).await, 1);
    cloud.clear_faults().await;
}

#[tokio::test]
async fn a_second_file_under_the_same_form_does_not_replace_what_is_published() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let watch = cloud.watch("media.published.v1").await;
    let (first, second) = (pictures::jpeg(80, 60), pictures::jpeg(40, 60));
    let asked = cloud.ask_to_upload(&user, "image/jpeg", first.len().max(second.len())).await;
    let id = asked["id"].as_str().unwrap();
    assert_eq!(cloud.send_form(&asked["upload"], &[], &first).await, 201);
    let before = cloud.checked(&user, id).await;
    assert_eq!(cloud.send_form(&asked["upload"], &[], &second).await, 201);
    assert_eq!(published(&cloud, &user, id, &watch).await, 1);
    let after = cloud.see(&user, id).await.expect(200);
    assert_eq!((&after["variants"][0]["width"], &before["variants"][0]["width"]), (&json!(80), &json!(80)));
}

#[tokio::test]
async fn a_deletion_beside_a_check_wins() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let watch = cloud.watch("media.published.v1").await;
    for fault in [
        json!({ "service": "rekognition", "delayMs": 1_500 }),
        json!({ "service": "dynamodb", "operation": "PutItem", "contains": "published", "delayMs": 1_500 }),
    ] {
        cloud.inject(&fault).await;
        let id = cloud.upload(&user, "image/jpeg", &pictures::jpeg(80, 60)).await;
        eventually("the check to be held", async || {
            let left = cloud.local("GET", "faults").send().await.expect(200);
            (left.as_array().unwrap().is_empty() && at_work(&cloud).await > 0).then_some(())
        })
        .await;
        let path = format!("/v1/media/{id}");
        assert_eq!(cloud.call("DELETE", &path).bearer(&user.access_token).send().await.status, 204);
        eventually("the check to end", async || {
            cloud.log().iter().any(|line| line.starts_with(CHECK) && line.contains(&id)).then_some(())
        })
        .await;
        cloud.see(&user, &id).await.expect_problem(404, "media.no_such_media");
        assert_eq!(cloud.objects(&id).await, Vec::<String>::new(), "{fault}");
    }
    assert!(watch.take().await.iter().all(|event| event["data"]["ownerId"] != user.id.as_str()));
}

#[tokio::test]
async fn a_bucket_that_fails_for_a_while_loses_nothing() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let watch = cloud.watch("media.published.v1").await;
    cloud.inject(&json!({ "service": "s3", "operation": "GetObject", "error": "SlowDown", "count": 4 })).await;
    let id = cloud.upload(&user, "image/jpeg", &pictures::jpeg(80, 60)).await;
    assert_eq!(published(&cloud, &user, &id, &watch).await, 1);
    cloud.clear_faults().await;
}

#[tokio::test]
async fn what_can_never_be_read_is_poison() {
    let cloud = Cloud::connect_for_faults().await;
    let client = aws_sdk_sqs::Client::new(&cloud.sdk().await);
    let urls = client.list_queues().send().await.unwrap().queue_urls.unwrap_or_default();
    let url = urls.into_iter().find(|url| url.ends_with("media-process-upload")).unwrap();
    let marker = types::Uuid::now_v7().to_string();
    client.send_message().queue_url(url).message_body(json!({ "detail": marker }).to_string()).send().await.unwrap();
    let dead = cloud.take_dead_letter("media-dead-letters", &marker).await;
    assert!(dead.reason.starts_with("the message is of no bucket"), "{}", dead.reason);
}
