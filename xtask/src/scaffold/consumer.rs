//! `new-consumer`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::draft::{Draft, fill};
use super::function::Place;
use super::holder::{self, Trigger};
use super::{Written, sample};
use crate::failure::{Failure, Result, refuse};
use crate::repository::Repository;
use crate::survey::Survey;

/// What the first consumer of a context brings along.
const DEAD_LETTERS: &str = include_str!("texts/dead_letters.yaml.txt");
const CONSUMERS: &str = "What runs without a request, one file each.";

/// An event that is waited for.
#[derive(Debug)]
struct Event {
    /// `identity.user_registered.v1`.
    detail_type: String,
    /// `identity`: the context, and the module of its payload.
    context: String,
    /// `user_registered`.
    fact: String,
    /// `UserRegistered`: the payload's type.
    payload: String,
}

/// How events reach a consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Through a queue, in batches.
    Queue,
    /// From the bus itself, one by one: for what is rare, and always handled within one invocation.
    Bus,
}

impl Source {
    fn runner(self) -> &'static str {
        match self {
            Self::Queue => "sqs",
            Self::Bus => "bus",
        }
    }

    /// What the function waits for: the rule that SAM makes for it may exist as soon as it does.
    fn after(self) -> &'static str {
        match self {
            Self::Queue => "",
            Self::Bus => "\n    DependsOn: DeadLettersPolicy",
        }
    }

    fn template(self) -> &'static str {
        match self {
            Self::Queue => include_str!("texts/consumer.yaml.txt"),
            Self::Bus => include_str!("texts/bus_consumer.yaml.txt"),
        }
    }
}

/// Writes a consumer: code, binary, template with its source, sample, test.
pub fn consumer(
    repository: &Repository,
    context: &str,
    name: &str,
    events: &[String],
    from: Source,
) -> Result<Written> {
    let survey = Survey::of(repository)?;
    let place = Place::find(&survey, context, name)?;
    let mut draft = Draft::new(repository);
    let events: Vec<Event> = events.iter().map(|event| Event::find(&draft, event)).collect::<Result<_>>()?;
    let held = holder::choose(&draft, place.context, place.template, Trigger::Event)?;

    place.add_binary(&mut draft, "consumers", from.runner(), &held, &["contracts", "kit", "serde_json", "tokio"])?;
    place.add_module(&mut draft, "consumers", CONSUMERS, source(&place, &held.name, from, &events))?;
    let dead_letters = if place.template.resource("DeadLetters").is_none() { DEAD_LETTERS } else { "" };
    let block = [dead_letters, include_str!("texts/function.yaml.txt"), from.template()].concat();
    let all = events.iter().map(|event| event.detail_type.as_str()).collect::<Vec<_>>().join(", ");
    let values = [
        ("comment", all.as_str()),
        ("events", all.as_str()),
        ("statement", held.statement.as_str()),
        ("after", from.after()),
    ];
    place.add_resources(&mut draft, &place.fill(&block, &values))?;
    let first = events.first().ok_or_else(|| Failure::new("Name the events that it waits for."))?;
    let event = sample::event(&first.detail_type, &first.example(&draft)?);
    let sample = match from {
        Source::Queue => sample::message(&event, &format!("atoll-prod-{}", place.binary())),
        Source::Bus => sample::pretty(&event),
    };
    place.add_sample(&mut draft, sample)?;
    place.add_test(&mut draft, test(&place, &events))?;
    let cells = [&format!("`{}`", place.binary()), &quoted(&events), &place.name.sentence()];
    place.add_row(&mut draft, "Consumers", &["function", "events", "what it does"], &cells.map(String::as_str))?;
    Ok(Written { packages: vec![context.to_owned(), "tests".to_owned()], next: next(&place), files: draft.write()? })
}

impl Event {
    /// The event of a name like `identity.user_registered`, with or without its version.
    fn find(draft: &Draft<'_>, text: &str) -> Result<Self> {
        let Some((context, rest)) = text.split_once('.') else {
            return refuse!("`{text}` is no event: write it like `identity.user_registered`.");
        };
        let (fact, asked) = rest.split_once(".v").map_or((rest, None), |(fact, version)| (fact, Some(version)));
        let file = format!("shared/contracts/src/{context}.rs");
        let describe = || {
            Failure::new(format!(
                "{file} has no event {context}.{fact}: add it first (see docs/adding-an-endpoint.md)."
            ))
        };
        let source = draft.text(&file).map_err(|_| describe())?;
        let (payload, version) = declared(&source, &format!("{context}.{fact}")).ok_or_else(describe)?;
        if asked.is_some_and(|asked| asked != version) {
            return refuse!("{context}.{fact} is published in version {version}.");
        }
        let (context, fact) = (context.to_owned(), fact.to_owned());
        Ok(Self { detail_type: format!("{context}.{fact}.v{version}"), context, fact, payload })
    }

