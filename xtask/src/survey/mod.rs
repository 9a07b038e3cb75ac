//! What is in the repository, read once for all rules.

mod index;
mod manifest;
mod openapi;
mod schedule;
mod source;
mod template;
mod yaml;

pub use manifest::{Binary, Dependency, Manifest, workspace_version};
pub use openapi::{DIRECTORY as OPENAPI, Operation};
pub use schedule::minutes_between;
pub use source::{Source, mentions};
pub use template::{Resource, Template, each, referred};

use self::index::Index;
use crate::failure::Result;
use crate::names;
use crate::repository::Repository;

/// Where the end-to-end tests are.
pub const END_TO_END: &str = "tests/e2e";
/// The pack that every deployment has, and whose contexts the core stack has.
pub const PLATFORM: &str = "platform";
/// Where the samples are, one per function.
pub const SAMPLES: &str = "events/invoke";

/// A bounded context.
#[derive(Debug, Clone)]
pub struct Context {
    /// Its name.
    pub name: String,
    /// Its directory: `functions/<pack>/<context>`.
    pub directory: String,
    /// The pack that it belongs to.
    pub pack: String,
    /// Its manifest; empty if there is none.
    pub manifest: Manifest,
    /// Its Rust files.
    pub sources: Vec<Source>,
}

/// A function: a binary and the resource that runs it.
#[derive(Debug, Clone, Copy)]
pub struct Function<'a> {
    /// The resource.
    pub resource: Resource<'a>,
    /// The context whose binary it runs, if any context has it.
    pub context: Option<&'a Context>,
}

impl Function<'_> {
    /// The role that it runs in, if the template has it.
    pub fn role(&self) -> Option<Resource<'_>> {
        self.resource.follow(self.resource.property("Role")).filter(|role| role.kind() == "AWS::IAM::Role")
    }

    /// Whether its handler still is the scaffold's, which does nothing with what it holds.
    pub fn is_as_scaffolded(&self) -> bool {
        let Some(context) = self.context else { return false };
        let name = context.function_name(self.resource.text("Handler")).unwrap_or_default();
        let handlers = ["api", "consumers"].map(|layer| context.source(&format!("src/{layer}/{name}.rs")));
        handlers.into_iter().flatten().any(|handler| mentions(&handler.text, "_ctx"))
    }
}

/// A route of an HTTP API, or of the WebSocket API.
#[derive(Debug, Clone, Copy)]
pub struct Route<'a> {
    /// The resource of a route of the WebSocket API; HTTP APIs are imported whole.
    pub resource: Option<Resource<'a>>,
    /// `POST /v1/orders`, or `$connect`.
    pub key: &'a str,
    /// The function that answers, if there is one.
    pub function: Option<Resource<'a>>,
}

/// A file that cannot be read as what it should be.
#[derive(Debug, Clone)]
pub struct Unreadable {
    /// Where it is.
    pub path: String,
    /// Where in it.
    pub line: usize,
    /// Why.
    pub message: String,
}

/// All that the rules look at.
#[derive(Debug)]
pub struct Survey<'a> {
    /// The files.
    pub repository: &'a Repository,
    /// The contexts, by directory.
    pub contexts: Vec<Context>,
    /// The templates: the core's, `infra`'s, each pack's, each context's. Those of APIs are generated, and not among them.
    pub templates: Vec<Template>,
    /// The operations of all OpenAPI documents.
    pub operations: Vec<Operation>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// Where binaries are in what was read: the rules ask for each of them many times.
    index: Index,
}

impl<'a> Survey<'a> {
    /// Reads the repository.
    pub fn of(repository: &'a Repository) -> Result<Self> {
        let mut survey = Self {
            repository,
            contexts: Vec::new(),
            templates: Vec::new(),
            operations: Vec::new(),
            unreadable: Vec::new(),
            index: Index::default(),
        };
        for pack in repository.list("functions").1 {
            for name in repository.list(&format!("functions/{pack}")).1 {
                survey.contexts.push(context(repository, &pack, name)?);
            }
        }
        survey.read_templates()?;
        survey.read_operations();
        survey.index = Index::of(&survey.contexts, &survey.templates);
        Ok(survey)
    }

