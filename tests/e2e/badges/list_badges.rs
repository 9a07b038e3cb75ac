//! `GET /v1/community/badges`

use tests::{Cloud, eventually};

use super::support::{badge, find, kind};

#[tokio::test]
async fn everybody_sees_what_can_be_earned() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let made = badge(&cloud, kind(&cloud).await, &[1, 5]).await;
    let shown = eventually("the badge", async || {
        let list = cloud.get("/v1/community/badges").bearer(&user.access_token).send().await.expect(200);
        assert!(list["nextCursor"].is_null());
        find(&list, &made["id"])
    })
    .await;
    assert_eq!(shown, made);
}
