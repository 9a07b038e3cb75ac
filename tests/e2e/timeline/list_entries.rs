//! `GET /v1/aquarium/aquariums/{id}/timeline`

use serde_json::json;
use tests::eventually;

use super::support::Shared;

#[tokio::test]
async fn members_list_entries_and_strangers_find_nothing() {
    let shared = Shared::start().await;
    shared.append(&shared.keeper, 5_000).await;
    let fed = json!({ "content": { "type": "feeding", "food": "Krill" }, "happenedAt": "2026-01-01T00:00:00Z" });
    let body = json!({ "timeZone": "Europe/Berlin", "entries": [fed] });
    assert_eq!(shared.post(&shared.owner, "", 0, &body).await.status, 201);
    let types = async |query: &str| {
        let body = shared.get(&shared.viewer, query).await.expect(200);
        let items = body["items"].as_array().unwrap_or_else(|| panic!("{body}"));
        items.iter().map(|item| item["type"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    eventually("both entries", async || (types("").await == ["water_change", "feeding"]).then_some(())).await;
    assert_eq!(types("?kind=feeding").await, ["feeding"]);
    assert_eq!(types("?from=2026-01-02T00:00:00Z").await, ["water_change"]);
    assert_eq!(types("?to=2026-01-02T00:00:00Z").await, ["feeding"]);
    shared.get(&shared.stranger, "").await.expect_problem(404, "timeline.no_such_aquarium");
    shared.cloud.get(&shared.path("")).send().await.expect_problem(401, "auth.token_missing");
    let wrong = shared.get(&shared.owner, "?from=yesterday").await;
    wrong.expect_problem(422, "request.invalid");
    assert_eq!(wrong.body["errors"][0]["field"], "from");
}
