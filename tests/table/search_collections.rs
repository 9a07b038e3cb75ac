//! Collections beside products: species and guides are found, disappear, and have indexes, logs and figures of their own.

use jiff::Timestamp;
use kit::Clock;
use kit::http::endpoint;
use kit::sqs::Done;
use search::domain::collections::{ALL, GUIDES, PRODUCTS, SPECIES};
use search::domain::report::{day_of, total};
use serde_json::{Value, json};

use crate::identity_support::stage;
use crate::search_collections_support::{guide, neon, neon_merged, sea_star};
use crate::search_support::{Finder, Shown, list_suggestions, published, search_collection, show_in};

/// What a new process finds in a collection.
async fn search(finder: &Finder, collection: &str, query: &str) -> Value {
    let shown = show_in(&search_collection(finder.search_context()), collection, query, "").await;
    assert_eq!(shown.status, 200, "{query}: {}", shown.body);
    shown.body
}

/// The IDs that a new process finds.
async fn ids(finder: &Finder, collection: &str, query: &str) -> Vec<String> {
    let page = search(finder, collection, query).await;
    page["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_species_is_found_by_each_of_its_names_with_typos_and_by_what_it_is() {
    let finder = Finder::start().await;
    finder.tell_all([neon(1), sea_star(1)]).await;
    // From the changes, and then from the index.
    for _ in 0..2 {
        for text in ["paracheirodon", "hyphessobrycon", "neonsalmler", "neontetra", "neonslamler", "paracheirodn"] {
            assert_eq!(ids(&finder, "species", &format!("q={text}")).await, ["paracheirodon-innesi"], "{text}");
        }
        assert_eq!(ids(&finder, "species", "filter=water:marine").await, ["asterina-gibbosa"]);
        assert_eq!(ids(&finder, "species", "").await, ["asterina-gibbosa", "paracheirodon-innesi"]);
        let page = search(&finder, "species", "q=neonsalmler&facets=kind,family").await;
        let family = json!({ "name": "family", "values": [{ "value": "Characidae", "count": 1, "selected": false }] });
        assert_eq!((&page["collection"], &page["facets"][1]), (&json!("species"), &family), "{page}");
        let hit = &page["hits"][0];
        let names = json!({ "de": "Neonsalmler", "en": "Neon tetra" });
        assert_eq!((&hit["names"], &hit["water"], &hit["typos"]), (&names, &json!("fresh"), &json!(0)), "{hit}");
        assert_eq!(hit["highlights"][0]["field"], "name", "{hit}");
        if finder.store.pointer(SPECIES.name()).await.unwrap().is_none() {
            finder.build_now_of(&SPECIES).await;
        }
    }
    let shown = show_in(&list_suggestions(finder.suggest_context()), "species", "q=neons", "").await;
    let expected =
        json!({ "text": "Neonsalmler", "kind": "document", "facet": null, "documentId": "paracheirodon-innesi" });
    assert_eq!(shown.body["suggestions"][0], expected, "{}", shown.body);
}

#[tokio::test]
async fn a_merged_species_disappears_whatever_the_order_of_events() {
    let straight = Finder::start().await;
    straight.tell_all([neon(1)]).await;
    straight.build_now_of(&SPECIES).await;
    straight.tell_all([neon_merged(2)]).await;
    assert_eq!(ids(&straight, "species", "").await, [""; 0]);
    straight.build_now_of(&SPECIES).await;
    assert_eq!(ids(&straight, "species", "").await, [""; 0]);

    let reversed = Finder::start().await;
    assert_eq!(reversed.tell(neon_merged(2)).await.unwrap(), Done::Applied);
    let (last, _) = reversed.store.log_state(SPECIES.name()).await.unwrap();
    assert_eq!(last, 0, "no search has seen it");
    assert_eq!(reversed.tell(neon(1)).await.unwrap(), Done::Duplicate);
    assert_eq!(reversed.tell(neon_merged(2)).await.unwrap(), Done::Duplicate);
    assert_eq!(ids(&reversed, "species", "").await, [""; 0]);
}

#[tokio::test]
async fn a_published_guide_is_found_and_a_withdrawn_one_is_not() {
    let finder = Finder::start().await;
    finder.tell_all([guide(1, 1, true), guide(2, 1, true)]).await;
    let both = search(&finder, "guides", "q=einfahren&sort=newest").await;
    assert_eq!((&both["collection"], &both["total"]), (&json!("guides"), &json!(2)), "{both}");
    let newest = &both["hits"][0];
    assert_eq!((&newest["slug"], &newest["language"]), (&json!("guide-2"), &json!("de")), "{newest}");
    assert_eq!(newest["publishedAt"], "2027-01-17T08:00:00.000Z");
    assert_eq!(ids(&finder, "guides", "q=innesi").await.len(), 2, "guides are found by the names of their species");
    assert_eq!(ids(&finder, "guides", "filter=species:paracheirodon-innesi;language:de").await.len(), 2);

    finder.tell_all([guide(2, 3, false)]).await;
    assert_eq!(finder.tell(guide(2, 2, true)).await.unwrap(), Done::Duplicate);
    let left = search(&finder, "guides", "q=einfahren").await;
    assert_eq!((&left["total"], &left["hits"][0]["slug"]), (&json!(1), &json!("guide-1")));
    finder.tell_all([guide(2, 4, true)]).await;
    assert_eq!(ids(&finder, "guides", "q=einfahren").await.len(), 2);
}

#[tokio::test]
async fn collections_share_neither_documents_nor_logs_nor_figures() {
    let finder = Finder::start().await;
    finder.tell_all([published(1, 1, "Neonsalmler"), neon(1), guide(1, 1, true)]).await;
    for collection in ALL {
        assert_eq!(ids(&finder, collection.name(), "").await.len(), 1, "{}", collection.name());
        let (last, _) = finder.store.log_state(collection.name()).await.unwrap();
        assert_eq!(last, 1, "{}", collection.name());
    }
    search(&finder, "species", "q=neonsalmler").await;
    let today = day_of(finder.clock.now());
    for (collection, searches) in [(&PRODUCTS, 0), (&SPECIES, 1), (&GUIDES, 0)] {
        let figures = total(finder.store.figures(collection.name(), &[today]).await.unwrap());
        assert_eq!(figures.searches, searches, "{}", collection.name());
    }
}

#[tokio::test]
async fn a_damaged_index_of_one_collection_does_not_disturb_the_others() {
    let finder = Finder::at(Clock::manual(Timestamp::from_second(1_900_000_000).unwrap())).await;
    finder.tell_all([published(1, 1, "Shoe"), neon(1)]).await;
    finder.build_now().await;
    finder.build_now_of(&SPECIES).await;
    for key in finder.services.keys().iter().filter(|key| key.contains("/products/")) {
        finder.services.put(key, b"broken");
    }
    let search = search_collection(finder.search_context());
    assert_eq!(show_in(&search, "products", "q=shoe", "").await.status, 503);
    let species = show_in(&search, "species", "q=neonsalmler", "").await;
    assert_eq!((species.status, &species.body["total"]), (200, &json!(1)), "{}", species.body);
}

#[tokio::test]
async fn the_hourly_check_requests_a_build_of_each_index_that_lacks_changes() {
    let finder = Finder::at(Clock::manual(Timestamp::from_second(1_900_000_000).unwrap())).await;
    finder.tell_all([neon(1), sea_star(1), guide(1, 1, true)]).await;
    finder.check().await;
    assert_eq!(finder.requests().await, [2, 3], "one for the guide and one for the species");
    finder.build_of(&SPECIES, 3).await.unwrap();
    finder.build_of(&GUIDES, 2).await.unwrap();
    finder.check().await;
    assert_eq!(finder.requests().await, [2, 3], "nothing is missing");
    for collection in [&SPECIES, &GUIDES] {
        let pointer = finder.store.pointer(collection.name()).await.unwrap().unwrap().value;
        assert!(pointer.fits(&collection.indexed) && !pointer.fits(&PRODUCTS.indexed), "{}", collection.name());
    }
}

#[tokio::test]
async fn admins_set_synonyms_of_each_collection() {
    let finder = Finder::start().await;
    finder.tell_all([neon(1)]).await;
    let set = endpoint(search::api::set_synonyms::set_synonyms, finder.admin_context(), stage());
    let body = json!({ "rules": [{ "from": "glowfish", "to": ["neonsalmler"], "bothWays": false }] });
    let set = finder.call_in(&set, ("PUT", "species"), "", &[("if-match", "\"0\"")], Some(&body)).await;
    assert_eq!(set.status, 200, "{}", set.body);
    finder.build_now_of(&SPECIES).await;
    assert_eq!(ids(&finder, "species", "q=glowfish").await, ["paracheirodon-innesi"]);
}

#[tokio::test]
async fn an_unknown_collection_names_those_that_there_are() {
    let finder = Finder::start().await;
    let unknown = show_in(&search_collection(finder.search_context()), "secrets", "q=a", "").await;
    assert_eq!((unknown.status, &unknown.body["code"]), (404, &json!("search.no_such_collection")));
    let detail = unknown.body["detail"].as_str().unwrap();
    assert!(ALL.iter().all(|collection| detail.contains(collection.name())), "{detail}");
}

#[tokio::test]
async fn prices_are_refused_where_there_are_none() {
    let finder = Finder::start().await;
    let search = search_collection(finder.search_context());
    for (collection, query, field) in [
        ("species", "sort=price&currency=EUR", "currency"),
        ("guides", "inStock=true", "inStock"),
        ("species", "filter=option.color:red", "filter"),
    ] {
        let Shown { status, body, .. } = show_in(&search, collection, query, "").await;
        assert_eq!((status, &body["errors"][0]["field"]), (422, &json!(field)), "{query}: {body}");
    }
}

#[tokio::test]
async fn changes_of_a_collection_do_not_wait_for_those_of_another() {
    let finder = Finder::start().await;
    // A change of products is under way.
    let _turn = finder.index.turns.of(&PRODUCTS).lock().await;
    let written = tokio::time::timeout(std::time::Duration::from_secs(30), finder.tell(neon(1))).await;
    assert_eq!(written.expect("no wait").unwrap(), Done::Applied);
    assert_eq!(ids(&finder, "species", "q=neontetra").await, ["paracheirodon-innesi"]);
}
