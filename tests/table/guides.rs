//! Guides: four eyes, publication, slugs, lists and erasure, also when requests race.

use contracts::identity::UserDeleted;
use futures::future::join_all;
use jiff::Timestamp;
use kit::Deadline;
use knowledge::consumers::forget_user::forget_user;
use serde_json::{Value, json};

use crate::badges_support::event;
use crate::guides_support::{approve, guide, reject, text};
use crate::knowledge_support::{Answer, By, Library, row};

fn code(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.body["code"].as_str().unwrap_or_default())
}

fn titles(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| text(&item["title"])).collect()
}

#[tokio::test]
async fn a_guide_is_published_after_a_review_by_a_second_user() {
    let library = Library::start().await;
    library.import(&[row("a-b", "Aa bb", &json!({}))]).await;
    let mut body = guide("water", "Water");
    body["speciesIds"] = json!(["a-b"]);
    let created = library.create_guide(By::Admin, "k", &body).await;
    assert_eq!((created.status, &created.body["newestState"]), (201, &json!("draft")), "{}", created.body);
    let id = text(&created.body["id"]);
    assert_eq!(created.header("location"), format!("/v1/aquarium/guides/{id}/versions/1"));
    assert_eq!(library.guide("water", "").await.status, 404);
    assert_eq!(code(&library.publish(By::Admin, &id, 1).await), (409, "knowledge.version_not_approved"));
    assert_eq!(code(&library.review(By::Admin, &id, &approve(1)).await), (403, "knowledge.own_version"));
    assert_eq!(titles(&library.drafts(By::Editor, "language=en").await.body), ["Water"]);

    let reviewed = library.review(By::Editor, &id, &approve(1)).await;
    assert_eq!((reviewed.status, reviewed.header("etag")), (200, "\"2\""), "{}", reviewed.body);
    let repeated = library.review(By::Editor, &id, &approve(1)).await;
    assert_eq!((repeated.status, repeated.header("etag")), (200, "\"2\""), "repeated");
    assert_eq!(titles(&library.drafts(By::Editor, "language=en").await.body), [] as [&str; 0]);

    let published = library.publish(By::Admin, &id, 1).await;
    assert_eq!((published.status, &published.body["published"]["version"]), (200, &json!(1)));
    let repeated = library.publish(By::Editor, &id, 1).await;
    assert_eq!(repeated.header("etag"), published.header("etag"), "repeated");
    let changed = ("knowledge.guide_changed".to_owned(), id.clone());
    assert!(library.events().await.contains(&changed));
    let shown = library.guide("water", "").await;
    assert_eq!((shown.status, shown.header("cache-control")), (200, "public, max-age=60"));
    assert_eq!((&shown.body["body"], &shown.body["speciesIds"]), (&json!("# Title\n\nText."), &json!(["a-b"])));
    assert_eq!(library.guide("water", shown.header("etag")).await.status, 304);
    for query in ["language=en", "speciesId=a-b", "speciesId=a-b&language=en"] {
        assert_eq!(titles(&library.guides(query).await.body), ["Water"], "{query}");
    }
    for query in ["language=de", "speciesId=c-d", "speciesId=a-b&language=de"] {
        assert_eq!(titles(&library.guides(query).await.body), [] as [&str; 0], "{query}");
    }
    for bad in ["", "language=EN", "speciesId=A", "language=en&kind=fish"] {
        assert_eq!(library.guides(bad).await.status, 422, "{bad}");
    }
}