    fn example_path(&self) -> String {
        format!("events/{}.example.json", self.detail_type.replacen('.', "/", 1))
    }

    fn example(&self, draft: &Draft<'_>) -> Result<Value> {
        let path = self.example_path();
        serde_json::from_str(&draft.text(&path)?).map_err(|error| Failure::new(format!("{path} is no JSON: {error}.")))
    }
}

/// The type and the version of an event in the module of its context.
fn declared(source: &str, event_type: &str) -> Option<(String, String)> {
    let (before, after) = source.split_once(&format!("\"{event_type}\","))?;
    let (_, payload) = before.rsplit_once("event!(")?;
    let (_, version) = after.split_once("version = ")?;
    Some((payload.trim().trim_end_matches(',').to_owned(), version.split(',').next()?.to_owned()))
}

fn quoted(events: &[Event]) -> String {
    events.iter().map(|event| format!("`{}`", event.detail_type)).collect::<Vec<_>>().join(", ")
}

fn imports(events: &[Event]) -> String {
    let mut modules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for event in events {
        modules.entry(&event.context).or_default().push(&event.payload);
    }
    let line = |(module, payloads): (&str, Vec<&str>)| match payloads.as_slice() {
        [one] => format!("use contracts::{module}::{one};"),
        many => format!("use contracts::{module}::{{{}}};", many.join(", ")),
    };
    modules.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn source(place: &Place<'_>, holder: &str, from: Source, events: &[Event]) -> String {
    let arm = |event: &Event| {
        let (payload, fact) = (&event.payload, &event.fact);
        format!(
            "if event.is::<{payload}>() {{\n        {fact}(ctx, &event.decode::<{payload}>()?.data).await\n    }} else "
        )
    };
    let helper = |event: &Event| {
        format!(
            "\n/// Write the effect and the event's id in one transaction here; where the id is known already, the event is a\n\
             /// duplicate.\nasync fn {}(_ctx: &{holder}, _fact: &{}) -> Handled {{\n    Ok(Done::Ignored)\n}}\n",
            event.fact, event.payload
        )
    };
    let arms: Vec<_> = events.iter().map(arm).collect();
    let helpers: Vec<_> = events.iter().map(helper).collect();
    format!(
        "//! On {}: {}.\n//! As generated, it lets the event pass.\n\nuse contracts::Envelope;\n{}\nuse kit::{}::{{Done, Failure, Handled}};\n\
         use serde_json::Value;\n\nuse crate::ctx::{holder};\n\n/// Handles one event.\n\
         pub async fn {}(ctx: &'static {holder}, event: Envelope<Value>) -> Handled {{\n    {}{{\n        \
         Err(Failure::Poison(format!(\"no use for {{}}\", event.detail_type())))\n    }}\n}}\n{}",
        quoted(events),
        place.name.sentence().to_lowercase(),
        imports(events),
        from.runner(),
        place.name.snake(),
        arms.concat(),
        helpers.concat(),
    )
}

fn test(place: &Place<'_>, events: &[Event]) -> String {
    let case = |event: &Event| {
        let example = event.example_path();
        let values = [("fact", event.fact.as_str()), ("payload", &event.payload), ("example", &example)];
        place.fill(include_str!("texts/consumer_test_case.rs.txt"), &values)
    };
    let cases: Vec<_> = events.iter().map(case).collect();
    let values = [("events", quoted(events)), ("imports", imports(events)), ("tests", cases.join("\n"))];
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let text = fill(include_str!("texts/consumer_test.rs.txt"), &values);
    format!("{}\n", place.fill(&text, &[]).trim_end())
}

fn next(place: &Place<'_>) -> Vec<String> {
    let (snake, file) = (place.name.snake(), |path: &str| place.context.file(path));
    vec![
        format!(
            "{}: write the effect, once however often the event comes, and in whichever order.",
            file(&format!("src/consumers/{snake}.rs"))
        ),
        format!("{}: keep in the role the actions that the store's calls need, and no others.", place.template.path),
        format!(
            "tests/e2e/{}/{snake}.rs: look for the effect; tests/faults: the same event five times.",
            place.context.name
        ),
        format!("{}: what it does, in a few words; its items in the key table.", file("README.md")),
        format!("{}, at first and again; then `make bless-budgets`.", place.measured()),
        format!("tests/bench/functions/scenes/{}.rs: an event that has an effect.", place.context.name),
        "`make test`.".to_owned(),
    ]
}
