//! Species: imports that change nothing when they are repeated, names that find them, renames and merges that lose nothing, and the
//! stocking check.

use std::collections::BTreeSet;
use std::time::Duration;

use contracts::identity::UserDeleted;
use futures::future::join_all;
use jiff::Timestamp;
use kit::Deadline;
use kit::sqs::{Done, Progress};
use knowledge::consumers::forget_user::forget_user;
use serde_json::{Value, json};

use crate::badges_support::event;
use crate::knowledge_support::{By, Library, data_set, lines, row, source};

fn rename(name: &str) -> Value {
    json!({ "scientificName": name, "nameSource": { "id": "b", "source": source("B") } })
}

#[tokio::test]
async fn an_import_that_is_repeated_changes_nothing() {
    let library = Library::start().await;
    let rows = [
        row("paracheirodon-innesi", "Paracheirodon innesi", &json!({ "en": ["Neon tetra"], "de": ["Neonsalmler"] })),
        row("danio-rerio", "Danio rerio", &json!({ "en": ["Zebrafish", "Zebra danio"] })),
    ];
    let (summary, _) = library.import(&rows).await;
    assert_eq!((&summary["created"], &summary["refused"]), (&json!(2), &json!(0)), "{summary}");
    let changed = |id: &str| ("knowledge.species_changed".to_owned(), id.to_owned());
    assert_eq!(library.events().await, [changed("danio-rerio"), changed("paracheirodon-innesi")]);
    let shown = library.get("danio-rerio", "").await;
    assert_eq!(shown.body["facts"]["minVolumeMl"], json!({ "value": 60000, "sources": ["a"] }));
    assert_eq!(shown.body["sources"]["a"], source("A"));

    let (summary, results) = library.import(&rows).await;
    assert_eq!(summary["unchanged"], 2, "{results:?}");
    let after = library.get("danio-rerio", "").await;
    assert_eq!((after.header("etag"), &after.body), (shown.header("etag"), &shown.body));

    let mut other = rows[1].clone();
    other["names"] = json!({ "en": ["Zebrafish"], "fr": ["Poisson zèbre"] });
    let (summary, _) = library.import(&[rows[0].clone(), other]).await;
    assert_eq!((&summary["changed"], &summary["unchanged"]), (&json!(1), &json!(1)));
    assert_eq!(library.found("q=poisson").await, ["danio-rerio"]);
    assert_eq!(library.found("q=zebra").await, ["danio-rerio"]);
    assert_eq!(library.found("q=zebra%20danio").await, ["danio-rerio"], "the genus is Danio");
}

#[tokio::test]
async fn a_refused_row_says_why_and_stops_no_other() {
    let library = Library::start().await;
    let mut uncited = row("a-b", "Aa bb", &json!({}));
    uncited["facts"]["minGroup"]["sources"] = json!([]);
    let mut unlicensed = row("c-d", "Cc dd", &json!({}));
    unlicensed["sources"]["a"].as_object_mut().unwrap().remove("licence");
    let mut unknown = row("e-f", "Ee ff", &json!({}));
    unknown["price"] = json!(3);
    let rows = [uncited, unlicensed, unknown, row("g-h", "Gg hh", &json!({}))];
    let (summary, results) = library.import(&rows).await;
    assert_eq!((&summary["created"], &summary["refused"]), (&json!(1), &json!(3)));
    assert_eq!(results[&1]["errors"][0]["field"], "facts.minGroup.sources");
    let rules: Vec<_> = [2, 3].iter().map(|row| results[row]["errors"][0]["rule"].as_str().unwrap()).collect();
    assert!(rules[0].contains("licence") && rules[1].contains("price"), "{rules:?}");
    assert_eq!(results[&4]["status"], "created");
    for (id, status) in [("a-b", 404), ("c-d", 404), ("e-f", 404), ("g-h", 200)] {
        assert_eq!(library.get(id, "").await.status, status, "{id}");
    }
}

