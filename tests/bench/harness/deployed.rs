//! The functions of the templates, with the memory and the environment that each is given there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use yaml_serde::Value;

/// What SAM takes where the template says nothing.
const DEFAULT_MEMORY_MIB: u64 = 128;

/// A function of a template.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// Its binary.
    pub name: String,
    /// Its memory, in MiB.
    pub memory_mib: u64,
    /// The variables of its environment; the text of those that the template itself has a text for.
    pub variables: BTreeMap<String, Option<String>>,
    /// How many messages a queue gives it at once at the most; none where no queue feeds it.
    pub queue_batch: Option<usize>,
}

/// All functions of all templates, by name.
pub fn functions() -> Vec<Deployed> {
    let mut functions: Vec<_> = templates().into_iter().flat_map(|path| of_template(&path)).collect();
    functions.sort_by(|a, b| a.name.cmp(&b.name));
    functions
}

/// Where templates are: at the root, in `infra`, and one for each context.
fn templates() -> Vec<PathBuf> {
    let root = tests::root();
    let mut found = vec![root.join("template.yaml")];
    let files = |path: PathBuf| std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    found.extend(files(root.join("infra")).filter(|path| path.extension().is_some_and(|ending| ending == "yaml")));
    let contexts = files(root.join("functions")).flat_map(|pack| files(pack).collect::<Vec<_>>());
    found.extend(contexts.map(|context| context.join("template.yaml")).filter(|path| path.exists()));
    found
}

fn of_template(path: &PathBuf) -> Vec<Deployed> {
    let text = std::fs::read_to_string(path).expect("a template");
    let template: Value = yaml_serde::from_str(&text).expect("YAML");
    let globals = &template["Globals"]["Function"];
    let resources = template["Resources"].as_mapping().into_iter().flatten();
    let functions = resources.filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
    functions.filter_map(|(_, function)| of_resource(globals, &function["Properties"])).collect()
}

fn of_resource(globals: &Value, properties: &Value) -> Option<Deployed> {
    let variables = [globals, properties].into_iter().flat_map(|part| {
        let variables = part["Environment"]["Variables"].as_mapping().into_iter().flatten();
        variables.map(|(name, value)| (name.as_str().unwrap_or_default().to_owned(), text(value)))
    });
    let memory = [properties, globals].into_iter().find_map(|part| part["MemorySize"].as_u64());
    let sources = properties["Events"].as_mapping().into_iter().flatten().map(|(_, source)| source);
    let mut queues = sources.filter(|source| source["Type"] == "SQS");
    Some(Deployed {
        queue_batch: queues.next().and_then(|queue| queue["Properties"]["BatchSize"].as_u64()?.try_into().ok()),
        name: properties["Handler"].as_str()?.to_owned(),
        memory_mib: memory.unwrap_or(DEFAULT_MEMORY_MIB),
        variables: variables.collect(),
    })
}

/// A text that stands there; none for what CloudFormation puts in (`!Ref`).
fn text(value: &Value) -> Option<String> {
    if let Value::String(text) = value { Some(text.clone()) } else { None }
}
