//! `DELETE /v1/aquarium/aquariums/{id}/readings/manual/{readingId}`

use tests::{Cloud, eventually};

use super::support::{aquarium, call, call_if, id_of, member, reading};

#[tokio::test]
async fn a_keeper_deletes_a_reading_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let watch = cloud.watch("aquariums.reading_recorded.v1").await;
    let path = aquarium(&cloud, &owner).await;
    let keeper = member(&cloud, &path, &owner, "keeper").await;
    let reading = reading(&cloud, &path, &owner).await;
    assert_eq!(call_if(&cloud, "DELETE", &reading, &keeper, "\"1\"", None).await.status, 204);
    call(&cloud, "GET", &reading, &owner, None).await.expect_problem(404, "aquariums.no_such_reading");
    let again = call_if(&cloud, "DELETE", &reading, &keeper, "\"2\"", None).await;
    again.expect_problem(404, "aquariums.no_such_reading");
    let event = eventually("the event", async || {
        let events = watch.take().await.into_iter();
        events
            .filter(|event| event["data"]["readingId"] == id_of(&reading))
            .find(|event| event["data"]["deleted"] == true)
    })
    .await;
    assert_eq!(event["data"]["revision"], 2);
}

#[tokio::test]
async fn viewers_and_strangers_delete_nothing() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let reading = reading(&cloud, &path, &owner).await;
    let refused = call_if(&cloud, "DELETE", &reading, &viewer, "\"1\"", None).await;
    refused.expect_problem(403, "aquariums.role_too_low");
    let refused = call_if(&cloud, "DELETE", &reading, &stranger, "\"1\"", None).await;
    refused.expect_problem(404, "aquariums.no_such_aquarium");
    let anonymous = cloud.call("DELETE", &reading).header("if-match", "\"1\"").send().await;
    anonymous.expect_problem(401, "auth.token_missing");
    assert_eq!(call(&cloud, "GET", &reading, &viewer, None).await.status, 200);
}
