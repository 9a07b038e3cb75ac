//! Suggestions about species: decided once, applied in the same write by the rules of imports, limited, and erased.

use std::collections::BTreeSet;

use contracts::identity::UserDeleted;
use futures::future::join_all;
use jiff::Timestamp;
use kit::Deadline;
use knowledge::consumers::forget_user::forget_user;
use serde_json::{Value, json};
use types::Uuid;

use crate::badges_support::event;
use crate::guides_support::{accept, refuse, suggestion, text};
use crate::knowledge_support::{Answer, By, Library, row, source};

fn code(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.body["code"].as_str().unwrap_or_default())
}

fn ids(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect()
}

async fn library() -> Library {
    let library = Library::start().await;
    library.import(&[row("a-b", "Aa bb", &json!({ "en": ["Neon"] })), row("c-d", "Cc dd", &json!({}))]).await;
    library
}

/// The requested notifications, as pairs of decision and recipient.
async fn notices(library: &Library) -> Vec<(String, String)> {
    let mut notices = Vec::new();
    for item in library.table.items().await {
        let Some(outbox) = item.get("outbox").and_then(|text| text.as_s().ok()) else { continue };
        for event in serde_json::from_str::<Value>(outbox).unwrap().as_array().unwrap() {
            if event["type"] == "notifications.requested" {
                let data = &event["data"];
                notices.push((text(&data["message"]["data"]["decision"]), text(&data["recipients"][0])));
            }
        }
    }
    notices
}

#[tokio::test]
async fn an_accepted_suggestion_changes_the_species_with_its_source() {
    let library = library().await;
    let created = library.suggest(By::User, "a-b", "k", &suggestion("minGroup", "8")).await;
    assert_eq!((created.status, &created.body["state"]), (201, &json!("open")), "{}", created.body);
    let id = text(&created.body["id"]);
    assert_eq!(ids(&library.open_suggestions(By::Editor, "state=open").await.body), [id.as_str()]);
    assert_eq!(library.get("a-b", "").await.body["facts"]["minGroup"]["value"], 6);

    let decided = library.decide(By::Editor, "a-b", &id, &accept()).await;
    assert_eq!((decided.status, &decided.body["state"]), (200, &json!("accepted")), "{}", decided.body);
    let species = library.get("a-b", "").await;
    assert_eq!((&species.body["facts"]["minGroup"]["value"], species.header("etag")), (&json!(8), "\"2\""));
    let cited = text(&species.body["facts"]["minGroup"]["sources"][0]);
    assert_eq!((cited.as_str(), &species.body["sources"][&cited]), (format!("suggestion-{id}").as_str(), &source("S")));
    assert_eq!(notices(&library).await, [("accepted".to_owned(), library.user.to_string())]);
    assert_eq!(library.found("q=neon").await, ["a-b"], "its entries stay");

    let repeated = library.decide(By::Editor, "a-b", &id, &accept()).await;
    assert_eq!((repeated.status, library.get("a-b", "").await.header("etag")), (200, "\"2\""), "repeated");
    assert_eq!(code(&library.decide(By::Admin, "a-b", &id, &refuse()).await), (409, "knowledge.suggestion_decided"));
    assert_eq!(ids(&library.open_suggestions(By::Editor, "").await.body), [] as [&str; 0]);
    let own = library.my_suggestions(By::User, "").await.body;
    assert_eq!((&own["items"][0]["state"], &own["items"][0]["id"]), (&json!("accepted"), &json!(id)));
    // The same value with the same source is known now.
    let known = library.suggest(By::User, "a-b", "l", &suggestion("minGroup", "8")).await;
    assert_eq!(code(&known), (409, "knowledge.suggestion_known"));
}

#[tokio::test]
async fn a_rejected_suggestion_changes_nothing_and_says_why() {
    let library = library().await;
    let id = library.new_suggestion("a-b", "k", "minGroup", "8").await;
    assert_eq!(library.decide(By::Editor, "a-b", &id, &json!({ "verdict": "reject" })).await.status, 422);
    assert_eq!(library.decide(By::Editor, "a-b", &id, &refuse()).await.status, 200);
    assert_eq!(library.get("a-b", "").await.header("etag"), "\"1\"");
    let own = library.my_suggestions(By::User, "").await.body;
    assert_eq!(own["items"][0]["reason"], "The page says something else.");
    assert_eq!(notices(&library).await, [("rejected".to_owned(), library.user.to_string())]);
}

