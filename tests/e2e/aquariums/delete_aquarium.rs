//! `DELETE /v1/aquarium/aquariums/{id}`

use tests::{Cloud, eventually};

use super::support::{aquarium, call, call_if, id_of, nowhere};

#[tokio::test]
async fn a_deleted_aquarium_is_gone_at_once_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let watch = cloud.watch("aquariums.aquarium_removed.v1").await;
    let path = aquarium(&cloud, &owner).await;
    for (path, user) in [(&path, &stranger), (&nowhere(), &owner)] {
        let reply = call_if(&cloud, "DELETE", path, user, "\"1\"", None).await;
        reply.expect_problem(404, "aquariums.no_such_aquarium");
    }
    call_if(&cloud, "DELETE", &path, &owner, "\"7\"", None).await.expect_problem(412, "request.version_changed");
    call(&cloud, "DELETE", &path, &owner, None).await.expect_problem(428, "request.if_match_missing");
    let anonymous = cloud.call("DELETE", &path).header("if-match", "\"1\"").send().await;
    anonymous.expect_problem(401, "auth.token_missing");
    assert_eq!(call_if(&cloud, "DELETE", &path, &owner, "\"1\"", None).await.status, 204);
    call(&cloud, "GET", &path, &owner, None).await.expect_problem(404, "aquariums.no_such_aquarium");
    let again = call_if(&cloud, "DELETE", &path, &owner, "\"1\"", None).await;
    again.expect_problem(404, "aquariums.no_such_aquarium");
    eventually("the event", async || {
        watch.take().await.into_iter().find(|event| event["data"]["aquariumId"] == id_of(&path))
    })
    .await;
}