    fn read_templates(&mut self) -> Result<()> {
        let mut paths = vec!["template.yaml".to_owned()];
        let infra = self.repository.list("infra").0;
        paths.extend(infra.iter().filter_map(|name| Some(format!("infra/{}.yaml", name.strip_suffix(".yaml")?))));
        paths.extend(self.packs().map(|pack| format!("functions/{pack}/template.yaml")));
        paths.extend(self.contexts.iter().map(|context| format!("{}/template.yaml", context.directory)));
        for path in paths.into_iter().filter(|path| self.repository.has(path)) {
            match Template::parse(&path, self.repository.read(&path)?) {
                Ok(template) => self.templates.push(template),
                Err(bad) => self.unreadable.push(Unreadable { path, line: bad.line, message: bad.message }),
            }
        }
        Ok(())
    }

    fn read_operations(&mut self) {
        for path in self.repository.walk(OPENAPI, ".json") {
            let read = self.repository.read(&path).map_err(|failure| (1, failure.to_string()));
            let parse =
                |text: String| openapi::operations(&path, &text).map_err(|error| (error.line(), error.to_string()));
            match read.and_then(parse) {
                Ok(operations) => self.operations.extend(operations),
                Err((line, message)) => self.unreadable.push(Unreadable { path, line, message }),
            }
        }
    }

    /// All functions of all templates.
    pub fn functions(&self) -> impl Iterator<Item = Function<'_>> {
        let resources = self.templates.iter().flat_map(Template::functions);
        resources.map(|resource| Function { resource, context: self.context_of_binary(resource.text("Handler")) })
    }

    /// The routes of the HTTP APIs: the operations of their descriptions.
    pub fn routes(&self) -> impl Iterator<Item = Route<'_>> {
        self.operations.iter().map(|operation| {
            let function = self.binary_of(operation).and_then(|binary| self.index.function(&self.templates, binary));
            Route { resource: None, key: &operation.key, function }
        })
    }

    /// The routes of the WebSocket API: `$connect`, `$disconnect`, `$default`, or the type of a message.
    pub fn socket_routes(&self) -> impl Iterator<Item = Route<'_>> {
        self.templates.iter().flat_map(|template| template.of_type("AWS::ApiGatewayV2::Route")).map(|resource| {
            let function = || {
                let integration = resource.follow(resource.property("Target"))?;
                integration.follow(integration.property("IntegrationUri"))
            };
            Route { resource: Some(resource), key: resource.text("RouteKey"), function: function() }
        })
    }

    /// The binary that answers an operation: that of its pack whose handler in `src/api` has the operation's name.
    pub fn binary_of(&self, operation: &Operation) -> Option<&str> {
        self.index.binary(operation.pack(), &operation.id)
    }

    /// The packs, each once, in their order.
    pub fn packs(&self) -> impl Iterator<Item = &str> {
        let mut last = "";
        self.contexts.iter().map(Context::pack).filter(move |pack| std::mem::replace(&mut last, pack) != *pack)
    }

    /// The names of the binaries that have a sample.
    pub fn samples(&self) -> Vec<String> {
        let files = self.repository.list(SAMPLES).0;
        files.iter().filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).collect()
    }

    fn context_of_binary(&self, binary: &str) -> Option<&Context> {
        self.contexts.get(self.index.context(binary)?)
    }
}

fn context(repository: &Repository, pack: &str, name: String) -> Result<Context> {
    let directory = format!("functions/{pack}/{name}");
    let path = format!("{directory}/Cargo.toml");
    let manifest =
        if repository.has(&path) { Manifest::parse(&path, &repository.read(&path)?) } else { Manifest::default() };
    let sources =
        repository.walk(&directory, ".rs").into_iter().map(|path| Ok(Source { text: repository.read(&path)?, path }));
    Ok(Context { manifest, sources: sources.collect::<Result<_>>()?, name, directory, pack: pack.to_owned() })
}

impl Context {
    /// `place_order` of the binary `orders-place-order`; none if the binary is not named so.
    pub fn function_name(&self, binary: &str) -> Option<String> {
        let rest = binary.strip_prefix(&self.name)?.strip_prefix('-')?.replace('-', "_");
        (names::is_snake(&rest) && !binary.contains('_')).then_some(rest)
    }

    /// The pack whose directory holds it.
    pub fn pack(&self) -> &str {
        self.directory.split('/').nth(1).unwrap_or_default()
    }

    /// A file of this context.
    pub fn file(&self, path: &str) -> String {
        format!("{}/{path}", self.directory)
    }

    /// Its Rust file at a path below its directory.
    pub fn source(&self, path: &str) -> Option<&Source> {
        let path = self.file(path);
        self.sources.iter().find(|source| source.path == path)
    }
}
