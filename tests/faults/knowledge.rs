//! Users who leave guides and suggestions, and whose erasure is killed at each of its steps: it ends the same.

use contracts::identity::UserDeleted;
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, User, eventually, new_slug};

use crate::aquarium_support::item;
use crate::deliveries::{event, handled};
use crate::kills::{Kill, inject, is_met, kill};

const FORGET: &str = "knowledge-forget-user";

fn source() -> Value {
    json!({
        "title": "A page", "publisher": "A publisher", "url": "https://example.org/a", "licence": "CC BY 4.0",
        "accessed": "2026-11-29",
    })
}

async fn create(cloud: &Cloud, user: &User, path: &str, body: &Value) -> Value {
    let call = cloud.post(path).bearer(&user.access_token).header("idempotency-key", &new_slug());
    call.json(body).send().await.expect(201)
}

/// Imports a species, and returns its ID.
async fn species(cloud: &Cloud, admin: &User) -> String {
    let id = new_slug();
    let fact = |value: &str| json!({ "value": value, "sources": ["a"] });
    let row = json!({
        "id": id,
        "facts": { "kind": fact("fish"), "water": fact("fresh"), "scientificName": fact(&format!("Genus {id}")) },
        "names": { "en": [format!("Common {id}")] },
        "sources": { "a": source() },
    });
    let call = cloud.post("/v1/aquarium/species/imports").bearer(&admin.access_token);
    let new = call.header("idempotency-key", &id).send().await.expect(201);
    assert_eq!(cloud.send_form(&new["upload"], &[], format!("{row}\n").as_bytes()).await, 201);
    let path = format!("/v1/aquarium/species/imports/{}", new["id"].as_str().unwrap());
    eventually("the end of the import", async || {
        let job = cloud.get(&path).bearer(&admin.access_token).send().await.expect(200);
        job["finishedAt"].is_string().then_some(())
    })
    .await;
    id
}

/// Suggests a value, and returns the ID of the suggestion.
async fn suggest(cloud: &Cloud, user: &User, species: &str, value: &str) -> String {
    let body = json!({ "field": "minGroup", "value": value, "source": source(), "comment": "I read it there." });
    let made = create(cloud, user, &format!("/v1/aquarium/species/{species}/suggestions"), &body).await;
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_erasure_that_is_killed_at_each_step_leaves_guides_without_their_author() {
    let cloud = Cloud::connect_for_faults().await;
    let (admin, user) = (cloud.new_admin().await, cloud.manager().await);
    cloud.pass_as_verified(&user).await;
    let species = species(&cloud, &admin).await;
    let slug = new_slug();
    let guide = json!({
        "slug": slug, "language": "en", "title": format!("Guide {slug}"), "summary": "In short",
        "body": "# Title\n\nText.", "sources": [source()],
    });
    let guide = create(&cloud, &user, "/v1/aquarium/guides", &guide).await["id"].as_str().unwrap().to_owned();
    let (decided, open) = (suggest(&cloud, &user, &species, "8").await, suggest(&cloud, &user, &species, "9").await);
    let path = format!("/v1/aquarium/species/{species}/suggestions/{decided}/decision");
    let reject = json!({ "verdict": "reject", "reason": "The source is old." });
    let rejected = cloud.post(&path).bearer(&admin.access_token).json(&reject).send().await;
    assert_eq!(rejected.status, 200, "{}", rejected.body);

    let partitions = ["user", "guide", "species"].into_iter().zip([&user.id, &guide, &species]);
    let partitions: Vec<_> = partitions.map(|(kind, id)| format!("knowledge#{kind}#{id}")).collect();
    let [own, of_guide, of_species] = [0, 1, 2].map(|number| partitions[number].as_str());
    // The marker is written; a version is to lose its author, and then the record that leads to it is to be deleted; the open suggestion is
    // deleted.
    let kills = [
        Kill::keys(FORGET, "PutItem", own, "after"),
        Kill::keys(FORGET, "PutItem", of_guide, "before"),
        Kill::keys(FORGET, "DeleteItem", own, "before"),
        Kill::keys(FORGET, "DeleteItem", of_species, "after"),
    ];
    let left = event(Timestamp::now(), UserDeleted { user_id: user.user_id() });
    for (number, at) in kills.iter().enumerate() {
        inject(&cloud, at).await;
        if number == 0 {
            cloud.publish(&left).await;
        }
        is_met(&cloud, at).await;
        kill(&cloud, FORGET).await;
    }
    for _ in 0..2 {
        cloud.publish(&left).await;
    }
    handled(&cloud, FORGET, &[left], 3).await;

    let path = format!("/v1/aquarium/guides/{guide}/versions/1");
    let version = cloud.get(&path).bearer(&admin.access_token).send().await.expect(200);
    assert_eq!((&version["authorId"], &version["body"]), (&Value::Null, &json!("# Title\n\nText.")));
    assert_eq!(item(&cloud, of_species, &format!("suggestion#{open}")).await, None);
    let kept = item(&cloud, of_species, &format!("suggestion#{decided}")).await.unwrap();
    assert!(kept.get("user_id").is_none() && !kept.to_string().contains("I read it there."), "{kept}");
    let held = cloud.held("knowledge", &user).await;
    assert!(!held.contains("suggestion#") && !held.contains("guide#"), "{held}");
}
