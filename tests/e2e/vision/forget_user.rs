//! `vision-forget-user` on `identity.user_deleted.v1`

use contracts::identity::UserDeleted;
use tests::Cloud;

use super::support::{get, identified_strip, tell};

#[tokio::test]
async fn identifications_are_deleted_with_their_user() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let id = identified_strip(&cloud, &user, (312, 31)).await;
    let fact = UserDeleted { user_id: user.id.parse().unwrap() };
    let first = tell(&cloud, "vision-forget-user", fact.clone()).await;
    assert!(first.contains("applied"), "{first}");
    get(&cloud, &user, &id).await.expect_problem(404, "vision.no_such_identification");
    let second = tell(&cloud, "vision-forget-user", fact).await;
    assert!(second.contains("duplicate"), "{second}");
    assert_eq!(cloud.held("vision", &user).await.matches("identification#").count(), 0);
}
