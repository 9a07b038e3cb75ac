//! `identity.user_deleted.v1`: pictures of the user leave all products.

use serde_json::{Value, json};
use tests::{Cloud, PASSWORD, eventually};

use super::support::{pictures_of, show_picture};

#[tokio::test]
async fn a_deleted_user_leaves_no_picture_on_a_product() {
    let cloud = Cloud::connect().await;
    let (leaving, other) = (cloud.manager().await, cloud.manager().await);
    let product = cloud.published_product(&other, "Shoe").await;
    let picture = show_picture(&cloud, &leaving, &product).await;
    let exported = cloud.export(&leaving).await;
    let section = &exported["sections"]["catalog"];
    assert_eq!(
        (&section["images"][0]["mediaId"], &section["pictures"][0]["productId"]),
        (&json!(picture), &product["id"]),
        "{section}"
    );
    let gone = cloud.call("DELETE", "/v1/users/me").bearer(&leaving.access_token);
    assert_eq!(gone.json(&json!({ "password": PASSWORD })).send().await.status, 204);
    eventually("the picture to go", async || {
        (pictures_of(&cloud, &product).await == Vec::<Value>::new()).then_some(())
    })
    .await;
    eventually("the records to go", async || (!cloud.held("catalog", &leaving).await.contains(&picture)).then_some(()))
        .await;
}
