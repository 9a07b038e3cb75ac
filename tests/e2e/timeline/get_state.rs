//! `GET /v1/aquarium/aquariums/{id}/timeline/state`

use serde_json::json;

use super::support::Shared;

#[tokio::test]
async fn the_state_is_that_of_now_or_of_an_earlier_time() {
    let shared = Shared::start().await;
    let empty = shared.get(&shared.viewer, "/state").await.expect(200);
    assert_eq!((&empty["seq"], &empty["types"]), (&json!(0), &json!([])));
    shared.append(&shared.keeper, 5_000).await;
    let entry = shared.get(&shared.viewer, "/entries/1").await.expect(200);
    shared.append(&shared.owner, 1_000).await;
    let reply = shared.get(&shared.viewer, "/state").await;
    assert_eq!(reply.header("etag"), "\"2\"");
    let state = reply.expect(200);
    assert_eq!((&state["seq"], &state["waterChangedMl"]), (&json!(2), &json!(6_000)));
    assert_eq!((&state["types"][0]["type"], &state["types"][0]["count"]), (&json!("water_change"), &json!(2)));
    let recorded_at = entry["recordedAt"].as_str().unwrap_or_else(|| panic!("{entry}"));
    let earlier = shared.get(&shared.viewer, &format!("/state?at={recorded_at}")).await.expect(200);
    assert_eq!((&earlier["seq"], &earlier["waterChangedMl"]), (&json!(1), &json!(5_000)));
    shared.get(&shared.stranger, "/state").await.expect_problem(404, "timeline.no_such_aquarium");
    shared.get(&shared.owner, "/state?at=x").await.expect_problem(422, "request.invalid");
}
