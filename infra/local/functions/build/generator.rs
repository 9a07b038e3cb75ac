//! Finds the functions in the manifests of the contexts and writes the code that includes them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::manifest::Manifest;

/// The pack that is always included.
const PLATFORM: &str = "platform";
/// The first line of a function's `main`, which this package calls.
pub const CALLABLE_MAIN: &str = "pub(crate) async fn main() -> Result<(), kit::Error> {";

/// A function of an included pack.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Function {
    /// The name of its binary.
    pub name: String,
    /// The file with its `main`, absolute.
    pub file: PathBuf,
}

/// All functions, by name.
#[derive(Debug, Default)]
pub struct Functions {
    /// Those of the included packs.
    pub included: Vec<Function>,
    /// The packs that are not included.
    pub left_out: Vec<String>,
    /// The files that decide on all this. A new context also changes this package's own manifest.
    pub watched: Vec<PathBuf>,
}

/// The environment variable that cargo sets for the feature of a pack.
pub fn feature_variable(pack: &str) -> String {
    format!("CARGO_FEATURE_PACK_{}", pack.to_uppercase().replace('-', "_"))
}

/// Reads the manifests of `<directory>/<pack>/<context>`; an error names a file and what to do about it.
pub fn survey(directory: &Path, is_included: &dyn Fn(&str) -> bool) -> Result<Functions, String> {
    let mut found = Functions::default();
    for pack in directories(directory)? {
        let name = file_name(&pack);
        if name != PLATFORM && !is_included(&name) {
            found.left_out.push(name);
            continue;
        }
        for context in directories(&pack)? {
            read_context(&context, &mut found)?;
        }
    }
    found.included.sort();
    if let Some(twice) = found.included.windows(2).find(|two| two[0].name == two[1].name) {
        return Err(format!(
            "{} and {} are both named {}: rename one in its Cargo.toml",
            twice[0].file.display(),
            twice[1].file.display(),
            twice[0].name
        ));
    }
    Ok(found)
}

fn read_context(context: &Path, found: &mut Functions) -> Result<(), String> {
    let path = context.join("Cargo.toml");
    let manifest = Manifest::parse(&path.to_string_lossy(), &read(&path)?);
    for binary in manifest.binaries {
        let place = format!("{}:{}", path.display(), binary.line);
        if binary.name.is_empty() || binary.path.is_empty() {
            return Err(format!("{place}: a [[bin]] entry needs `name` and `path`, each on a line of its own"));
        }
        let file = context.join(&binary.path);
        if !read(&file).map_err(|error| format!("{place}: {error}"))?.lines().any(|line| line == CALLABLE_MAIN) {
            return Err(format!("{}: write the start of `main` as `{CALLABLE_MAIN}`, on one line", file.display()));
        }
        found.watched.push(file.clone());
        found.included.push(Function { name: binary.name, file });
    }
    found.watched.push(path);
    Ok(())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

/// The directories in a directory, sorted.
fn directories(directory: &Path) -> Result<Vec<PathBuf>, String> {
    let problem = |error| format!("{} cannot be listed: {error}", directory.display());
    let entries = fs::read_dir(directory).map_err(problem)?.collect::<Result<Vec<_>, _>>().map_err(problem)?;
    let mut paths: Vec<_> = entries.iter().map(fs::DirEntry::path).filter(|path| path.is_dir()).collect();
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Functions {
    /// A module per function that stands for the function's own file, so that the compiler's messages point there.
    pub fn code(&self) -> String {
        let module = |function: &Function| function.name.replace('-', "_");
        let include = |one: &Function| format!("#[path = {:?}]\nmod {};\n", one.file.to_string_lossy(), module(one));
        let entry = |one: &Function| format!("    ({:?}, {}::main),\n", one.name, module(one));
        let modules = self.included.iter().map(include).collect::<Vec<_>>().concat();
        let table = self.included.iter().map(entry).collect::<Vec<_>>().concat();
        format!(
            "{modules}\n/// The functions, by name.\nconst FUNCTIONS: &[(&str, Main)] = &[\n{table}];\n\n\
             /// The packs that this binary was built without.\nconst LEFT_OUT: &[&str] = &{:?};\n",
            self.left_out
        )
    }
}
