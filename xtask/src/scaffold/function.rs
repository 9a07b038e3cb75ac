//! What every new function gets, whatever starts it.

use super::draft::{Draft, fill};
use super::{edits, holder};
use crate::failure::{Failure, Result, refuse};
use crate::names::Name;
use crate::survey::{Context, SAMPLES, Survey, Template};

/// The place of a new function: its context, and its name there.
#[derive(Debug)]
pub struct Place<'a> {
    /// The context.
    pub context: &'a Context,
    /// The context's template.
    pub template: &'a Template,
    /// The function's name.
    pub name: Name,
}

impl<'a> Place<'a> {
    /// Finds the context, and makes sure that the name is free.
    pub fn find(survey: &'a Survey<'_>, context: &str, name: &str) -> Result<Self> {
        let name = Name::parse(name)?;
        let known = || survey.contexts.iter().map(|context| context.name.as_str()).collect::<Vec<_>>().join(", ");
        let found = survey.contexts.iter().find(|one| one.name == context);
        let context = found.ok_or_else(|| {
            Failure::new(format!("There is no context {context}; there are {}. `new-context` makes one.", known()))
        })?;
        let path = context.file("template.yaml");
        let Some(template) = survey.templates.iter().find(|template| template.path == path) else {
            return refuse!("{path} cannot be read as a template; `cargo xtask tidy` says why.");
        };
        let place = Self { context, template, name };
        if context.manifest.binaries.iter().any(|binary| binary.name == place.binary()) {
            return refuse!("{} has a function {} already.", context.name, place.binary());
        }
        if let Some(taken) = template
            .resources()
            .find(|resource| resource.id.starts_with(&place.name.pascal()) && place.claims(resource.id))
        {
            return refuse!("{path} has a resource {} already: choose another name.", taken.id);
        }
        Ok(place)
    }

    /// True for the logical ids that a new function's resources may have.
    fn claims(&self, id: &str) -> bool {
        let suffixes = ["", "Role", "Queue", "QueuePolicy", "Rule"];
        id.strip_prefix(&self.name.pascal()).is_some_and(|rest| suffixes.contains(&rest))
    }

    /// `orders-place-order`.
    pub fn binary(&self) -> String {
        format!("{}-{}", self.context.name, self.name.kebab())
    }

    /// What is left to do about its budget.
    pub fn measured(&self) -> String {
        let (context, binary) = (&self.context.name, self.binary());
        format!("tests/table/budgets_{context}.rs: `budget(\"{binary}\", …)` for each way that it goes as a rule")
    }

    /// The values that texts name.
    fn values<'t>(&'t self, binary: &'t str, pascal: &'t str) -> [(&'t str, &'t str); 4] {
        [("context", &self.context.name), ("snake", self.name.snake()), ("binary", binary), ("pascal", pascal)]
    }

    /// A text with the names of this function, and others, filled in.
    pub fn fill(&self, text: &str, more: &[(&str, &str)]) -> String {
        let (binary, pascal) = (self.binary(), self.name.pascal());
        fill(&fill(text, more), &self.values(&binary, &pascal))
    }

    /// The binary: its file, its entry, what it needs.
    pub fn add_binary(
        &self,
        draft: &mut Draft<'_>,
        layer: &str,
        runner: &str,
        held: &holder::Holder,
        needs: &[&str],
    ) -> Result<()> {
        let file = format!("src/bin/{}.rs", self.name.snake());
        let text = include_str!("texts/binary.rs.txt");
        let text = self.fill(text, &[("layer", layer), ("runner", runner), ("holder", &held.path)]);
        draft.create(&self.context.file(&file), text)?;
        let manifest = self.context.file("Cargo.toml");
        draft.edit(&manifest, "a binary", |text| Some(edits::binary(text, &self.binary(), &file)))?;
        for need in needs {
            draft.edit(&manifest, &format!("{need}.workspace = true"), |text| edits::dependency(text, need))?;
        }
        Ok(())
    }

    /// The layer's module, which may be the first of its layer.
    pub fn add_module(&self, draft: &mut Draft<'_>, layer: &str, about: &str, source: String) -> Result<()> {
        let declaration = format!("pub mod {};", self.name.snake());
        draft.create(&self.context.file(&format!("src/{layer}/{}.rs", self.name.snake())), source)?;
        let index = self.context.file(&format!("src/{layer}/mod.rs"));
        if !draft.has(&index) {
            draft.create(&index, format!("//! {about}\n"))?;
            draft.declare(&self.context.file("src/lib.rs"), "pub mod ", &format!("pub mod {layer};"))?;
        }
        draft.declare(&index, "pub mod ", &declaration)
    }

    /// The function and what belongs to it, at the end of the template's resources.
    pub fn add_resources(&self, draft: &mut Draft<'_>, block: &str) -> Result<()> {
        draft.edit(&self.template.path, "a function", |text| edits::template_section(text, "Resources", block))
    }

    /// The sample event.
    pub fn add_sample(&self, draft: &mut Draft<'_>, event: String) -> Result<()> {
        draft.create(&format!("{SAMPLES}/{}.json", self.binary()), event)
    }

    /// The end-to-end test, and the modules that lead to it.
    pub fn add_test(&self, draft: &mut Draft<'_>, text: String) -> Result<()> {
        let (folder, context) = (format!("tests/e2e/{}", self.context.name), &self.context.name);
        draft.create(&format!("{folder}/{}.rs", self.name.snake()), text)?;
        let (index, line) = (format!("{folder}/mod.rs"), format!("mod {};", self.name.snake()));
        if draft.has(&index) {
            draft.declare(&index, "mod ", &line)?;
        } else {
            draft.create(&index, format!("{line}\n"))?;
        }
        draft.declare("tests/e2e/main.rs", "mod ", &format!("mod {context};"))
    }

    /// The README's row.
    pub fn add_row(&self, draft: &mut Draft<'_>, heading: &str, columns: &[&str], cells: &[&str]) -> Result<()> {
        let readme = self.context.file("README.md");
        draft.edit(&readme, "a row", |text| Some(edits::table_row(text, heading, columns, cells)))
    }
}
