//! `new-context`.

use super::draft::{Draft, fill};
use super::{Written, edits};
use crate::apis;
use crate::failure::{Result, refuse};
use crate::names::{is_snake, is_taken, pascal};
use crate::repository::Repository;
use crate::survey::{PLATFORM, Survey, workspace_version};
use crate::tidy::LOCAL_MANIFEST;

const CORE: &str = "template.yaml";
const FILES: [(&str, &str); 6] = [
    ("README.md", include_str!("texts/README.md.txt")),
    ("Cargo.toml", include_str!("texts/Cargo.toml.txt")),
    ("template.yaml", include_str!("texts/template.yaml.txt")),
    ("src/lib.rs", include_str!("texts/lib.rs.txt")),
    ("src/ctx.rs", include_str!("texts/ctx.rs.txt")),
    ("src/store.rs", include_str!("texts/store.rs.txt")),
];

/// Writes a context's first files, and its stack in the root template.
pub fn context(repository: &Repository, pack: &str, context: &str) -> Result<Written> {
    let survey = Survey::of(repository)?;
    for name in [pack, context] {
        if !is_snake(name) || name.contains('_') || is_taken(name) {
            return refuse!("`{name}` is no name for a pack or a context: take one word in lower case, like `orders`.");
        }
    }
    if let Some(taken) = survey.contexts.iter().find(|other| other.name == context) {
        return refuse!("There is a context {context} already, in {}.", taken.directory);
    }
    let mut draft = Draft::new(repository);
    let directory = format!("functions/{pack}/{context}");
    workspace(&mut draft, context, &directory)?;
    local_binary(&mut draft, pack, context)?;
    let (stack, parameters) = (pascal(context), parameters(&survey)?);
    let values = [("context", context), ("pack", pack), ("pascal", &stack), ("parameters", parameters.as_str())];
    for (file, text) in FILES {
        draft.create(&format!("{directory}/{file}"), fill(text, &values))?;
    }
    deploy(&mut draft, &survey, pack, context)?;
    let next = vec![
        format!("{directory}/README.md: say what the context is for."),
        format!("{directory}/src/domain: the rules, pure and synchronous; then name the layer in src/lib.rs."),
        format!(
            "`cargo xtask new-endpoint {context} <verb_noun> \"<METHOD> /v1/…\"` or `cargo xtask new-consumer {context} …`."
        ),
    ];
    let api = apis::path(pack);
    if !draft.has(&api) {
        draft.create(&api, apis::empty(pack))?;
    }
    Ok(Written { packages: vec![context.to_owned(), "tests".to_owned()], next, files: draft.write()? })
}

/// The parameters that every context's stack gets from the root's: those of the context that has the fewest, since a
/// context may have more of its own.
fn parameters(survey: &Survey<'_>) -> Result<String> {
    let of_contexts = survey.templates.iter().filter(|template| template.context().is_some());
    let texts = of_contexts.filter_map(|template| edits::section_text(&template.text, "Parameters"));
    let text = texts.min_by_key(|text| text.lines().count());
    text.map_or_else(|| refuse!("No context's template has Parameters to copy."), Ok)
}

/// The package's name in the workspace, for the one package of integration tests.
fn workspace(draft: &mut Draft<'_>, context: &str, directory: &str) -> Result<()> {
    let known = draft.text("Cargo.lock").unwrap_or_default();
    if known.lines().any(|line| line == format!("name = \"{context}\"")) {
        return refuse!("{context} is the name of a package in Cargo.lock already: choose another.");
    }
    let line = format!("{context} = {{ path = \"{directory}\" }}");
    draft.edit("Cargo.toml", &line, |text| {
        let mut lines: Vec<&str> = text.lines().collect();
        let is_context = |other: &&str| other.contains("{ path = \"functions/");
        let at = lines.iter().position(|other| is_context(other) && *other > line.as_str());
        let at = at.or_else(|| lines.iter().rposition(is_context).map(|last| last + 1))?;
        lines.insert(at, &line);
        Some(lines.join("\n") + "\n")
    })?;
    draft.edit("tests/Cargo.toml", &format!("{context}.workspace = true"), |text| edits::dependency(text, context))
}

/// The dependency of the binary that the local cloud runs, and the feature of the pack that asks for it.
fn local_binary(draft: &mut Draft<'_>, pack: &str, context: &str) -> Result<()> {
    let always = pack == PLATFORM;
    let line = if always {
        format!("{context}.workspace = true")
    } else {
        format!("{context} = {{ workspace = true, optional = true }}")
    };
    draft.edit(LOCAL_MANIFEST, &line, |text| edits::dependency_line(text, context, &line))?;
    if always {
        return Ok(());
    }
    let feature = format!("pack-{pack}");
    draft.edit(LOCAL_MANIFEST, &feature, |text| {
        let text = edits::list_item(text, "default = [", ']', &format!("\"{feature}\""))?;
        let open = format!("\n{feature} = [");
        let item = format!("\"dep:{context}\"");
        edits::list_item(&text, &open, ']', &item)
            .or_else(|| Some(text.replacen("\n\n[dependencies]", &format!("{open}{item}]\n\n[dependencies]"), 1)))
    })
}

/// The nested stack in the core's template, or in the pack's, which the first context of a pack brings along.
fn deploy(draft: &mut Draft<'_>, survey: &Survey<'_>, pack: &str, context: &str) -> Result<()> {
    let stack = pascal(context);
    let (root, location) = if pack == PLATFORM {
        (CORE.to_owned(), format!("functions/{pack}/{context}"))
    } else {
        (format!("functions/{pack}/template.yaml"), context.to_owned())
    };
    let Some(template) = survey.templates.iter().find(|template| template.path == root) else {
        let version = workspace_version(&survey.repository.read("Cargo.toml")?).unwrap_or_default().to_owned();
        let values = [("pack", pack), ("context", context), ("pascal", &stack), ("version", &version)];
        return draft.create(&root, fill(include_str!("texts/pack.yaml.txt"), &values));
    };
    if template.resource(&stack).is_some() {
        return refuse!("{root} has a resource {stack} already: choose another name for the context.");
    }
    let block = format!(
        "\n  {stack}:\n    Type: AWS::Serverless::Application\n    Properties:\n      Location: {location}/template.yaml\n      \
         Parameters: *context\n"
    );
    draft.edit(&root, &format!("the stack {stack}"), |text| edits::template_section(text, "Resources", &block))
}