#[tokio::test]
async fn a_new_version_replaces_the_published_one_only_when_it_is_published() {
    let library = Library::start().await;
    library.import(&[row("a-b", "Aa bb", &json!({}))]).await;
    let id = library.new_guide("water", "Water").await;
    let tag = text(&json!(library.approve_and_publish(&id, 1).await.header("etag")));
    let first = library.guide("water", "").await;
    let change = json!({ "slug": "water-changes", "title": "Water changes", "speciesIds": ["a-b"] });
    assert_eq!(code(&library.update_guide(By::Editor, &id, "", &change).await), (428, "request.if_match_missing"));
    let updated = library.update_guide(By::Editor, &id, &tag, &change).await;
    assert_eq!((updated.status, &updated.body["newestVersion"]), (200, &json!(2)), "{}", updated.body);
    assert_eq!(code(&library.update_guide(By::Editor, &id, &tag, &change).await), (412, "request.version_changed"));
    // Only the second user may review it: now that is the admin.
    assert_eq!(code(&library.review(By::Editor, &id, &approve(2)).await), (403, "knowledge.own_version"));
    assert_eq!(library.guide("water", first.header("etag")).await.status, 304, "nothing changed for the public");
    assert_eq!(library.guide("water-changes", "").await.status, 404);
    assert_eq!(library.review(By::Admin, &id, &approve(2)).await.status, 200);
    let published = library.publish(By::Editor, &id, 2).await;
    assert_eq!(published.status, 200, "{}", published.body);

    let moved = library.guide("water", "").await;
    assert_eq!((moved.status, moved.header("location")), (301, "/v1/aquarium/guides/water-changes"));
    assert_eq!(moved.header("cache-control"), "public, max-age=0", "an earlier version can be published again");
    let second = library.guide("water-changes", first.header("etag")).await;
    assert_eq!((second.status, &second.body["title"]), (200, &json!("Water changes")));
    assert_eq!(titles(&library.guides("language=en").await.body), ["Water changes"]);
    assert_eq!(titles(&library.guides("speciesId=a-b").await.body), ["Water changes"]);

    // Back to the first version, which was approved.
    assert_eq!(library.publish(By::Editor, &id, 1).await.status, 200);
    assert_eq!(library.guide("water-changes", "").await.header("location"), "/v1/aquarium/guides/water");
    assert_eq!(titles(&library.guides("speciesId=a-b").await.body), [] as [&str; 0]);

    let withdrawn = library.withdraw(By::Editor, &id).await;
    assert_eq!((withdrawn.status, &withdrawn.body["published"]), (200, &Value::Null), "{}", withdrawn.body);
    let repeated = library.withdraw(By::Editor, &id).await;
    assert_eq!((repeated.status, repeated.header("etag")), (200, withdrawn.header("etag")), "repeated");
    for slug in ["water", "water-changes"] {
        assert_eq!(library.guide(slug, "").await.status, 404, "{slug}");
    }
    assert_eq!(titles(&library.guides("language=en").await.body), [] as [&str; 0]);
    // The ETag of the page differs from all before, though the item is new.
    assert_eq!(library.publish(By::Editor, &id, 1).await.status, 200);
    assert_eq!(library.guide("water", first.header("etag")).await.status, 200);
}

#[tokio::test]
async fn the_text_of_an_author_is_not_approved_by_that_author_in_the_version_of_another() {
    let library = Library::start().await;
    let id = library.new_guide("water", "Water").await;
    let tag = text(&json!(library.version(By::Admin, &id, "1").await.header("etag")));
    let corrected = library.update_guide(By::Editor, &id, &tag, &json!({ "title": "Waters" })).await;
    assert_eq!(corrected.status, 200, "{}", corrected.body);
    for by in [By::Admin, By::Editor] {
        assert_eq!(code(&library.review(by, &id, &approve(2)).await), (403, "knowledge.own_version"), "{by:?}");
    }
    // Erasure finds the authors in the guide too.
    let deleted = event(Timestamp::now(), UserDeleted { user_id: library.admin });
    forget_user(library.importing, deleted, Deadline::never()).await.unwrap();
    let items = library.table.items().await;
    let naming = items.iter().filter(|item| format!("{item:?}").contains(&library.admin.to_string()));
    assert_eq!(naming.count(), 1, "only the marker");
}

