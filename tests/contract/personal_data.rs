//! Every context that keeps items of users has its part in the data export, and erases users.

use std::collections::BTreeSet;

use identity::domain::export::document::schema;
use identity::domain::export::sections::{SECTIONS, Section, Shown};

use crate::bless;

fn read(path: &str) -> String {
    std::fs::read_to_string(tests::root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every context, as its pack and its name.
fn contexts() -> Vec<(String, String)> {
    let folders = |path: &str| {
        let entries = std::fs::read_dir(tests::root().join(path)).unwrap().map(Result::unwrap);
        let folders = entries.filter(|entry| entry.path().is_dir());
        folders.map(|entry| entry.file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    let packs = folders("functions").into_iter();
    packs
        .flat_map(|pack| folders(&format!("functions/{pack}")).into_iter().map(move |name| (pack.clone(), name)))
        .collect()
}

/// Those whose items are of people: they have a store that makes keys of `user`, or say so by being on the list.
fn of_people() -> Vec<(String, String)> {
    let keeps_people = |pack: &str, name: &str| {
        let source = tests::root().join(format!("functions/{pack}/{name}/src"));
        let mut files = vec![source];
        let mut found = false;
        while let Some(path) = files.pop() {
            if path.is_dir() {
                files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            } else {
                found |= std::fs::read_to_string(path).unwrap_or_default().contains("Key::new(\"user\"");
            }
        }
        found
    };
    contexts()
        .into_iter()
        .filter(|(pack, name)| keeps_people(pack, name) || SECTIONS.iter().any(|section| section.context == name))
        .collect()
}

#[test]
fn the_export_reads_every_context_that_keeps_items_of_people() {
    let listed: BTreeSet<_> = SECTIONS.iter().map(|section| section.context.to_owned()).collect();
    let keeping: BTreeSet<_> = of_people().into_iter().map(|(_, name)| name).collect();
    assert_eq!(listed, keeping, "SECTIONS in functions/platform/identity/src/domain/export/sections.rs names others");

    let template = read("functions/platform/identity/template.yaml");
    let role = template.split("\n  RunExportRole:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let reading =
        role.split("Action: [dynamodb:Query]\n").nth(1).expect("a statement that allows to query and nothing else");
    let keys = reading.split("dynamodb:LeadingKeys: [").nth(1).unwrap().split(']').next().unwrap();
    let allowed: BTreeSet<_> = keys.split(", ").map(|key| key.trim_matches('"').to_owned()).collect();
    assert_eq!(allowed, listed.iter().map(|name| format!("{name}#user#*")).collect(), "the role of RunExport differs");
}

/// The kinds of items that a context keeps on users: the first segments of the sort keys that its sources make, and those
/// in the key table of its README.
fn kinds(pack: &str, context: &str) -> BTreeSet<String> {
    let folder = format!("functions/{pack}/{context}");
    let mut found = kinds_in_key_table(context, &read(&format!("{folder}/README.md")));
    let mut files = vec![tests::root().join(&folder).join("src")];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            found.extend(kinds_in_source(&std::fs::read_to_string(path).unwrap()));
        }
    }
    found
}

/// Rows such as: | `Device` | `notifications#user#<userId>` | `device#<deviceId>` | …
fn kinds_in_key_table(context: &str, readme: &str) -> BTreeSet<String> {
    let rows = readme.lines().map(|line| line.split(" | ").collect::<Vec<_>>());
    let of_users = rows.filter(|cells| cells.get(1).is_some_and(|cell| cell.contains(&format!("`{context}#user#"))));
    of_users
        .flat_map(|cells| cells[2].split(", `").map(|key| first_segment(key.trim_matches('`'))).collect::<Vec<_>>())
        .collect()
}

/// Calls such as: Key::new("user", user, format!("device#{id}")). A sort key that a caller gives is in the key table only.
fn kinds_in_source(source: &str) -> BTreeSet<String> {
    let calls = source.split("Key::new(\"user\",").skip(1);
    let sort_keys = calls.filter_map(|call| call.split(')').next()?.split('"').nth(1));
    sort_keys.map(first_segment).collect()
}

fn first_segment(sort_key: &str) -> String {
    sort_key.split(['#', '`']).next().unwrap_or_default().to_owned()
}

/// What the table and a context say differently.
fn differences(section: &Section, kept: &BTreeSet<String>) -> Vec<String> {
    let named: BTreeSet<_> = section.kinds.iter().map(|kind| kind.name.to_owned()).collect();
    // The marker of `dynamo::Table::forget` says nothing of anybody.
    let unnamed = kept.iter().filter(|kind| *kind != "forgotten" && !named.contains(*kind));
    let unnamed = unnamed.map(|kind| format!("{} keeps `{kind}`, which the table does not name", section.context));
    let unknown = named.iter().filter(|kind| !kept.contains(*kind));
    unnamed.chain(unknown.map(|kind| format!("{} keeps no `{kind}`", section.context))).collect()
}

#[test]
fn the_table_of_the_export_names_every_kind_of_item() {
    let of_people = of_people();
    let mut wrong = Vec::new();
    for section in &SECTIONS {
        let (pack, name) = of_people.iter().find(|(_, name)| name == section.context).unwrap();
        wrong.extend(differences(section, &kinds(pack, name)));
    }
    assert!(wrong.is_empty(), "functions/platform/identity/src/domain/export/sections.rs: {wrong:#?}");
}

#[test]
fn a_kind_of_item_that_the_table_does_not_name_is_found() {
    let source = "fn key(id: Id) -> Key<Media> {\n    Key::new(\"user\", owner, format!(\"album#{id}\"))\n}";
    let mut kept = kinds_in_source(source);
    kept.extend(kinds_in_key_table("media", "| `Like` | `media#user#<id>` | `like#<id>`, `love#<id>` | - | never |\n"));
    assert_eq!(kept, ["album", "like", "love"].map(str::to_owned).into());
    let media = SECTIONS.iter().find(|section| section.context == "media").unwrap();
    kept.insert("item".to_owned());
    let found = differences(media, &kept);
    assert!(found.iter().any(|line| line.contains("keeps `album`")), "{found:?}");
    assert!(found.iter().any(|line| line.contains("keeps no `account`")), "{found:?}");
}

#[test]
fn the_document_of_the_export_is_described() {
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    bless::check("docs/personal-data-export.schema.json", &text);
    let page = read("docs/personal-data-export.md");
    for section in &SECTIONS {
        for kind in section.kinds {
            if let Shown::As(collection) = kind.shown {
                let row = format!("| {} | `{collection}` |", section.context);
                assert!(page.contains(&row), "docs/personal-data-export.md has no row {row}");
            }
        }
    }
}

#[test]
fn every_context_that_keeps_items_of_people_forgets_them() {
    for (pack, name) in of_people().into_iter().filter(|(_, name)| name != "identity") {
        let template = read(&format!("functions/{pack}/{name}/template.yaml"));
        assert!(template.contains(&format!("Handler: {name}-forget-user\n")), "{name} has no function forget-user");
        // A rule of its own leads to a queue. Without a queue the function names the pattern.
        let has_queue = template.contains("\n  ForgetUserRule:\n");
        let resource = if has_queue { "\n  ForgetUserRule:\n" } else { "\n  ForgetUser:\n" };
        let rule = template.split(resource).nth(1).unwrap_or_else(|| panic!("{name} has no ForgetUserRule"));
        let rule = rule.split("\n\n").next().unwrap();
        assert!(rule.contains("identity.user_deleted.v1"), "{name} does not hear of identity.user_deleted.v1");
    }
}
