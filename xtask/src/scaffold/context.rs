//! `new-context`.

use super::draft::{Draft, fill};
use super::{Written, edits};
use crate::failure::{Result, refuse};
use crate::names::{is_snake, is_taken, pascal};
use crate::repository::Repository;
use crate::survey::{Survey, Template};
use crate::tidy::LOCAL_MANIFEST;

/// The pack that every product needs, and that no parameter turns off.
const PLATFORM: &str = "platform";
const ROOT: &str = "template.yaml";
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
    let stack = pascal(context);
    let placeholder = include_str!("texts/placeholder.yaml.txt").trim_end();
    let parameters = parameters(&survey)?;
    let values = [
        ("context", context),
        ("pack", pack),
        ("pascal", stack.as_str()),
        ("placeholder", placeholder),
        ("parameters", parameters.as_str()),
    ];
    for (file, text) in FILES {
        draft.create(&format!("{directory}/{file}"), fill(text, &values))?;
    }
    if let Some(root) = survey.templates.iter().find(|template| template.path == ROOT) {
        deploy(&mut draft, root, pack, &stack, &directory)?;
    }
    let next = vec![
        format!("{directory}/README.md: say what the context is for."),
        format!("{directory}/src/domain: the rules, pure and synchronous; then name the layer in src/lib.rs."),
        format!(
            "`cargo xtask new-endpoint {context} <verb_noun> \"<METHOD> /v1/…\"` or `cargo xtask new-consumer {context} …`."
        ),
    ];
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

/// The nested stack, and the parameter that turns its pack on and off.
fn deploy(draft: &mut Draft<'_>, root: &Template, pack: &str, stack: &str, directory: &str) -> Result<()> {
    if root.resource(stack).is_some() {
        return refuse!("{ROOT} has a resource {stack} already: choose another name for the context.");
    }
    let title = pascal(pack);
    let (parameter, condition) = (format!("Pack{title}"), format!("Has{title}"));
    let optional = pack != PLATFORM;
    if optional && root.value(&format!("/Parameters/{parameter}")).is_null() {
        let lines = fill(include_str!("texts/pack.yaml.txt"), &[("parameter", &parameter), ("pack", pack)]);
        draft.edit(ROOT, &parameter, |text| edits::template_section(text, "Parameters", &lines))?;
        let line = format!("  {condition}: !Equals [!Ref {parameter}, \"on\"]");
        draft.edit(ROOT, &condition, |text| edits::template_section(text, "Conditions", &line))?;
        draft
            .edit(ROOT, &format!("{parameter} among the groups of parameters"), |text| Some(group(text, &parameter)))?;
    }
    let conditional = if optional { format!("    Condition: {condition}\n") } else { String::new() };
    let block = format!(
        "\n  {stack}:\n    Type: AWS::Serverless::Application\n{conditional}    Properties:\n      \
         Location: {directory}/template.yaml\n      Parameters: *context\n"
    );
    draft.edit(ROOT, &format!("the stack {stack}"), |text| edits::template_section(text, "Resources", &block))
}

/// Shows the parameter in the console's group of packs, if the template has groups.
fn group(text: &str, parameter: &str) -> String {
    const LABEL: &str = "      - Label: { default: Packs }\n        Parameters: [";
    if let Some(changed) = edits::list_item(text, LABEL, ']', parameter) {
        return changed;
    }
    let groups = "    ParameterGroups:\n";
    text.replacen(groups, &format!("{groups}{LABEL}{parameter}]\n"), 1)
}
