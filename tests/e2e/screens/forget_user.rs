//! `screens-forget-user` on `identity.user_deleted.v1`

use contracts::identity::UserDeleted;
use tests::Cloud;
use types::AquariumId;

use super::support::{created, home, publish};

#[tokio::test]
async fn the_home_of_a_deleted_user_is_deleted() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let aquarium_id = AquariumId::generate();
    publish(&cloud, created(aquarium_id, &user)).await;
    home(&cloud, &user, "the card", |body| body["aquariums"][0]["name"] == "Screen test").await;
    publish(&cloud, UserDeleted { user_id: user.user_id() }).await;
    home(&cloud, &user, "an empty home", |body| body["asOf"].is_null()).await;
}