#[tokio::test]
async fn versions_show_their_reviews() {
    let library = Library::start().await;
    let id = library.new_guide("water", "Water").await;
    assert_eq!(code(&library.review(By::Editor, &id, &json!({ "version": 1, "verdict": "reject" })).await).0, 422);
    assert_eq!(library.review(By::Editor, &id, &reject(1)).await.status, 200);
    assert_eq!(code(&library.review(By::Editor, &id, &approve(1)).await), (409, "knowledge.version_reviewed"));
    let tag = text(&json!(library.version(By::Admin, &id, "1").await.header("etag")));
    assert_eq!(library.update_guide(By::Admin, &id, &tag, &json!({ "title": "Better" })).await.status, 200);
    assert_eq!(code(&library.review(By::Editor, &id, &approve(1)).await), (409, "knowledge.version_outdated"));
    let versions = library.versions(By::Editor, &id, "").await.body;
    let states: Vec<_> = versions["items"].as_array().unwrap().iter().map(|item| text(&item["state"])).collect();
    assert_eq!(states, ["draft", "rejected"]);
    assert_eq!(versions["items"][1]["review"]["note"], "A dose has no source.");
    assert_eq!(versions["items"][1]["review"]["reviewerId"], json!(library.editor));
    let version = library.version(By::Editor, &id, "1").await;
    assert_eq!((&version.body["body"], &version.body["title"]), (&json!("# Title\n\nText."), &json!("Water")));
    for bad in ["0", "3", "01", "x", "1001"] {
        let missing = library.version(By::Editor, &id, bad).await;
        assert_eq!(code(&missing), (404, "knowledge.no_such_guide_version"), "{bad}");
    }
    let other = types::Uuid::now_v7().to_string();
    for missing in [
        library.versions(By::Editor, &other, "").await,
        library.version(By::Editor, &other, "1").await,
        library.review(By::Editor, &other, &approve(1)).await,
        library.publish(By::Editor, &other, 1).await,
        library.withdraw(By::Editor, &other).await,
        library.update_guide(By::Editor, &other, "\"1\"", &json!({ "title": "A" })).await,
    ] {
        assert_eq!(code(&missing), (404, "knowledge.no_such_guide"));
    }
}

#[tokio::test]
async fn concurrent_reviews_of_a_version_decide_once() {
    let library = Library::start().await;
    let id = library.new_guide("water", "Water").await;
    let bodies = [approve(1), reject(1)];
    let reviews = join_all((0..8).map(|at| library.review(By::Editor, &id, &bodies[at % 2]))).await;
    let version = library.version(By::Admin, &id, "1").await.body;
    for (at, review) in reviews.iter().enumerate() {
        let is_verdict = version["state"] == if at % 2 == 0 { "approved" } else { "rejected" };
        // One that gave up says so.
        assert!([if is_verdict { 200 } else { 409 }, 503].contains(&review.status), "{}", review.body);
    }
    assert_eq!(library.version(By::Admin, &id, "1").await.header("etag"), "\"2\"", "one review was written");
}

#[tokio::test]
async fn a_review_approves_no_version_that_it_did_not_see() {
    let library = Library::start().await;
    for round in 0..6 {
        let id = library.new_guide(&format!("water-{round}"), "Water").await;
        let change = json!({ "title": "Unseen" });
        let approval = approve(1);
        let (updated, reviewed) = futures::join!(
            library.update_guide(By::Admin, &id, "\"1\"", &change),
            library.review(By::Editor, &id, &approval),
        );
        assert!([200, 412, 503].contains(&updated.status), "{}", updated.body);
        assert!([200, 409, 503].contains(&reviewed.status), "{}", reviewed.body);
        if updated.status == 200 {
            let second = library.version(By::Admin, &id, "2").await.body;
            assert_eq!((&second["state"], &second["review"]), (&json!("draft"), &Value::Null));
            assert_eq!(code(&library.publish(By::Admin, &id, 2).await), (409, "knowledge.version_not_approved"));
        } else {
            assert_eq!(library.version(By::Admin, &id, "2").await.status, 404);
        }
    }
}

