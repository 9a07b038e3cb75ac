//! `DELETE /v1/community/events/schedules/{id}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{call, kind, point_of, schedule, schedule_body};

#[tokio::test]
async fn its_creator_the_keeper_or_an_admin_deletes_it_and_no_one_else() {
    let cloud = Cloud::connect().await;
    let (keeper, admin, stranger) = (cloud.sign_up().await, cloud.admin().await, cloud.sign_up().await);
    let body = schedule_body(point_of(&cloud, &keeper).await, &kind(&cloud, &json!({})).await);
    for (creator, owner) in [(&keeper, &keeper), (&keeper, &admin), (&admin, &keeper)] {
        let made = schedule(&cloud, creator, &body).await;
        let path = format!("/v1/community/events/schedules/{}", made["id"].as_str().unwrap());
        call(&cloud, &stranger, "DELETE", &path).await.expect_problem(403, "events.not_yours");
        assert_eq!(call(&cloud, owner, "DELETE", &path).await.status, 204);
        call(&cloud, owner, "DELETE", &path).await.expect_problem(404, "events.no_such_schedule");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = call(&cloud, &user, "DELETE", &format!("/v1/community/events/schedules/{}", Uuid::now_v7())).await;
    reply.expect_problem(404, "events.no_such_schedule");
}