#[tokio::test]
async fn concurrent_decisions_decide_once() {
    let library = library().await;
    for round in 0..4 {
        let value = (10 + round).to_string();
        let id = library.new_suggestion("a-b", &format!("k{round}"), "minGroup", &value).await;
        let bodies = [accept(), refuse()];
        let staff = [By::Admin, By::Editor];
        let decisions = join_all((0..6).map(|at| library.decide(staff[at % 2], "a-b", &id, &bodies[at % 2]))).await;
        let own = library.my_suggestions(By::User, "limit=1").await.body;
        let is_accepted = own["items"][0]["state"] == "accepted";
        for (at, decision) in decisions.iter().enumerate() {
            let expected = if (at % 2 == 0) == is_accepted { 200 } else { 409 };
            assert!([expected, 503].contains(&decision.status), "{}", decision.body);
        }
        let now = &library.get("a-b", "").await.body["facts"]["minGroup"]["value"];
        assert_eq!(now == &json!(10 + round), is_accepted, "the species is as the suggestion says");
    }
    assert_eq!(notices(&library).await.len(), 4, "one notification each");
}

#[tokio::test]
async fn concurrent_decisions_about_a_species_lose_no_fact() {
    let library = library().await;
    let wanted = [("minGroup", "9"), ("adultSizeMm", "45"), ("diet", "omnivore"), ("level", "middle")];
    let mut suggested = Vec::new();
    for (field, value) in wanted {
        suggested.push(library.new_suggestion("a-b", field, field, value).await);
    }
    let body = accept();
    let decisions = join_all(suggested.iter().map(|id| library.decide(By::Editor, "a-b", id, &body))).await;
    let species = library.get("a-b", "").await.body;
    for ((field, value), decision) in wanted.iter().zip(&decisions) {
        assert!([200, 503].contains(&decision.status), "{}", decision.body);
        let shown = &species["facts"][field]["value"];
        let text = shown.as_str().map_or_else(|| shown.to_string(), str::to_owned);
        let is_shown = text == *value;
        assert_eq!(is_shown, decision.status == 200, "{field}: {shown}");
    }
}

#[tokio::test]
async fn a_value_that_breaks_a_rule_is_refused_at_once_and_when_it_is_decided() {
    let library = library().await;
    for (field, value) in [
        ("phMinMilli", "9000"),
        ("phMinMilli", "7"),
        ("minGroup", "many"),
        ("temperament", "friendly"),
        ("colour", "red"),
    ] {
        let refused = library.suggest(By::User, "a-b", "k", &suggestion(field, value)).await;
        assert_eq!(code(&refused), (422, "request.invalid"), "{field} {value}");
    }
    let mut unlicensed = suggestion("minGroup", "8");
    unlicensed["source"]["licence"] = json!("");
    assert_eq!(library.suggest(By::User, "a-b", "k", &unlicensed).await.status, 422);
    let mut unread = suggestion("minGroup", "8");
    unread["source"]["accessed"] = json!("2999-01-01");
    let refused = library.suggest(By::User, "a-b", "k", &unread).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!("source.accessed")));
    let mut more = suggestion("minGroup", "8");
    more["state"] = json!("accepted");
    assert_eq!(library.suggest(By::User, "a-b", "k", &more).await.status, 422);

    // The lowest pH fits until the highest one is lower.
    let lowest = library.new_suggestion("a-b", "k", "phMinMilli", "7200").await;
    let highest = library.new_suggestion("a-b", "l", "phMaxMilli", "7000").await;
    assert_eq!(library.decide(By::Editor, "a-b", &highest, &accept()).await.status, 200);
    let refused = library.decide(By::Editor, "a-b", &lowest, &accept()).await;
    assert_eq!(code(&refused), (409, "knowledge.suggestion_not_applicable"));
    assert!(text(&refused.body["detail"]).contains("phMinMilli"), "{}", refused.body);
    assert_eq!(library.decide(By::Editor, "a-b", &lowest, &refuse()).await.status, 200);
}

#[tokio::test]
async fn a_suggestion_about_a_merged_species_is_not_accepted() {
    let library = library().await;
    let id = library.new_suggestion("a-b", "k", "minGroup", "8").await;
    assert_eq!(library.patch(By::Admin, "a-b", "", &json!({ "mergedInto": "c-d" })).await.status, 200);
    assert_eq!(code(&library.decide(By::Editor, "a-b", &id, &accept()).await), (409, "knowledge.species_merged"));
    let late = library.suggest(By::User, "a-b", "l", &suggestion("minGroup", "9")).await;
    assert_eq!(code(&late), (409, "knowledge.species_merged"));
    assert_eq!(library.decide(By::Editor, "a-b", &id, &refuse()).await.status, 200);
}

#[tokio::test]
async fn another_accepted_name_keeps_the_earlier_one() {
    let library = library().await;
    let id = library.new_suggestion("a-b", "k", "scientificName", "Ee ff").await;
    // Managers cannot rename species otherwise either.
    assert_eq!(code(&library.decide(By::Editor, "a-b", &id, &accept()).await), (403, "auth.forbidden"));
    assert_eq!(library.get("a-b", "").await.body["scientificName"], "Aa bb");
    assert_eq!(library.decide(By::Admin, "a-b", &id, &accept()).await.status, 200);
    for query in ["q=ee%20ff", "q=aa%20bb"] {
        assert_eq!(library.found(query).await, ["a-b"], "{query}");
    }
    assert_eq!(library.get("a-b", "").await.body["scientificName"], "Ee ff");
}