#[tokio::test]
async fn concurrent_publications_leave_one_page_that_the_guide_names() {
    let library = Library::start().await;
    library.import(&[row("a-b", "Aa bb", &json!({})), row("c-d", "Cc dd", &json!({}))]).await;
    let id = library.new_guide("water", "Water").await;
    let tag = text(&json!(library.review(By::Editor, &id, &approve(1)).await.header("etag")));
    let change = json!({ "slug": "waters", "title": "Waters", "speciesIds": ["a-b", "c-d"] });
    assert_eq!(library.update_guide(By::Admin, &id, &tag, &change).await.status, 200);
    assert_eq!(library.review(By::Editor, &id, &approve(2)).await.status, 200);
    for _ in 0..4 {
        let publications = join_all([1, 2, 1, 2].map(|version| library.publish(By::Admin, &id, version))).await;
        assert!(publications.iter().all(|reply| [200, 503].contains(&reply.status)), "{publications:?}");
        let (first, second) = (library.guide("water", "").await, library.guide("waters", "").await);
        assert_eq!([first.status, second.status].iter().filter(|status| **status == 200).count(), 1);
        let shown = if first.status == 200 { &first } else { &second };
        let listed = library.guides("language=en").await.body;
        assert_eq!(titles(&listed), [text(&shown.body["title"])]);
        let about = library.guides("speciesId=c-d").await.body;
        assert_eq!(titles(&about).len(), usize::from(second.status == 200));
    }
}

#[tokio::test]
async fn a_slug_is_taken_by_one_guide_for_good() {
    let library = Library::start().await;
    let keys: Vec<_> = (0..6).map(|number| format!("key-{number}")).collect();
    let body = guide("water", "Water");
    let mut created = join_all(keys.iter().map(|key| library.create_guide(By::Admin, key, &body))).await;
    for (reply, key) in created.iter_mut().zip(&keys).filter(|(reply, _)| reply.status == 503) {
        // One that gave up says so, and is repeated.
        *reply = library.create_guide(By::Admin, key, &body).await;
    }
    let statuses: Vec<_> = created.iter().map(code).collect();
    assert_eq!(statuses.iter().filter(|status| status.0 == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [(201, ""), (409, "knowledge.slug_taken")].contains(status)), "{statuses:?}");

    let winner = created.iter().find(|reply| reply.status == 201).unwrap();
    let id = text(&winner.body["id"]);
    assert_eq!(library.update_guide(By::Admin, &id, "\"1\"", &json!({ "slug": "other" })).await.status, 200);
    // The earlier one stays its own, also against an update.
    let again = library.create_guide(By::Admin, "again", &guide("water", "Again")).await;
    assert_eq!(code(&again), (409, "knowledge.slug_taken"));
    let third = library.new_guide("third", "Third").await;
    let taken = library.update_guide(By::Admin, &third, "\"1\"", &json!({ "slug": "water" })).await;
    assert_eq!(code(&taken), (409, "knowledge.slug_taken"));
    let back = library.update_guide(By::Admin, &id, "\"2\"", &json!({ "slug": "water" })).await;
    assert_eq!((back.status, &back.body["newestVersion"]), (200, &json!(3)));
}

#[tokio::test]
async fn the_same_request_creates_one_guide() {
    let library = Library::start().await;
    let body = guide("water", "Water");
    let mut created = join_all((0..5).map(|_| library.create_guide(By::Admin, "k", &body))).await;
    for reply in created.iter_mut().filter(|reply| reply.status == 503) {
        *reply = library.create_guide(By::Admin, "k", &body).await;
    }
    assert!(
        created.iter().all(|reply| reply.status == 201 && reply.body["id"] == created[0].body["id"]),
        "{created:?}"
    );
    let other = library.create_guide(By::Admin, "k", &guide("water", "Other")).await;
    assert_eq!(code(&other), (422, "request.idempotency_key_reused"));
    let unknown = json!({ "speciesIds": ["x-y"] });
    let mut with_unknown = guide("other", "Other");
    with_unknown["speciesIds"] = unknown["speciesIds"].clone();
    let refused = library.create_guide(By::Admin, "l", &with_unknown).await;
    assert_eq!(code(&refused), (422, "knowledge.unknown_species"));
    let refused = library.update_guide(By::Admin, &text(&created[0].body["id"]), "\"1\"", &unknown).await;
    assert_eq!(code(&refused), (422, "knowledge.unknown_species"));
}

