//! Where binaries are: the first context that has one, the first function that runs it, and the operation that it answers.

use std::collections::HashMap;

use super::{Context, Resource, Template};

/// Positions in the lists of a survey.
#[derive(Debug, Default)]
pub struct Index {
    /// The context of a binary.
    contexts: HashMap<String, usize>,
    /// The template and the logical id of the function that runs a binary.
    functions: HashMap<String, (usize, String)>,
    /// The binary that answers an operation, by pack and by the operation's name. None where the handler has no binary of its
    /// name: no other context of the pack is asked then.
    answers: HashMap<String, HashMap<String, Option<String>>>,
}

impl Index {
    /// Reads contexts and templates; of several that have the same binary the first counts.
    pub fn of(contexts: &[Context], templates: &[Template]) -> Self {
        let mut index = Self::default();
        for (position, context) in contexts.iter().enumerate() {
            for binary in &context.manifest.binaries {
                index.contexts.entry(binary.name.clone()).or_insert(position);
            }
            let answers = index.answers.entry(context.pack().to_owned()).or_default();
            for (operation, binary) in handlers(context) {
                answers.entry(operation).or_insert(binary);
            }
        }
        for (position, template) in templates.iter().enumerate() {
            for function in template.functions() {
                let found = (position, function.id.to_owned());
                index.functions.entry(function.text("Handler").to_owned()).or_insert(found);
            }
        }
        index
    }

    /// The position of the context that has a binary.
    pub fn context(&self, binary: &str) -> Option<usize> {
        self.contexts.get(binary).copied()
    }

    /// The function that runs a binary.
    pub fn function<'a>(&self, templates: &'a [Template], binary: &str) -> Option<Resource<'a>> {
        let (template, id) = self.functions.get(binary)?;
        templates.get(*template)?.resource(id)
    }

    /// The binary whose handler answers an operation of a pack.
    pub fn binary(&self, pack: &str, operation: &str) -> Option<&str> {
        self.answers.get(pack)?.get(operation)?.as_deref()
    }
}

/// The handlers of a context that describe an operation, with the binary that has their name.
fn handlers(context: &Context) -> impl Iterator<Item = (String, Option<String>)> {
    let binary = |operation: &str| {
        let mut names = context.manifest.binaries.iter().map(|binary| &binary.name);
        names.find(|name| context.function_name(name).as_deref() == Some(operation)).cloned()
    };
    let directory = context.file("src/api/");
    context.sources.iter().filter(|source| source.text.contains("#[utoipa::path(")).filter_map(move |source| {
        let operation = source.path.strip_prefix(&directory)?.strip_suffix(".rs")?;
        Some((operation.to_owned(), binary(operation)))
    })
}