#[tokio::test]
async fn only_verified_users_suggest_and_only_others_of_the_staff_decide() {
    let library = library().await;
    // The staff's addresses are not verified.
    let body = suggestion("minGroup", "8");
    assert_eq!(code(&library.suggest(By::Editor, "a-b", "k", &body).await), (403, "auth.email_unverified"));
    assert_eq!(library.suggest(By::Nobody, "a-b", "k", &body).await.status, 401);
    for unknown in ["x-y", "NO ID", "imports"] {
        let refused = library.suggest(By::User, unknown, "k", &body).await;
        assert_eq!(code(&refused), (404, "knowledge.no_such_species"), "{unknown}");
    }
    let id = library.new_suggestion("a-b", "k", "minGroup", "8").await;
    for (by, status) in [(By::User, 403), (By::Nobody, 401)] {
        assert_eq!(library.decide(by, "a-b", &id, &accept()).await.status, status);
        assert_eq!(library.decide(by, "NO ID", &id, &accept()).await.status, status);
        assert_eq!(library.open_suggestions(by, "").await.status, status);
    }
    assert_eq!(library.my_suggestions(By::Nobody, "").await.status, 401);
    assert_eq!(library.open_suggestions(By::Editor, "state=accepted").await.status, 422);
    for (species, id) in [("c-d", id.clone()), ("x-y", id.clone()), ("a-b", Uuid::now_v7().to_string())] {
        let missing = library.decide(By::Editor, species, &id, &accept()).await;
        assert_eq!(code(&missing), (404, "knowledge.no_such_suggestion"), "{species}");
    }
    // A manager who made a suggestion asks another one.
    library.identity.change(library.editor, |account| account.email_verified_at = Some(account.created_at)).await;
    let own = text(&library.suggest(By::Editor, "a-b", "l", &suggestion("minGroup", "7")).await.body["id"]);
    assert_eq!(code(&library.decide(By::Editor, "a-b", &own, &accept()).await), (403, "knowledge.own_suggestion"));
    assert_eq!(library.decide(By::Admin, "a-b", &own, &accept()).await.status, 200);
}

#[tokio::test]
async fn a_suggestion_is_created_once_and_twenty_are_a_day() {
    let library = library().await;
    let body = suggestion("minGroup", "8");
    let created = join_all((0..4).map(|_| library.suggest(By::User, "a-b", "k", &body))).await;
    assert!(
        created.iter().all(|reply| reply.status == 201 && reply.body["id"] == created[0].body["id"]),
        "{created:?}"
    );
    let other = library.suggest(By::User, "a-b", "k", &suggestion("minGroup", "9")).await;
    assert_eq!(code(&other), (422, "request.idempotency_key_reused"));
    for number in 1..20 {
        library.new_suggestion("c-d", &format!("k{number}"), "minGroup", &(number + 20).to_string()).await;
    }
    let refused = library.suggest(By::User, "c-d", "more", &suggestion("minGroup", "50")).await;
    assert_eq!(code(&refused), (429, "request.limit_exceeded"));
    assert_eq!(library.suggest(By::User, "a-b", "k", &body).await.status, 201, "repeated");

    // Over all partitions, each once, oldest first.
    let own = ids(&library.my_suggestions(By::User, "limit=100").await.body);
    let (mut seen, mut query) = (Vec::new(), "limit=3".to_owned());
    for _ in 0..20 {
        let page = library.open_suggestions(By::Editor, &query).await.body;
        seen.extend(ids(&page));
        let Value::String(cursor) = &page["nextCursor"] else { break };
        query = format!("limit=3&cursor={cursor}");
    }
    assert_eq!((seen.len(), own.len()), (20, 20));
    assert_eq!(seen.iter().collect::<BTreeSet<_>>(), own.iter().collect::<BTreeSet<_>>());
    assert_eq!(seen[0], text(&created[0].body["id"]));
}

