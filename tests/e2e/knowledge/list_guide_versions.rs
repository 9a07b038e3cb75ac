//! `GET /v1/aquarium/guides/{id}/versions`

use tests::Cloud;
use types::Uuid;

use super::support::{call, new_guide, refuses_strangers};

#[tokio::test]
async fn the_staff_sees_the_versions_of_a_guide() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let (path, slug) = new_guide(&cloud, &manager).await;
    let versions = format!("{path}/versions");
    let page = call(&cloud, &manager, ("GET", &versions), None).await.expect(200);
    let first = &page["items"][0];
    assert_eq!((&first["slug"], &first["authorId"]), (&slug.into(), &manager.id.clone().into()));
    let none = format!("/v1/aquarium/guides/{}/versions", Uuid::now_v7());
    call(&cloud, &manager, ("GET", &none), None).await.expect_problem(404, "knowledge.no_such_guide");
    refuses_strangers(&cloud, ("GET", &versions), None).await;
}
