//! `GET /v1/media`

use std::collections::BTreeSet;

use serde_json::json;
use tests::Cloud;

#[tokio::test]
async fn a_user_sees_their_own_pictures_in_pages() {
    let cloud = Cloud::connect().await;
    let (user, other) = (cloud.sign_up().await, cloud.sign_up().await);
    let list = async |query: &str, token: &str| cloud.get(&format!("/v1/media{query}")).bearer(token).send().await;
    let empty = list("", &user.access_token).await.expect(200);
    assert_eq!(empty, json!({ "items": [], "nextCursor": null }));
    let mut asked = BTreeSet::new();
    for _ in 0..3 {
        let media = cloud.ask_to_upload(&user, "image/png", 10).await;
        asked.insert(media["id"].as_str().unwrap().to_owned());
    }
    let first = list("?limit=2", &user.access_token).await.expect(200);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = list(&format!("?limit=2&cursor={cursor}"), &user.access_token).await.expect(200);
    let pages = [&first, &second].map(|page| page["items"].as_array().unwrap().clone()).concat();
    assert_eq!(pages.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>(), asked);
    assert!(second["nextCursor"].is_null());
    assert_eq!(list("", &other.access_token).await.expect(200)["items"], json!([]));
    // The cursor names no owner: with it a stranger reads on in their own list.
    assert_eq!(list(&format!("?cursor={cursor}"), &other.access_token).await.expect(200)["items"], json!([]));
    list("?limit=0", &user.access_token).await.expect_problem(422, "request.invalid");
}