#[tokio::test]
async fn what_could_harm_a_reader_is_refused_with_its_line() {
    let library = Library::start().await;
    let id = library.new_guide("water", "Water").await;
    for bad in ["# A\n\n<script>", "# A\n\n[a](javascript:b)", "# A\n\n![a](https://example.org/a.png)"] {
        let mut body = guide("other", "Other");
        body["body"] = json!(bad);
        for refused in [
            library.create_guide(By::Admin, "k", &body).await,
            library.update_guide(By::Admin, &id, "\"1\"", &json!({ "body": bad })).await,
        ] {
            assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!("body")), "{bad}");
            let message = text(&refused.body["errors"][0]["message"]);
            assert!(message.starts_with("line 3: "), "{message}");
        }
    }
    for (field, bad) in [
        ("slug", json!("drafts")),
        ("language", json!("english")),
        ("sources", json!([])),
        ("author", json!("me")),
        ("body", json!("a".repeat(65_537))),
    ] {
        let mut body = guide("other", "Other");
        body[field] = bad;
        assert_eq!(library.create_guide(By::Admin, "k", &body).await.status, 422, "{field}");
    }
}

#[tokio::test]
async fn only_the_staff_sees_and_changes_drafts() {
    let library = Library::start().await;
    let id = library.new_guide("water", "Water").await;
    for (by, status) in [(By::User, 403), (By::Nobody, 401)] {
        for refused in [
            library.create_guide(by, "k", &guide("other", "Other")).await,
            library.update_guide(by, &id, "\"1\"", &json!({ "title": "A" })).await,
            library.review(by, &id, &approve(1)).await,
            library.publish(by, &id, 1).await,
            library.withdraw(by, &id).await,
            library.drafts(by, "language=en").await,
            library.versions(by, &id, "").await,
            library.version(by, &id, "1").await,
        ] {
            assert_eq!(refused.status, status, "{}", refused.body);
        }
    }
}

#[tokio::test]
async fn pages_of_guides_are_ordered_by_title() {
    let library = Library::start().await;
    for number in [3, 1, 4, 0, 2] {
        let id = library.new_guide(&format!("guide-{number}"), &format!("Guide {number}")).await;
        library.approve_and_publish(&id, 1).await;
    }
    let (mut seen, mut query) = (Vec::new(), "language=en&limit=2".to_owned());
    for _ in 0..5 {
        let page = library.guides(&query).await.body;
        seen.extend(titles(&page));
        let Value::String(cursor) = &page["nextCursor"] else { break };
        query = format!("language=en&limit=2&cursor={cursor}");
    }
    assert_eq!(seen, (0..5).map(|number| format!("Guide {number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_public_sees_the_number_of_the_version_that_is_published() {
    let library = Library::start().await;
    let id = library.new_guide("water", "Water").await;
    library.approve_and_publish(&id, 1).await;
    for version in [2, 3] {
        let tag = text(&json!(library.version(By::Admin, &id, &(version - 1).to_string()).await.header("etag")));
        let title = json!({ "title": format!("Water {version}") });
        assert_eq!(library.update_guide(By::Admin, &id, &tag, &title).await.status, 200);
        library.approve_and_publish(&id, version).await;
        let shown = library.guide("water", "").await.body;
        assert_eq!((&shown["version"], &shown["title"]), (&json!(version), &title["title"]));
    }
}

#[tokio::test]
async fn a_deleted_member_of_the_staff_leaves_guides_without_a_name() {
    let library = Library::start().await;
    let id = library.new_guide("water", "Water").await;
    library.approve_and_publish(&id, 1).await;
    for version in [2, 3] {
        let tag = text(&json!(library.version(By::Admin, &id, &(version - 1).to_string()).await.header("etag")));
        let title = json!({ "title": format!("Water {version}") });
        assert_eq!(library.update_guide(By::Admin, &id, &tag, &title).await.status, 200);
        library.approve_and_publish(&id, version).await;
    }
    for user in [library.admin, library.editor] {
        let deleted = event(Timestamp::now(), UserDeleted { user_id: user });
        for _ in 0..2 {
            forget_user(library.importing, deleted.clone(), Deadline::never()).await.unwrap();
        }
        let items = library.table.items().await;
        let named: Vec<_> = items
            .iter()
            .filter(|item| format!("{item:?}").contains(&user.to_string()))
            .map(|item| item["sk"].as_s().unwrap().clone())
            .collect();
        assert_eq!(named, ["forgotten"], "only the marker");
    }
    assert_eq!(library.guide("water", "").await.status, 200);
}
