//! `GET /v1/aquarium/web/aquariums`

use tests::{Cloud, eventually};
use types::AquariumId;

use super::support::{created, publish};

const PATH: &str = "/v1/aquarium/web/aquariums";
/// Pages that are searched for an aquarium of this test.
const MAX_PAGES: usize = 50;

#[tokio::test]
async fn the_list_is_for_the_staff_only() {
    let cloud = Cloud::connect().await;
    cloud.call("GET", PATH).send().await.expect_problem(401, "auth.token_missing");
    let user = cloud.sign_up().await;
    let refused = cloud.call("GET", PATH).bearer(&user.access_token).send().await;
    refused.expect_problem(403, "auth.forbidden");
    let manager = cloud.manager().await;
    let wrong = cloud.call("GET", &format!("{PATH}?kind=lake")).bearer(&manager.access_token).send().await;
    wrong.expect_problem(422, "request.invalid");
    let id = AquariumId::generate();
    publish(&cloud, created(id, &user)).await;
    eventually("the pond in the list", async || {
        let mut cursor = String::new();
        for _ in 0..MAX_PAGES {
            let path = format!("{PATH}?kind=pond&limit=100{cursor}");
            let page = cloud.call("GET", &path).bearer(&manager.access_token).send().await.expect(200);
            let mut items = page["items"].as_array().unwrap().iter();
            if items.any(|item| item["id"] == id.to_string().as_str()) {
                return Some(());
            }
            cursor = format!("&cursor={}", page["nextCursor"].as_str()?);
        }
        None
    })
    .await;
}
