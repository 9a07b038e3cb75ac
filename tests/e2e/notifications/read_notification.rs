//! `POST /v1/notifications/{id}/read`

use tests::Cloud;
use types::Uuid;

use super::support::{by, in_inbox, notify};

#[tokio::test]
async fn reading_is_noted_once() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let id = notify(&cloud, &user, "Water").await;
    let path = format!("/{id}/read");
    assert_eq!(by(&cloud, &user, "POST", &path).send().await.status, 204);
    let first = in_inbox(&cloud, &user, id).await["readAt"].clone();
    assert_eq!(by(&cloud, &user, "POST", &path).send().await.status, 204);
    assert!(first.is_string());
    assert_eq!(in_inbox(&cloud, &user, id).await["readAt"], first);
}

#[tokio::test]
async fn what_is_not_there_or_another_s_is_not_found() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let id = notify(&cloud, &ann, "Water").await;
    for id in [id, Uuid::now_v7()] {
        let reply = by(&cloud, &bob, "POST", &format!("/{id}/read")).send().await;
        reply.expect_problem(404, "notifications.no_such_notification");
    }
    by(&cloud, &bob, "POST", "/x/read").send().await.expect_problem(404, "request.no_such_path");
    assert!(in_inbox(&cloud, &ann, id).await["readAt"].is_null());
}
