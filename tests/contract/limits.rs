//! `docs/limits.md`: every rate limit and daily quota, generated from the constants in the contexts.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use kit::limits::Limit;

use crate::bless;

/// The limits of each context.
fn all() -> [(&'static str, &'static [Limit]); 17] {
    [
        ("analytics", &analytics::domain::limits::ALL),
        ("aquariums", &aquariums::domain::limits::ALL),
        ("catalog", &catalog::domain::limits::ALL),
        ("events", &events::domain::limits::ALL),
        ("identity", &identity::domain::limits::ALL),
        ("knowledge", &knowledge::domain::limits::ALL),
        ("media", &media::domain::limits::ALL),
        ("notifications", &notifications::domain::limits::ALL),
        ("orders", &orders::domain::limits::ALL),
        ("payments", &payments::domain::limits::ALL),
        ("points", &points::domain::limits::ALL),
        ("realtime", &realtime::domain::limits::ALL),
        ("recommendations", &recommendations::domain::limits::ALL),
        ("search", &search::domain::limits::ALL),
        ("timeline", &timeline::domain::limits::ALL),
        ("vision", &vision::domain::limits::ALL),
        ("wallet", &wallet::domain::limits::ALL),
    ]
}

const INTRODUCTION: &str = "\
# Limits

How often a user, a network address or the whole deployment may do something. Generated from the code
(`functions/*/*/src/domain/limits.rs`); `make bless` rewrites this file.

Windows are fixed and start at multiples of their length since 1970, so a day is a day in UTC. A refused request gets 429
`request.limit_exceeded` with `Retry-After`; the problem's `detail` names the limit and the time of its reset. Failed sign-ins
get 429 `identity.too_many_attempts`. Text messages beyond a limit are not sent; the delivery is `suppressed` with the reason
`limit_exceeded`. The WebSocket API answers with the error `realtime.too_many_resumes`.

Within a window no limit can be exceeded, however many requests arrive at once. The limits of failed sign-ins and of declined
cards count failures only: requests that run at the same time pass the check together.

";

const OTHERS: &str = "
Network addresses and phone numbers are counted under their hashes. Three maxima are parameters of the deployment:
`MaxRegistrationsPerSource` (`registrations`), `MaxSignInCodesPerSource` (`email_codes_of_source`) and
`MaxTextMessagesPerDay` (`text_messages`).

Other bounds are described where they apply: wrong codes and passwords of signed-in users (five in 15 minutes, counted in
the account itself), one verification e-mail, reset e-mail or phone code per minute, quotas of plans, the maximum number of
schedules, photos, devices and connections. The gateway throttles all callers together (`ThrottleRate`, `ThrottleBurst`).
Points within 30 m of each other are about 20 at most: points that are created at the same moment do not see each other.
";

#[test]
fn the_table_of_limits_is_what_the_code_says() {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("| limit | at most | per |\n|---|---|---|\n");
    for (context, limits) in all() {
        for limit in limits {
            let name = format!("`{context}`: `{}`", limit.name());
            let per = format!("{} and {}", limit.per(), limit.window());
            writeln!(text, "| {name} | {} {} | {per} |", limit.max(), limit.counts()).unwrap();
        }
    }
    text.push_str(OTHERS);
    bless::check("docs/limits.md", &text);
}

#[test]
fn names_are_unique_within_their_context() {
    for (context, limits) in all() {
        let names: BTreeSet<_> = limits.iter().map(Limit::name).collect();
        assert_eq!(names.len(), limits.len(), "{context}");
    }
}

/// Files under a folder that make a limit.
fn making(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            making(&entry, found);
        } else if std::fs::read_to_string(&entry).is_ok_and(|text| makes_limits(&text)) {
            found.insert(entry.strip_prefix(tests::root()).unwrap().to_str().unwrap().to_owned());
        }
    }
}

fn makes_limits(text: &str) -> bool {
    ["Limit::new(", "Limit::per_day("].iter().any(|call| text.contains(call))
}

#[test]
fn every_limit_is_in_the_file_that_the_table_is_made_of() {
    let mut found = BTreeSet::new();
    making(&tests::root().join("functions"), &mut found);
    let files = all().map(|(context, _)| context);
    let listed =
        |path: &String| files.iter().any(|context| path.ends_with(&format!("/{context}/src/domain/limits.rs")));
    let strays: Vec<_> = found.iter().filter(|path| !listed(path)).collect();
    assert!(strays.is_empty(), "{strays:?}: move the limits to domain/limits.rs and add the context to `all`");
    assert_eq!(found.len(), files.len(), "{found:?}");
    // Each constant is in its context's list.
    for (path, (context, limits)) in found.iter().zip(all_by_path(&found)) {
        let text = std::fs::read_to_string(tests::root().join(path)).unwrap();
        let made = text.matches("Limit::new(").count() + text.matches("Limit::per_day(").count();
        assert_eq!(made, limits.len(), "`ALL` of {context}");
    }
}

/// The limits in the order of the files.
fn all_by_path(paths: &BTreeSet<String>) -> Vec<(&'static str, &'static [Limit])> {
    let of = |path: &String| all().into_iter().find(|(context, _)| path.contains(&format!("/{context}/")));
    paths.iter().filter_map(of).collect()
}

#[test]
fn the_search_for_strays_finds_one() {
    assert!(makes_limits("const X: Limit = Limit::per_day(\"x\", 1);") && !makes_limits("limit.new"));
}
