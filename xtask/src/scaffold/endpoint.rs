//! `new-endpoint`.

use super::draft::{Draft, fill};
use super::function::Place;
use super::handler::{Handler, Kind};
use super::holder::{self, Trigger};
use super::proof::proof;
use super::route::{Route, shape_of};
use super::{Written, edits, sample};
use crate::failure::{Result, refuse};
use crate::repository::Repository;
use crate::survey::{Context, Survey};

const ENDPOINTS: &str = "The endpoints, one file each.";
/// What the first operation of a context that checks standing brings along.
const READ_STANDING: &str = include_str!("texts/read_standing.yaml.txt");
const PROBLEMS: &str = include_str!("texts/problem.rs.txt");

/// Writes an endpoint: code, binary, template, sample, test.
pub fn endpoint(repository: &Repository, context: &str, name: &str, route: &str, public: bool) -> Result<Written> {
    let survey = Survey::of(repository)?;
    let route = Route::parse(route)?;
    let place = Place::find(&survey, context, name)?;
    unclaimed(&survey, &place, &route)?;
    let mut draft = Draft::new(repository);
    let trigger = if public { Trigger::Anybody } else { Trigger::Caller };
    let held = holder::choose(&draft, place.context, place.template, trigger)?;
    let handler = Handler { context, name: &place.name, route: &route, holder: &held.name, public };

    let mut needs = vec!["axum", "kit", "serde", "tokio", "utoipa"];
    needs.extend((!route.parameters.is_empty() || handler.kind() == Kind::Find).then_some("types"));
    place.add_binary(&mut draft, "api", "http", &held, &needs)?;
    describe(&mut draft, place.context)?;
    place.add_module(&mut draft, "api", ENDPOINTS, handler.source())?;
    let (index, item) = (place.context.file("src/api/mod.rs"), format!("{name}::{name}"));
    draft.edit(&index, &format!("{item} in `#[openapi(paths(…))]`"), |text| {
        edits::list_item(text, "paths(", ')', &item)
    })?;
    if handler.kind() == Kind::Find {
        refuse_in_words(&mut draft, place.context, &handler)?;
    }
    let checks = handler.checks_standing();
    let has_policy = place.template.resource("ReadStanding").is_some();
    let policy = if checks && !has_policy { READ_STANDING } else { "" };
    let block = [policy, include_str!("texts/function.yaml.txt"), include_str!("texts/endpoint.yaml.txt")].concat();
    let values = [("comment", route.key()), ("key", route.key()), ("statement", held.statement.clone())];
    let mut values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    values.extend([
        ("actions", handler.actions()),
        ("after", ""),
        ("policies", if checks { ", !Ref ReadStanding" } else { "" }),
    ]);
    place.add_resources(&mut draft, &place.fill(&block, &values))?;
    place.add_sample(&mut draft, sample::request(&route, !public))?;
    place.add_test(&mut draft, proof(&handler))?;
    let cells = [&format!("`{}`", route.key()), &place.name.sentence()];
    place.add_row(&mut draft, "Endpoints", &["endpoint", "what it does"], &cells.map(String::as_str))?;
    Ok(Written {
        packages: vec![context.to_owned(), "tests".to_owned()],
        next: next(&place, &handler),
        files: draft.write()?,
    })
}

/// An error if the API has such a route, or an operation of this name.
fn unclaimed(survey: &Survey<'_>, place: &Place<'_>, route: &Route) -> Result<()> {
    if let Some(taken) = survey.routes().find(|other| shape_of(other.key) == shape_of(&route.key())) {
        return refuse!("The API of the pack {} has the route {} already.", place.context.pack(), taken.key);
    }
    if let Some(taken) =
        survey.operations.iter().find(|other| other.id == place.name.snake() && other.key != route.key())
    {
        return refuse!(
            "{} is called {} already, and names of operations are unique in the whole API.",
            taken.key,
            taken.id
        );
    }
    Ok(())
}

/// The context's part of the OpenAPI document, if this is its first endpoint; the document's introduction, if it is the
/// pack's first.
fn describe(draft: &mut Draft<'_>, context: &Context) -> Result<()> {
    let index = context.file("src/api/mod.rs");
    if draft.has(&index) {
        return Ok(());
    }
    let api = fill(include_str!("texts/api.rs.txt"), &[("context", &context.name)]);
    draft.create(&index, format!("//! {ENDPOINTS}\n\n{api}"))?;
    let pack = context.pack();
    let introduction = format!("docs/openapi/{}.md", if pack == "platform" { "core" } else { pack });
    if !draft.has(&introduction) {
        draft.create(&introduction, format!("# Atoll {pack} API\n\nThe operations of the pack {pack}.\n"))?;
    }
    let library = context.file("src/lib.rs");
    draft.declare(&library, "pub mod ", "pub mod api;")?;
    let item = format!("{}::api::Api::openapi()", context.name);
    draft.edit("tests/contract/contexts.rs", &item, |text| edits::list_item(text, "vec![", ']', &item))
}

/// The refusal of what is not there, in the file of the context's refusals.
fn refuse_in_words(draft: &mut Draft<'_>, context: &Context, handler: &Handler<'_>) -> Result<()> {
    let (variant, sentence, code) = handler.refusal();
    let file = context.file("src/problem.rs");
    let answer = format!("Self::not_found(\"{code}\")");
    if draft.has(&file) {
        return draft
            .edit(&file, &format!("`Refusal::{variant}`"), |text| edits::refusal(text, &variant, &sentence, &answer));
    }
    let values = [("variant", variant.as_str()), ("sentence", &sentence), ("answer", &answer)];
    draft.create(&file, fill(PROBLEMS, &values))?;
    let library = context.file("src/lib.rs");
    draft.declare(&library, "pub mod ", "pub mod problem;")
}

fn next(place: &Place<'_>, handler: &Handler<'_>) -> Vec<String> {
    let (snake, file) = (place.name.snake(), |path: &str| place.context.file(path));
    let mut steps = vec![
        format!(
            "{}: say at the top what it does and which events it emits; name the fields; decide in src/domain.",
            file(&format!("src/api/{snake}.rs"))
        ),
        format!("{}: load and save, with the event in the same write.", file("src/store.rs")),
        format!("{}: one code per refusal, and each in the `responses` of the endpoint.", file("src/problem.rs")),
        format!("{}: keep in the role the actions that the store's calls need, and no others.", place.template.path),
        format!("tests/e2e/{}/{snake}.rs: one test per answer that it can give.", place.context.name),
        format!("events/invoke/{}.json: the fields as a client sends them.", place.binary()),
        format!("{}: what it does, in a few words; its items in the key table.", file("README.md")),
        format!("{}: the description of the tag, if this is the first endpoint.", file("src/api/mod.rs")),
    ];
    if handler.route.method == "POST" {
        steps.insert(1, "If it creates or pays, take `IdempotencyKey` and derive the id from it, so that a retry finds the first one's work.".into());
    }
    steps.push(format!("{}; then `make bless-budgets`.", place.measured()));
    let scenes = &place.context.name;
    steps.push(format!("tests/bench/functions/scenes/{scenes}.rs: the event of one call that succeeds."));
    steps.push("`cargo xtask openapi`, then `make test`.".to_owned());
    steps
}