#[tokio::test]
async fn only_open_suggestions_of_ones_own_are_deleted() {
    let library = library().await;
    let (open, decided) = (
        library.new_suggestion("a-b", "k", "minGroup", "8").await,
        library.new_suggestion("a-b", "l", "minGroup", "9").await,
    );
    assert_eq!(library.decide(By::Editor, "a-b", &decided, &refuse()).await.status, 200);
    assert_eq!(code(&library.delete_suggestion(By::Editor, &open).await), (404, "knowledge.no_such_suggestion"));
    assert_eq!(library.delete_suggestion(By::Nobody, &open).await.status, 401);
    let gone = library.delete_suggestion(By::User, &decided).await;
    assert_eq!(code(&gone), (409, "knowledge.suggestion_decided"));
    assert_eq!(library.delete_suggestion(By::User, &open).await.status, 204);
    assert_eq!(code(&library.delete_suggestion(By::User, &open).await), (404, "knowledge.no_such_suggestion"));
    assert_eq!(ids(&library.open_suggestions(By::Editor, "").await.body), [] as [&str; 0]);
    assert_eq!(ids(&library.my_suggestions(By::User, "").await.body), [decided]);
    let missing = library.decide(By::Editor, "a-b", &open, &accept()).await;
    assert_eq!(code(&missing), (404, "knowledge.no_such_suggestion"));
}

#[tokio::test]
async fn the_key_of_a_deleted_suggestion_makes_no_other_one() {
    let library = library().await;
    let id = library.new_suggestion("a-b", "k", "minGroup", "8").await;
    assert_eq!(library.delete_suggestion(By::User, &id).await.status, 204);
    // Neither another value nor the same one: a decision about the ID would be about what the staff did not see.
    for value in ["9", "8"] {
        let again = library.suggest(By::User, "a-b", "k", &suggestion("minGroup", value)).await;
        assert_eq!(code(&again), (422, "request.idempotency_key_reused"), "{value}");
    }
    let missing = library.decide(By::Editor, "a-b", &id, &accept()).await;
    assert_eq!(code(&missing), (404, "knowledge.no_such_suggestion"));
    assert_eq!(library.get("a-b", "").await.header("etag"), "\"1\"");
    let other = library.new_suggestion("a-b", "l", "minGroup", "8").await;
    assert_ne!(other, id);
    let kept = library.table.items().await;
    let kept = kept.iter().find(|item| item["sk"].as_s().is_ok_and(|sk| *sk == format!("suggestion#{id}"))).unwrap();
    assert!(kept.contains_key("expires_at") && !format!("{kept:?}").contains("I read it there."), "{kept:?}");
    // It is erased with its user.
    let deleted = event(Timestamp::now(), UserDeleted { user_id: library.user });
    forget_user(library.importing, deleted, Deadline::never()).await.unwrap();
    assert!(!format!("{:?}", library.table.items().await).contains(&id));
}

#[tokio::test]
async fn a_suggestion_is_deleted_or_decided_and_never_both() {
    let library = library().await;
    let body = accept();
    for round in 0..6 {
        let id = library.new_suggestion("a-b", &format!("k{round}"), "minGroup", &(10 + round).to_string()).await;
        let (deleted, decided) =
            futures::join!(library.delete_suggestion(By::User, &id), library.decide(By::Editor, "a-b", &id, &body));
        let is_new = library.get("a-b", "").await.body["facts"]["minGroup"]["value"] == json!(10 + round);
        match (deleted.status, decided.status) {
            (204, 404 | 503) => assert!(!is_new, "it was deleted"),
            (409 | 503, 200) => assert!(is_new, "it was accepted"),
            other => panic!("{other:?}: {} {}", deleted.body, decided.body),
        }
    }
}

#[tokio::test]
async fn a_deleted_user_leaves_accepted_values_and_nothing_else() {
    let library = library().await;
    let accepted = library.new_suggestion("a-b", "k", "minGroup", "8").await;
    let open = library.new_suggestion("a-b", "l", "adultSizeMm", "50").await;
    assert_eq!(library.decide(By::Editor, "a-b", &accepted, &accept()).await.status, 200);
    let deleted = event(Timestamp::now(), UserDeleted { user_id: library.user });
    for _ in 0..2 {
        forget_user(library.importing, deleted.clone(), Deadline::never()).await.unwrap();
    }
    let items = library.table.items().await;
    let named: Vec<_> = items
        .iter()
        .filter(|item| format!("{item:?}").contains(&library.user.to_string()))
        .map(|item| item["sk"].as_s().unwrap().clone())
        .collect();
    assert_eq!(named, ["forgotten"], "only the marker");
    assert!(!format!("{items:?}").contains("I read it there."), "the comment");
    assert_eq!(library.get("a-b", "").await.body["facts"]["minGroup"]["value"], 8);
    assert_eq!(code(&library.decide(By::Admin, "a-b", &open, &accept()).await), (404, "knowledge.no_such_suggestion"));
    let repeated = library.decide(By::Admin, "a-b", &accepted, &accept()).await;
    assert_eq!((repeated.status, &repeated.body["comment"]), (200, &Value::Null), "{}", repeated.body);
    // The account of the test is still there, but a late request writes nothing.
    let late = library.suggest(By::User, "a-b", "late", &suggestion("minGroup", "9")).await;
    assert_eq!(late.status, 503, "{}", late.body);
}