#[tokio::test]
async fn adjacent_rows_of_a_species_are_applied_in_their_order() {
    let library = Library::start().await;
    let names: Vec<_> = ('a'..='f').map(|letter| format!("Genus {letter}{letter}")).collect();
    let rows: Vec<_> = names.iter().map(|name| row("a-b", name, &json!({}))).collect();
    let (summary, results) = library.import(&rows).await;
    assert_eq!((&summary["created"], &summary["changed"]), (&json!(1), &json!(5)), "{results:?}");
    let shown = library.get("a-b", "").await.body;
    assert_eq!(shown["scientificName"], "Genus ff");
    let earlier: Vec<_> = shown["synonyms"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(earlier, names[..5]);
}

#[tokio::test]
async fn a_row_cannot_say_that_a_name_came_with_a_merge() {
    let library = Library::start().await;
    let mut forged = row("a-b", "Aa bb", &json!({}));
    forged["synonyms"] = json!([{ "name": "Cc dd", "status": "synonym", "sources": ["a"], "mergedFrom": "c-d" }]);
    assert_eq!(library.import(&[forged]).await.0["refused"], 1);
    // A name that did stays when the row is imported again.
    let mut gone = row("c-d", "Cc dd", &json!({}));
    gone["synonyms"] = json!([{ "name": "Ee ff", "status": "synonym", "sources": ["a"] }]);
    let rows = [row("a-b", "Aa bb", &json!({})), gone];
    library.import(&rows).await;
    assert_eq!(library.patch(By::Admin, "c-d", "", &json!({ "mergedInto": "a-b" })).await.status, 200);
    assert_eq!(library.import(&rows[..1]).await.0["unchanged"], 1);
    let other = row("a-b", "Aa bb", &json!({ "en": ["Other"] }));
    assert_eq!(library.import(&[other]).await.0["changed"], 1);
    assert_eq!(library.found("q=ee%20ff").await, ["a-b"]);
}

#[tokio::test]
async fn an_import_that_is_stopped_again_and_again_applies_each_row() {
    let library = Library::start().await;
    let rows: Vec<_> = (0..450).map(|at| row(&format!("a-{at}"), &format!("Aa n{at}"), &json!({}))).collect();
    let file = lines(&rows);
    let (id, key) = library.uploaded(file.as_bytes()).await;
    let mut parts = 1;
    // Each invocation has no time for more than one step.
    while let Progress::Continue(_) = library.run(&key, Deadline::after(Duration::ZERO)).await.unwrap() {
        parts += 1;
        assert!(parts < 100, "the import has no end");
    }
    assert!(parts > 2, "{parts}");
    let seen = library.get_import(By::Admin, &id).await;
    assert_eq!((&seen.body["status"], &seen.body["summary"]["created"]), (&json!("done"), &json!(450)));
    assert_eq!(library.results(&key).len(), 450);
    let repeated = library.run(&key, Deadline::never()).await.unwrap();
    assert_eq!(repeated, Done::Duplicate.into(), "the message came twice");
}

#[tokio::test]
async fn lists_have_each_species_once_whatever_the_page() {
    let library = Library::start().await;
    // Several words of the same beginning, and names that sort between each other.
    let mut rows: Vec<_> = (0..30)
        .map(|at| {
            row(
                &format!("neo-{at:02}"),
                &format!("Neolamprologus n{at:02}"),
                &json!({ "en": [format!("Neon neo {at}")] }),
            )
        })
        .collect();
    for (at, water) in ["marine", "brackish"].iter().cycle().take(6).enumerate() {
        rows[at * 3]["facts"]["water"]["value"] = json!(water);
    }
    rows[1]["facts"]["kind"]["value"] = json!("plant");
    assert_eq!(library.import(&rows).await.0["created"], 30);
    let all: BTreeSet<_> = (0..30).map(|at| format!("neo-{at:02}")).collect();
    for limit in [1, 4, 30, 100] {
        let found = library.found(&format!("q=neo&limit={limit}")).await;
        assert_eq!((found.len(), found.iter().cloned().collect::<BTreeSet<_>>()), (30, all.clone()), "{limit}");
        assert_eq!(library.found(&format!("kind=fish&limit={limit}")).await.len(), 29);
        assert_eq!(library.found(&format!("kind=fish&water=marine&limit={limit}")).await.len(), 3);
        assert_eq!(library.found(&format!("q=neo&water=brackish&limit={limit}")).await.len(), 3);
        assert_eq!(library.found(&format!("q=neo&kind=plant&limit={limit}")).await, ["neo-01"]);
    }
    assert_eq!(library.found("q=NEON%20n17").await, ["neo-17"]);
    for bad in
        ["", "q=a", "q=neo&kind=bird", "kind=fish&water=sea", "q=neo&wather=fresh", "q=!", "q=a%20b%20c%20d%20e%20f"]
    {
        assert_eq!(library.list(bad).await.status, 422, "{bad}");
    }
    // A cursor of another list finds nothing of this one.
    let page = library.list("q=neo&limit=1").await;
    let cursor = page.body["nextCursor"].as_str().unwrap();
    let other = library.list(&format!("kind=fish&cursor={cursor}")).await;
    assert!(other.status != 200 || other.body["items"] == json!([]), "{}", other.body);
}

#[tokio::test]
async fn a_rename_keeps_the_id_and_is_found_by_both_names() {
    let library = Library::start().await;
    library.import(&[row("corydoras-paleatus", "Corydoras paleatus", &json!({}))]).await;
    let renamed = library.patch(By::Admin, "corydoras-paleatus", "", &rename("Hoplisoma paleatum")).await;
    assert_eq!((renamed.status, &renamed.body["id"]), (200, &json!("corydoras-paleatus")), "{}", renamed.body);
    assert_eq!(renamed.body["synonyms"][0]["name"], "Corydoras paleatus");
    let tag = renamed.header("etag").to_owned();
    for query in ["q=hoplisoma", "q=corydoras", "q=paleat"] {
        assert_eq!(library.found(query).await, ["corydoras-paleatus"], "{query}");
    }
    let again = library.patch(By::Admin, "corydoras-paleatus", "", &rename("Hoplisoma paleatum")).await;
    assert_eq!((again.status, again.header("etag")), (200, tag.as_str()), "repeated");
    let stale = library.patch(By::Admin, "corydoras-paleatus", "\"1\"", &rename("Other name")).await;
    assert_eq!(stale.status, 412);
    assert_eq!(library.get("corydoras-paleatus", &tag).await.status, 304);
    assert_eq!(library.get("corydoras-paleatus", "\"1\"").await.status, 200);
}

#[tokio::test]
async fn a_merged_species_redirects_and_is_found_as_the_other() {
    let library = Library::start().await;
    let rows = [row("a-b", "Aa bb", &json!({ "en": ["Gone"] })), row("c-d", "Cc dd", &json!({ "en": ["Kept"] }))];
    library.import(&rows).await;
    let merge = json!({ "mergedInto": "c-d" });
    let merged = library.patch(By::Admin, "a-b", "", &merge).await;
    assert_eq!((merged.status, &merged.body["mergedInto"]), (200, &json!("c-d")), "{}", merged.body);
    let events = library.events().await;
    let expected = [("knowledge.species_changed", "c-d"), ("knowledge.species_merged", "a-b")];
    assert_eq!(events, expected.map(|(kind, id)| (kind.to_owned(), id.to_owned())));
    let shown = library.get("a-b", "").await;
    assert_eq!((shown.status, shown.header("location")), (301, "/v1/aquarium/species/c-d"));
    assert_eq!(library.found("q=bb").await, ["c-d"]);
    assert_eq!(library.found("q=gone").await, [] as [&str; 0]);
    assert_eq!(library.found("kind=fish").await, ["c-d"]);
    assert_eq!(library.patch(By::Admin, "a-b", "", &merge).await.status, 200, "repeated");
    let refused = [
        ("a-b", rename("Ee ff"), 409, "knowledge.species_merged"),
        ("c-d", json!({ "mergedInto": "a-b" }), 409, "knowledge.species_merged"),
        ("c-d", json!({ "mergedInto": "c-d" }), 422, "knowledge.merge_not_possible"),
        ("c-d", json!({ "mergedInto": "x-y" }), 422, "knowledge.unknown_species"),
        ("x-y", json!({ "mergedInto": "c-d" }), 404, "knowledge.no_such_species"),
        ("c-d", json!({ "scientificName": "Ee ff" }), 422, "request.invalid"),
        ("c-d", json!({}), 422, "request.invalid"),
        ("c-d", json!({ "kind": "plant" }), 422, "request.invalid"),
    ];
    for (id, body, status, code) in refused {
        let reply = library.patch(By::Admin, id, "", &body).await;
        assert_eq!((reply.status, reply.body["code"].as_str()), (status, Some(code)), "{body}: {}", reply.body);
    }
    let (summary, results) = library.import(&rows[..1]).await;
    assert_eq!((&summary["refused"], &results[&1]["errors"][0]["field"]), (&json!(1), &json!("id")));
}

#[tokio::test]
async fn concurrent_changes_of_a_species_lose_no_name() {
    let library = Library::start().await;
    library.import(&[row("a-b", "Aa bb", &json!({}))]).await;
    let names: Vec<_> = ('a'..='f').map(|letter| format!("Genus {letter}{letter}")).collect();
    let bodies: Vec<_> = names.iter().map(|name| rename(name)).collect();
    let replies = join_all(bodies.iter().map(|body| library.patch(By::Admin, "a-b", "", body))).await;
    assert!(replies.iter().all(|reply| reply.status == 200 || reply.status == 503), "{replies:?}");
    let done: Vec<_> = names.iter().zip(&replies).filter(|(_, reply)| reply.status == 200).collect();
    assert!(!done.is_empty());
    for (name, _) in done {
        let query = format!("q={}", name.replace(' ', "%20"));
        assert_eq!(library.found(&query).await, ["a-b"], "{name}");
    }
}

#[tokio::test]
async fn only_admins_change_species_and_only_users_check() {
    let library = Library::start().await;
    library.import(&[row("a-b", "Aa bb", &json!({}))]).await;
    let check = json!({ "kind": "fresh", "volumeLiters": 100, "species": [{ "id": "a-b", "count": 6 }] });
    for (by, status) in [(By::User, 403), (By::Nobody, 401)] {
        assert_eq!(library.patch(by, "a-b", "", &rename("Cc dd")).await.status, status);
        assert_eq!(library.patch(by, "NO ID", "", &rename("Cc dd")).await.status, status);
        assert_eq!(library.request_import(by, "k").await.status, status);
        assert_eq!(library.get_import(by, &types::Uuid::now_v7().to_string()).await.status, status);
    }
    assert_eq!(library.get_import(By::Admin, &types::Uuid::now_v7().to_string()).await.status, 404);
    assert_eq!(library.check(By::Nobody, &check).await.status, 401);
    assert_eq!(library.check(By::User, &check).await.status, 200);
}

#[tokio::test]
async fn a_check_gives_reasons_with_numbers_and_sources() {
    let library = Library::start().await;
    let mut predator = row("c-d", "Cc dd", &json!({}));
    predator["facts"]["temperament"]["value"] = json!("predatory");
    predator["facts"]["adultSizeMm"]["value"] = json!(300);
    predator["facts"].as_object_mut().unwrap().remove("minGroup");
    library.import(&[row("a-b", "Aa bb", &json!({})), predator, row("e-f", "Ee ff", &json!({}))]).await;
    let body = |species: Value| {
        json!({
            "kind": "fresh", "volumeLiters": 54, "temperatureMilliC": { "min": 24000, "max": 25000 },
            "phMilli": { "min": 6500, "max": 7000 }, "ghUmol": { "min": 1000, "max": 1000 }, "species": species,
        })
    };
    let report =
        library.check(By::User, &body(json!([{ "id": "a-b", "count": 3 }, { "id": "c-d", "count": 1 }]))).await;
    assert_eq!((report.status, &report.body["verdict"]), (200, &json!("conflict")), "{}", report.body);
    let reasons = report.body["reasons"].as_array().unwrap();
    let told: Vec<_> =
        reasons.iter().map(|reason| (reason["rule"].as_str().unwrap(), reason["severity"].as_str().unwrap())).collect();
    let expected = [
        ("volume", "conflict"),
        ("group", "conflict"),
        ("volume", "conflict"),
        ("group", "unknown"),
        ("predation", "conflict"),
    ];
    assert_eq!(told, expected);
    assert_eq!((&reasons[0]["givenMin"], &reasons[0]["givenMax"]), (&json!(54000), &json!(54000)));
    let evidence = json!({ "speciesId": "a-b", "fact": "minVolumeMl", "value": 60000, "sources": [0] });
    assert_eq!(reasons[0]["evidence"], json!([evidence]));
    assert_eq!(report.body["sources"], json!([source("A")]));
    assert_eq!(reasons[3]["evidence"][0]["value"], Value::Null);

    // A pond is fresh water outdoors.
    let mut pond = body(json!([{ "id": "a-b", "count": 3 }, { "id": "e-f", "count": 3 }]));
    let fresh = library.check(By::User, &pond).await;
    pond["kind"] = json!("pond");
    let in_pond = library.check(By::User, &pond).await;
    assert_eq!((in_pond.status, in_pond.body), (200, fresh.body));

    // A merged species counts as the one that was kept, with the sum of both.
    assert_eq!(library.patch(By::Admin, "e-f", "", &json!({ "mergedInto": "a-b" })).await.status, 200);
    let both = library.check(By::User, &body(json!([{ "id": "a-b", "count": 3 }, { "id": "e-f", "count": 3 }]))).await;
    assert_eq!((both.status, both.body["species"].as_array().map(Vec::len)), (200, Some(1)), "{}", both.body);
    assert_eq!(
        (&both.body["species"][0]["count"], both.body["reasons"].as_array().map(Vec::len)),
        (&json!(6), Some(1))
    );
    let only_merged = library.check(By::User, &body(json!([{ "id": "e-f", "count": 6 }]))).await;
    assert_eq!(only_merged.body["species"][0]["speciesId"], "a-b");

    // Over two merges.
    assert_eq!(library.patch(By::Admin, "a-b", "", &json!({ "mergedInto": "c-d" })).await.status, 200);
    let over_two = library.check(By::User, &body(json!([{ "id": "e-f", "count": 1 }]))).await;
    assert_eq!((over_two.status, &over_two.body["species"][0]["speciesId"]), (200, &json!("c-d")), "{}", over_two.body);

    for (species, code) in [
        (json!([{ "id": "x-y", "count": 1 }]), "knowledge.unknown_species"),
        (json!([{ "id": "a-b", "count": 0 }]), "request.invalid"),
        (json!([{ "id": "a-b", "count": 1 }, { "id": "a-b", "count": 1 }]), "request.invalid"),
        (json!([]), "request.invalid"),
    ] {
        let refused = library.check(By::User, &body(species)).await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (422, Some(code)), "{}", refused.body);
    }
}

