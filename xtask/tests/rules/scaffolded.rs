//! What the scaffold writes keeps every rule, and what it refuses leaves nothing behind.

use xtask::scaffold::{Source, consumer, context, endpoint};
use xtask::tidy;

use crate::fixture::Fixture;

/// The OpenAPI document as the contract tests would write it.
fn describe(fixture: &Fixture, operations: &[(&str, &str, &str, bool)]) {
    let one = |(method, path, id, guarded): &(&str, &str, &str, bool)| {
        let security = if *guarded { ", \"security\": [{ \"bearer\": [] }]" } else { "" };
        format!("\"{path}\": {{ \"{method}\": {{ \"operationId\": \"{id}\"{security} }} }}")
    };
    let paths: Vec<_> = operations.iter().map(one).collect();
    fixture.write("docs/openapi/core.json", &format!("{{ \"paths\": {{ {} }} }}", paths.join(", ")));
}

#[test]
fn a_context_is_tidy_before_it_has_a_function() {
    let fixture = Fixture::bare();
    describe(&fixture, &[]);
    context(&fixture.repository, "community", "points").unwrap();
    fixture.generate();
    assert_eq!(tidy::check(&fixture.repository).unwrap(), []);
    assert!(!fixture.read("functions/community/points/template.yaml").contains("DeadLetters:"));
}

#[test]
fn endpoints_of_every_kind_are_tidy() {
    let fixture = Fixture::bare();
    context(&fixture.repository, "platform", "search").unwrap();
    let add = |name: &str, route: &str, public| endpoint(&fixture.repository, "search", name, route, public).unwrap();
    add("search_words", "POST /v1/search", false);
    add("list_words", "GET /v1/words", true);
    add("put_word", "PUT /v1/words/{wordId}/of/{bookId}", false);
    add("drop_word", "DELETE /v1/words/{id}", false);
    describe(
        &fixture,
        &[
            ("post", "/v1/search", "search_words", true),
            ("get", "/v1/words", "list_words", false),
            ("put", "/v1/words/{wordId}/of/{bookId}", "put_word", true),
            ("delete", "/v1/words/{id}", "drop_word", true),
        ],
    );
    fixture.generate();
    assert_eq!(tidy::check(&fixture.repository).unwrap(), []);
    let api = fixture.read("functions/platform/api.yaml");
    assert!(api.contains("function:atoll-${Stage}-search-put-word/invocations"), "{api}");
    let api = fixture.read("functions/platform/search/src/api/mod.rs");
    let paths = "paths(drop_word::drop_word, list_words::list_words, put_word::put_word, search_words::search_words)";
    assert!(api.contains(paths), "{api}");
    assert!(api.contains("tags((name = \"search\", description"), "{api}");
    assert!(fixture.read("docs/openapi/core.md").starts_with("# Atoll platform API\n"));
    let handler = fixture.read("functions/platform/search/src/api/put_word.rs");
    assert!(handler.contains("pub word_id: Uuid") && handler.contains("pub book_id: Uuid"), "{handler}");
}

#[test]
fn a_pack_beyond_the_platform_is_a_stack_of_its_own() {
    let fixture = Fixture::bare();
    context(&fixture.repository, "community", "points").unwrap();
    context(&fixture.repository, "community", "wallet").unwrap();
    context(&fixture.repository, "platform", "search").unwrap();
    let (core, pack) = (fixture.read("template.yaml"), fixture.read("functions/community/template.yaml"));
    assert!(
        core.contains("Location: functions/platform/search/template.yaml") && !core.contains("community"),
        "{core}"
    );
    assert!(
        pack.contains("Location: points/template.yaml") && pack.contains("Location: wallet/template.yaml"),
        "{pack}"
    );
    assert!(pack.contains("/atoll/${Stage}/packs/community/api-url"), "{pack}");
    assert!(pack.contains("packs/community/version\", Type: String, Value: 1.2.3 }"), "{pack}");
    assert!(fixture.read("functions/community/api.yaml").contains("paths: {}"));
    let workspace = fixture.read("Cargo.toml");
    let order = ["platform =", "points =", "search =", "wallet ="].map(|name| workspace.find(name).unwrap());
    assert!(order.is_sorted(), "{workspace}");
    let local = fixture.read("infra/local/functions/Cargo.toml");
    let expected = "[features]\ndefault = [\"pack-community\"]\npack-community = [\"dep:points\", \"dep:wallet\"]\n\n[dependencies]\n\
                    kit.workspace = true\nplatform.workspace = true\npoints = { workspace = true, optional = true }\n\
                    search.workspace = true\nwallet = { workspace = true, optional = true }\n";
    assert_eq!(local, expected);
}

#[test]
fn what_is_refused_leaves_nothing() {
    let fixture = Fixture::new();
    let repository = &fixture.repository;
    let before = everything(&fixture);
    let event = |name: &str| {
        consumer(repository, "orders", "eat_event", &[name.to_owned()], Source::Queue).unwrap_err().to_string()
    };
    let route = |name: &str, route: &str| endpoint(repository, "orders", name, route, false).unwrap_err().to_string();
    let refusals = [
        (context(repository, "commerce", "orders").unwrap_err().to_string(), "There is a context orders already"),
        (context(repository, "commerce", "Orders").unwrap_err().to_string(), "is no name"),
        (context(repository, "commerce", "platform").unwrap_err().to_string(), "There is a context platform already"),
        (
            endpoint(repository, "nowhere", "a_b", "GET /v1/a", true).unwrap_err().to_string(),
            "There is no context nowhere",
        ),
        (route("get_order", "GET /v1/other"), "has a function orders-get-order already"),
        (
            route("find_order", "GET /v1/commerce/orders/{orderId}"),
            "has the route GET /v1/commerce/orders/{id} already",
        ),
        (route("GetOrder", "GET /v1/other"), "is no name"),
        (route("get_other", "FETCH /v1/other"), "is no method"),
        (event("identity.user_vanished"), "has no event identity.user_vanished"),
        (event("identity.user_registered.v2"), "is published in version 1"),
        (event("user_registered"), "is no event"),
    ];
    for (said, expected) in refusals {
        assert!(said.contains(expected), "{said:?} does not say {expected:?}");
    }
    assert_eq!(everything(&fixture), before);
}

#[test]
fn a_context_whose_type_cannot_check_tokens_says_what_to_add() {
    let fixture = Fixture::new();
    let ctx = "functions/commerce/orders/src/ctx.rs";
    let own = "pub struct Ctx {\n}\n\nimpl Ctx {\n    fn from_env() {\n        required(\"AUTH_ISSUER\");\n    }\n}";
    fixture.edit(ctx, "pub type Ctx = kit::EndpointContext<Store>;", own);
    let add = |public| endpoint(&fixture.repository, "orders", "get_cart", "GET /v1/carts/{id}", public);
    assert!(add(false).unwrap_err().to_string().contains("impl Authenticates for Ctx"));
    fixture.edit(ctx, "\"AUTH_ISSUER\"", "\"MAIL_FROM\"");
    assert!(add(true).unwrap_err().to_string().contains("reads MAIL_FROM"));
    fixture.remove(ctx);
    assert!(add(true).unwrap_err().to_string().contains("src/ctx.rs is missing"));
}

fn everything(fixture: &Fixture) -> Vec<(String, String)> {
    let paths = fixture.repository.walk("", "");
    paths.into_iter().map(|path| (fixture.read(&path), path)).collect()
}
