//! What functions of guides and suggestions ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use contracts::identity::UserDeleted;
use jiff::Timestamp;
use kit::Deadline;
use knowledge::consumers::forget_user::forget_user;
use serde_json::json;
use tests::{budget, cost};

use crate::badges_support::event;
use crate::guides_support::{accept, approve, guide, refuse, suggestion, text};
use crate::knowledge_support::{By, Library, row};

#[tokio::test]
async fn guides_keep_to_their_budget() {
    let library = Library::start().await;
    library.import(&[row("a-b", "Aa bb", &json!({}))]).await;
    let mut body = guide("water", "Water");
    body["speciesIds"] = json!(["a-b"]);
    // What the key created and the species, with the standing; then guide, version, claim, record, marker and counter at once.
    let created = library.create_guide(By::Admin, "k", &body).await;
    budget("knowledge-create-guide", "created", created.cost());
    budget("knowledge-create-guide", "repeated", library.create_guide(By::Admin, "k", &body).await.cost());
    let id = text(&created.body["id"]);
    budget("knowledge-list-guide-drafts", "a draft", library.drafts(By::Editor, "language=en").await.cost());
    // Guide and version in one batch; then both, the record and the marker.
    budget("knowledge-review-guide", "approved", library.review(By::Editor, &id, &approve(1)).await.cost());
    budget("knowledge-review-guide", "repeated", library.review(By::Editor, &id, &approve(1)).await.cost());
    // Guide, version and page in one batch, with the entries; then guide, page, and an entry for the language and each species.
    budget("knowledge-publish-guide", "published", library.publish(By::Admin, &id, 1).await.cost());
    budget("knowledge-publish-guide", "repeated", library.publish(By::Admin, &id, 1).await.cost());
    let tag = library.version(By::Admin, &id, "1").await;
    budget("knowledge-get-guide-version", "found", tag.cost());
    // Guide and newest version at once; then guide, version, claim of the new slug, record, marker and counter.
    let change = json!({ "slug": "waters" });
    budget(
        "knowledge-update-guide",
        "new slug",
        library.update_guide(By::Admin, &id, tag.header("etag"), &change).await.cost(),
    );
    budget("knowledge-list-guide-versions", "two versions", library.versions(By::Admin, &id, "").await.cost());
    // The index has the page; the claim is read at the same time.
    budget("knowledge-get-guide", "found", library.guide("water", "").await.cost());
    budget("knowledge-list-guides", "of a language", library.guides("language=en").await.cost());
    budget("knowledge-list-guides", "about a species", library.guides("speciesId=a-b").await.cost());
    assert_eq!(library.review(By::Editor, &id, &approve(2)).await.status, 200);
    // All entries have the new slug.
    budget("knowledge-publish-guide", "another version", library.publish(By::Admin, &id, 2).await.cost());
    // The claim leads to the page, which a second read finds.
    budget("knowledge-get-guide", "earlier slug", library.guide("water", "").await.cost());
    budget("knowledge-withdraw-guide", "withdrawn", library.withdraw(By::Admin, &id).await.cost());

    let deleted = event(Timestamp::now(), UserDeleted { user_id: library.editor });
    // Each version is read and written without the user, and its record is deleted.
    let forgotten = cost(forget_user(library.importing, deleted, Deadline::never())).await;
    budget("knowledge-forget-user", "two reviews", forgotten);
}

#[tokio::test]
async fn suggestions_keep_to_their_budget() {
    let library = Library::start().await;
    library.import(&[row("a-b", "Aa bb", &json!({}))]).await;
    let body = suggestion("minGroup", "8");
    // Species and suggestion in one batch, with the standing; then suggestion, record, marker and counter.
    let created = library.suggest(By::User, "a-b", "k", &body).await;
    budget("knowledge-create-suggestion", "created", created.cost());
    budget("knowledge-create-suggestion", "repeated", library.suggest(By::User, "a-b", "k", &body).await.cost());
    let id = text(&created.body["id"]);
    // One query for each partition, at once.
    budget("knowledge-list-open-suggestions", "one open", library.open_suggestions(By::Editor, "").await.cost());
    budget("knowledge-list-my-suggestions", "one", library.my_suggestions(By::User, "").await.cost());
    // The species with its entries and the suggestion at once; then suggestion, record and species.
    budget("knowledge-decide-suggestion", "accepted", library.decide(By::Editor, "a-b", &id, &accept()).await.cost());
    budget("knowledge-decide-suggestion", "repeated", library.decide(By::Editor, "a-b", &id, &accept()).await.cost());
    let other = library.new_suggestion("a-b", "l", "minGroup", "9").await;
    budget(
        "knowledge-decide-suggestion",
        "rejected",
        library.decide(By::Editor, "a-b", &other, &refuse()).await.cost(),
    );
    let open = library.new_suggestion("a-b", "m", "minGroup", "7").await;
    budget("knowledge-delete-suggestion", "deleted", library.delete_suggestion(By::User, &open).await.cost());

    let deleted = event(Timestamp::now(), UserDeleted { user_id: library.user });
    // Each suggestion is read and written without the user, and its record is deleted.
    let forgotten = cost(forget_user(library.importing, deleted, Deadline::never())).await;
    budget("knowledge-forget-user", "two suggestions", forgotten);
}