#[tokio::test]
async fn the_data_set_is_imported_and_imported_again() {
    let library = Library::start().await;
    let rows = data_set();
    let (summary, results) = library.import(&rows).await;
    let refused: Vec<_> = results.values().filter(|result| result["status"] == "refused").collect();
    assert_eq!(refused, [] as [&Value; 0]);
    assert_eq!(summary["created"], rows.len());
    assert_eq!(library.import(&rows).await.0["unchanged"], rows.len());
    assert!(library.found("q=neon%20tetra").await.contains(&"paracheirodon-innesi".to_owned()));
    let fish = library.found("kind=fish&water=fresh&limit=100").await;
    assert!(fish.len() > 80, "{}", fish.len());
}

#[tokio::test]
async fn nothing_of_a_deleted_admin_is_left() {
    let library = Library::start().await;
    library.import(&[row("a-b", "Aa bb", &json!({})), row("c-d", "Cc dd", &json!({}))]).await;
    assert_eq!(library.patch(By::Admin, "a-b", "", &rename("Ee ff")).await.status, 200);
    let partition = format!("knowledge#user#{}", library.admin);
    let held = async || {
        let items = library.table.items().await;
        items.iter().filter(|item| item["pk"].as_s().unwrap() == &partition).count()
    };
    assert!(held().await > 1);
    let deleted = event(Timestamp::now(), UserDeleted { user_id: library.admin });
    for _ in 0..3 {
        forget_user(library.importing, deleted.clone(), Deadline::never()).await.unwrap();
        assert_eq!(held().await, 1, "the marker");
    }
    assert_eq!(library.get("a-b", "").await.status, 200);
    // Neither of the species that was imported, nor of the renamed one.
    let (items, admin) = (library.table.items().await, library.admin.to_string());
    let species = items.iter().filter(|item| item["pk"].as_s().unwrap().starts_with("knowledge#species#"));
    let texts: Vec<_> = species.map(|item| format!("{item:?}")).collect();
    assert!(texts.iter().any(|text| text.contains("knowledge.species_changed")), "their events are there");
    assert!(!texts.iter().any(|text| text.contains(&admin)), "species say nothing on the user: {texts:?}");
}
