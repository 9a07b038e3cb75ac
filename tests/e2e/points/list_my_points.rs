//! `GET /v1/community/points/mine`

use serde_json::{Value, json};
use tests::Cloud;

use super::support::call;

const PATH: &str = "/v1/community/points/mine";

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_caller_s_points_come_newest_first_in_pages_without_deleted_ones() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let mut ids = Vec::new();
    for name in ["A", "B", "C", "D"] {
        ids.push(cloud.point(&user, name).await);
    }
    let gone = call(&cloud, "DELETE", &format!("/v1/community/points/{}", ids[1]), &user, None).await;
    assert_eq!(gone.status, 204);
    let first = call(&cloud, "GET", &format!("{PATH}?limit=2"), &user, None).await.expect(200);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = call(&cloud, "GET", &format!("{PATH}?limit=2&cursor={cursor}"), &user, None).await.expect(200);
    assert_eq!([names(&first), names(&second)].concat(), ["D", "C", "A"]);
    assert_eq!(first["items"][0]["keeperId"], user.id.as_str());
    // Of a stranger it lists theirs: none, also with this cursor.
    for path in [PATH.to_owned(), format!("{PATH}?cursor={cursor}")] {
        let list = call(&cloud, "GET", &path, &stranger, None).await.expect(200);
        assert_eq!(list, json!({ "items": [], "nextCursor": null }));
    }
    call(&cloud, "GET", &format!("{PATH}?limit=0"), &user, None).await.expect_problem(422, "request.invalid");
}
