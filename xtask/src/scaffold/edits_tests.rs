//! Tests of the edits.

use super::*;

#[test]
fn declarations_go_where_they_sort() {
    let text = "//! Doc.\n\npub mod a;\npub mod c;\nmod view;\n";
    let with = |line| declaration(text, "pub mod ", line);
    assert_eq!(with("pub mod b;"), "//! Doc.\n\npub mod a;\npub mod b;\npub mod c;\nmod view;\n");
    assert_eq!(with("pub mod d;"), "//! Doc.\n\npub mod a;\npub mod c;\npub mod d;\nmod view;\n");
    assert_eq!(with("pub mod a;"), text);
    assert_eq!(declaration("//! Doc.\n", "mod ", "mod a;"), "//! Doc.\n\nmod a;\n");
    assert_eq!(declaration("", "mod ", "mod a;"), "mod a;\n\n");
}

#[test]
fn lists_are_sorted_and_hold_an_item_once() {
    let text = "#[openapi(paths(\n    b::b,\n    c::c,\n))]\n";
    assert_eq!(list_item(text, "paths(", ')', "a::a").unwrap(), "#[openapi(paths(a::a, b::b, c::c))]\n");
    assert_eq!(list_item("&[\"x\"];", "&[", ']', "\"x\"").unwrap(), "&[\"x\"];");
    assert_eq!(list_item("none", "paths(", ')', "a::a"), None);
}

#[test]
fn binaries_are_sorted() {
    let text = "# One binary per endpoint and per consumer.\n";
    let one = binary(text, "o-b", "src/bin/b.rs");
    assert_eq!(one, format!("{text}[[bin]]\nname = \"o-b\"\npath = \"src/bin/b.rs\"\ntest = false\n"));
    let three = binary(&binary(&one, "o-c", "src/bin/c.rs"), "o-a", "src/bin/a.rs");
    let names: Vec<_> = three.lines().filter(|line| line.starts_with("name")).collect();
    assert_eq!(names, ["name = \"o-a\"", "name = \"o-b\"", "name = \"o-c\""]);
}

#[test]
fn dependencies_are_sorted_and_named_once() {
    let text =
        "[dependencies]\n# Why.\naxum.workspace = true\ntokio = { workspace = true }\n\n[lints]\nworkspace = true\n";
    let with = dependency(text, "kit").unwrap();
    assert!(with.contains("axum.workspace = true\nkit.workspace = true\ntokio ="), "{with}");
    assert_eq!(dependency(text, "tokio").unwrap(), text);
    assert!(dependency(text, "utoipa").unwrap().contains("}\nutoipa.workspace = true\n\n[lints]"));
}

#[test]
fn a_block_goes_to_the_end_of_its_section() {
    let text = "Parameters:\n  A: 1\n\nResources:\n  B: 2\n";
    assert_eq!(
        template_section(text, "Parameters", "  C: 3\n").unwrap(),
        "Parameters:\n  A: 1\n  C: 3\n\nResources:\n  B: 2\n"
    );
    assert_eq!(
        template_section(text, "Resources", "\n  C: 3").unwrap(),
        "Parameters:\n  A: 1\n\nResources:\n  B: 2\n\n  C: 3\n"
    );
    assert_eq!(template_section("Resources:\n", "Resources", "\n  C: 3").unwrap(), "Resources:\n  C: 3\n");
    assert_eq!(template_section(text, "Conditions", "  C: 3"), None);
}

#[test]
fn a_row_fits_the_table_that_is_there() {
    let text = "# x\n\n## Endpoints\n\n| route | does |\n|---|---|\n| a | b |\n\n## Keys\n";
    let row = |text: &str| table_row(text, "Endpoints", &["route", "does"], &["`GET /v1/a`", "reads", "more"]);
    assert!(row(text).contains("| a | b |\n| `GET /v1/a` | reads |\n\n## Keys"), "{}", row(text));
    let none = "# x\n\n## Endpoints\n\nNone yet.\n\n## Keys\n\nNone yet.\n";
    let first =
        "# x\n\n## Endpoints\n\n| route | does |\n|---|---|\n| `GET /v1/a` | reads | more |\n\n## Keys\n\nNone yet.\n";
    assert_eq!(row(none), first);
    assert!(row("# x\n").ends_with("## Endpoints\n\n| route | does |\n|---|---|\n| `GET /v1/a` | reads | more |\n"));
}

#[test]
fn a_refusal_has_a_variant_and_an_arm() {
    let text = "pub enum Refusal {\n    /// A.\n    A,\n}\n\nimpl From {\n    fn from() {\n        match refusal {\n            \
                Refusal::A => a,\n        }\n    }\n}\n";
    let with = refusal(text, "B", "There is no B.", "b").unwrap();
    assert!(with.contains("    A,\n    /// There is no B.\n    B,\n}"), "{with}");
    assert!(with.contains("Refusal::A => a,\n            Refusal::B => b,\n        }"), "{with}");
    assert_eq!(refusal(&with, "B", "", "").unwrap(), with);
}
