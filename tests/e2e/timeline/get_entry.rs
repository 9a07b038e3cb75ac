//! `GET /v1/aquarium/aquariums/{id}/timeline/entries/{seq}`

use serde_json::json;

use super::support::Shared;

#[tokio::test]
async fn members_read_an_entry_and_strangers_find_nothing() {
    let shared = Shared::start().await;
    shared.append(&shared.keeper, 5_000).await;
    for user in [&shared.owner, &shared.keeper, &shared.viewer] {
        let reply = shared.get(user, "/entries/1").await;
        assert_eq!(reply.header("etag"), "\"1\"");
        let entry = reply.expect(200);
        assert_eq!(entry["content"], json!({ "type": "water_change", "volumeMl": 5_000 }));
        assert_eq!((&entry["status"], &entry["note"]), (&json!("recorded"), &json!("Salt was low.")));
    }
    for seq in ["2", "01", "x", "99999999999999999999"] {
        let reply = shared.get(&shared.owner, &format!("/entries/{seq}")).await;
        reply.expect_problem(404, "timeline.no_such_entry");
    }
    shared.get(&shared.stranger, "/entries/1").await.expect_problem(404, "timeline.no_such_aquarium");
    shared.cloud.get(&shared.path("/entries/1")).send().await.expect_problem(401, "auth.token_missing");
}
