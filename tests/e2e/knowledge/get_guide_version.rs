//! `GET /v1/aquarium/guides/{id}/versions/{version}`

use tests::Cloud;
use types::Uuid;

use super::support::{call, new_guide, refuses_strangers};

#[tokio::test]
async fn the_staff_reads_a_version() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let (path, _) = new_guide(&cloud, &manager).await;
    let version = format!("{path}/versions/1");
    let reply = call(&cloud, &manager, ("GET", &version), None).await;
    assert_eq!(reply.header("etag"), "\"1\"");
    assert_eq!(reply.expect(200)["body"], "# Title\n\nText.");
    for bad in ["2", "0", "x"] {
        let missing = call(&cloud, &manager, ("GET", &format!("{path}/versions/{bad}")), None).await;
        missing.expect_problem(404, "knowledge.no_such_guide_version");
    }
    let none = format!("/v1/aquarium/guides/{}/versions/1", Uuid::now_v7());
    call(&cloud, &manager, ("GET", &none), None).await.expect_problem(404, "knowledge.no_such_guide");
    refuses_strangers(&cloud, ("GET", &version), None).await;
}
