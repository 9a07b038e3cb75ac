//! `DELETE /v1/aquarium/identifications/{id}`

use tests::{Cloud, Reply, User};
use types::Uuid;

use super::support::{PATH, get, identified_strip};

async fn delete(cloud: &Cloud, user: &User, id: &str) -> Reply {
    cloud.call("DELETE", &format!("{PATH}/{id}")).bearer(&user.access_token).send().await
}

#[tokio::test]
async fn a_user_deletes_their_own_identification() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let id = identified_strip(&cloud, &user, (308, 31)).await;
    delete(&cloud, &stranger, &id).await.expect_problem(404, "vision.no_such_identification");
    cloud.call("DELETE", &format!("{PATH}/{id}")).send().await.expect_problem(401, "auth.token_missing");
    assert_eq!(delete(&cloud, &user, &id).await.status, 204);
    get(&cloud, &user, &id).await.expect_problem(404, "vision.no_such_identification");
    delete(&cloud, &user, &id).await.expect_problem(404, "vision.no_such_identification");
}

#[tokio::test]
async fn an_unknown_identification_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = delete(&cloud, &user, &Uuid::now_v7().to_string()).await;
    reply.expect_problem(404, "vision.no_such_identification");
}
