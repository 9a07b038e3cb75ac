//! What functions of knowledge ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use contracts::identity::UserDeleted;
use jiff::Timestamp;
use kit::Deadline;
use knowledge::consumers::forget_user::forget_user;
use serde_json::json;
use tests::{budget, cost};

use crate::badges_support::event;
use crate::knowledge_support::{By, Library, lines, row, source};

#[tokio::test]
async fn species_keep_to_their_budget() {
    let library = Library::start().await;
    let rows = [row("a-b", "Aa bb", &json!({ "en": ["Neon"] })), row("c-d", "Cc dd", &json!({ "en": ["Neon"] }))];
    let file = lines(&rows);
    // The job, the newest one and the counter, with the standing; then all three in one transaction.
    budget("knowledge-create-species-import", "requested", library.request_import(By::Admin, "0").await.cost());
    budget("knowledge-create-species-import", "repeated", library.request_import(By::Admin, "0").await.cost());
    let (id, key) = library.uploaded(file.as_bytes()).await;
    // Each row reads the species and its entries at once, and writes all of them in one transaction. The job is read and written with
    // each step.
    let run = cost(library.run(&key, Deadline::never())).await;
    budget("knowledge-run-import", "two species", run);
    budget("knowledge-get-species-import", "found", library.get_import(By::Admin, &id).await.cost());
    let (_, again) = library.uploaded(file.as_bytes()).await;
    budget(
        "knowledge-run-import",
        "two species that did not change",
        cost(library.run(&again, Deadline::never())).await,
    );

    budget("knowledge-get-species", "found", library.get("a-b", "").await.cost());
    budget("knowledge-get-species", "known", library.get("a-b", "*").await.cost());
    // One query of the index, whatever is found.
    budget("knowledge-list-species", "by name", library.list("q=neon").await.cost());
    budget("knowledge-list-species", "of a kind", library.list("kind=fish").await.cost());
    // One batch of reads, with the standing.
    let body = json!({
        "kind": "fresh", "volumeLiters": 100, "species": [{ "id": "a-b", "count": 6 }, { "id": "c-d", "count": 6 }],
    });
    budget("knowledge-check-stocking", "two species", library.check(By::User, &body).await.cost());

    let rename = json!({ "scientificName": "Ee ff", "nameSource": { "id": "b", "source": source("B") } });
    // Species and entries at once; then the species and its entries in one transaction: all of them show the new name.
    budget("knowledge-update-species", "renamed", library.patch(By::Admin, "a-b", "", &rename).await.cost());
    budget("knowledge-update-species", "same name", library.patch(By::Admin, "a-b", "", &rename).await.cost());
    let merge = json!({ "mergedInto": "c-d" });
    // Both species with their entries at once, then all of them in one transaction.
    budget("knowledge-update-species", "merged", library.patch(By::Admin, "a-b", "", &merge).await.cost());
    budget("knowledge-get-species", "merged", library.get("a-b", "").await.cost());
    // The batch names the kept species, which a second one reads.
    let only_merged = json!({ "kind": "fresh", "volumeLiters": 100, "species": [{ "id": "a-b", "count": 6 }] });
    budget("knowledge-check-stocking", "merged species", library.check(By::User, &only_merged).await.cost());

    let deleted = event(Timestamp::now(), UserDeleted { user_id: library.admin });
    budget(
        "knowledge-forget-user",
        "two imports",
        cost(forget_user(library.importing, deleted.clone(), Deadline::never())).await,
    );
    budget(
        "knowledge-forget-user",
        "duplicate",
        cost(forget_user(library.importing, deleted, Deadline::never())).await,
    );
}
