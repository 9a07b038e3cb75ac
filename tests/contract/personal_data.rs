//! Every context that keeps items lets people have their data, and forgets them.

use std::collections::BTreeSet;

use identity::domain::export::CONTEXTS;

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
        .filter(|(pack, name)| keeps_people(pack, name) || CONTEXTS.contains(&name.as_str()))
        .collect()
}

#[test]
fn the_export_reads_every_context_that_keeps_items_of_people() {
    let listed: BTreeSet<_> = CONTEXTS.into_iter().map(str::to_owned).collect();
    let keeping: BTreeSet<_> = of_people().into_iter().map(|(_, name)| name).collect();
    assert_eq!(listed, keeping, "CONTEXTS in functions/platform/identity/src/domain/export.rs names others");

    let template = read("functions/platform/identity/template.yaml");
    let function = template.split("\n  ExportMeRole:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let keys = function.split("dynamodb:LeadingKeys: [").nth(1).unwrap().split(']').next().unwrap();
    let allowed: BTreeSet<_> = keys.split(", ").map(|key| key.trim_matches('"').to_owned()).collect();
    assert_eq!(allowed, CONTEXTS.iter().map(|name| format!("{name}#user#*")).collect(), "the role of ExportMe differs");
    assert!(function.contains("Action: [dynamodb:Query]\n"), "ExportMe may do more than query: {function}");
}

#[test]
fn every_context_that_keeps_items_of_people_forgets_them() {
    for (pack, name) in of_people().into_iter().filter(|(_, name)| name != "identity") {
        let template = read(&format!("functions/{pack}/{name}/template.yaml"));
        assert!(template.contains(&format!("Handler: {name}-forget-user\n")), "{name} has no function forget-user");
        let rule =
            template.split("\n  ForgetUserRule:\n").nth(1).unwrap_or_else(|| panic!("{name} has no ForgetUserRule"));
        let rule = rule.split("\n\n").next().unwrap();
        assert!(rule.contains("identity.user_deleted.v1"), "{name} does not hear of identity.user_deleted.v1");
    }
}
