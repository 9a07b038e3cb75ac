//! What is compared, and how each of it is set up, started and packed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{binary, runtime_api};
use crate::scene::Work;

/// The names of all stacks; the first is what the others are compared with.
pub const NAMES: [&str; 3] = ["atoll", "node", "python"];
/// The versions that Lambda's managed runtimes `nodejs20.x` and `python3.11` have.
const NODE: &str = "v20.";
const PYTHON: &str = "Python 3.11.";

/// A way to write functions, which is set up.
#[derive(Debug, Clone, Copy)]
pub struct Stack {
    pub name: &'static str,
}

/// What would be uploaded to Lambda.
pub struct Package {
    /// As it lies on a function's disk.
    pub bytes: u64,
    /// Zipped.
    pub zip_bytes: u64,
}

impl Stack {
    /// Fetches what a peer needs and packs its functions.
    pub fn set_up(name: &'static str) -> Self {
        match name {
            "node" => set_up_node(),
            "python" => set_up_python(),
            _ => {}
        }
        Self { name }
    }

    /// How a function is started.
    pub fn command(&self, work: &Work) -> Vec<String> {
        let folder = self.folder(work);
        match self.name {
            "node" => vec![
                which("node"),
                // What the managed runtime's bootstrap gives V8: a twentieth and nine tenths of the function's memory, in MiB.
                // https://dev.to/wonderfulsoap/deep-dive-into-aws-lambda-3-official-nodejs-runtime-analysis-43je
                format!("--max-semi-space-size={}", work.memory_mib / 20),
                format!("--max-old-space-size={}", work.memory_mib * 9 / 10),
                text(sources("node").join("runtime.mjs")),
                text(folder.join("index.mjs")),
            ],
            "python" => vec![text(venv("python")), "-m".into(), "awslambdaric".into(), handler(work.function)],
            _ => vec![text(binary(work.function))],
        }
    }

    /// What its functions have in their environment beside what Atoll's have.
    pub fn environment(&self, work: &Work) -> Vec<(String, String)> {
        let folder = text(self.folder(work));
        let pairs = match self.name {
            "node" => vec![("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED", "true")],
            // Lambda names the region twice, and boto3 reads the second.
            "python" => vec![
                ("AWS_DEFAULT_REGION", "us-east-1"),
                ("LAMBDA_TASK_ROOT", folder.as_str()),
                ("PYTHONPATH", folder.as_str()),
            ],
            _ => vec![],
        };
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// How large a function is.
    pub fn package(&self, work: &Work) -> Package {
        let source = if self.name == "atoll" { binary(work.function) } else { self.folder(work) };
        let zip = place("zips").join(format!("{}-{}.zip", self.name, work.function));
        fs::create_dir_all(place("zips")).expect("a folder");
        run(Command::new(which("python3")).args(["-m", "zipfile", "-c"]).arg(&zip).arg(&source));
        Package { bytes: size(&source), zip_bytes: size(&zip) }
    }

    fn folder(&self, work: &Work) -> PathBuf {
        place(self.name).join(work.function)
    }
}

/// The module of a function's handler: `identity-register` is `register.py` of the package `identity`.
fn handler(function: &str) -> String {
    let (context, operation) = function.split_once('-').expect("a function's name");
    format!("{context}.{}.handler", operation.replace('-', "_"))
}

fn set_up_node() {
    must_start_with("node", NODE);
    let sources = sources("node");
    once("node", &sources.join("package-lock.json"), || {
        // Nothing that is fetched runs while it is installed.
        run(Command::new(which("npm"))
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&sources));
    });
    run(Command::new(which("node")).args(["build.mjs", &text(place("node"))]).current_dir(&sources));
}

fn set_up_python() {
    must_start_with("python3", PYTHON);
    let lock = sources("python").join("requirements.lock");
    once("python", &lock, || {
        run(Command::new(which("python3")).args(["-m", "venv", "--clear"]).arg(place("venv")));
        run(Command::new(venv("python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"])
            .arg(&lock));
    });
    run(Command::new(venv("python")).arg(sources("python").join("package.py")).arg(place("python")));
}

/// Does what a lock file asks for, unless it was done for this very one.
fn once(name: &str, lock: &Path, install: impl FnOnce()) {
    let done = place("").join(format!("{name}.installed"));
    let wanted = fs::read(lock).expect("a lock file");
    if fs::read(&done).is_ok_and(|installed| installed == wanted) {
        return;
    }
    fs::create_dir_all(place("")).expect("a folder");
    install();
    fs::write(done, wanted).expect("a file");
}

fn must_start_with(program: &str, version: &str) {
    let found = output(Command::new(which(program)).arg("--version"));
    assert!(found.starts_with(version), "the peers need {program} {version}x; `{program} --version` says {found}");
}

/// What everything was measured with.
pub fn versions() -> Value {
    let manifest = fs::read_to_string(sources("node").join("package.json")).expect("package.json");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    let wanted = fs::read_to_string(sources("python").join("requirements.txt")).expect("requirements.txt");
    let wanted = wanted.lines().filter(|line| !line.starts_with('#'));
    let python_packages: BTreeMap<_, _> = wanted.filter_map(|line| line.split_once("==")).collect();
    json!({
        "rust": version("rustc"),
        "node": version("node"),
        "python": version("python3"),
        "nodePackages": manifest["dependencies"],
        "pythonPackages": python_packages,
    })
}

/// The number in what a program says of itself.
fn version(program: &str) -> String {
    let told = output(Command::new(which(program)).arg("--version"));
    let number =
        told.split_whitespace().find(|word| word.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()));
    number.unwrap_or(&told).trim_start_matches('v').to_owned()
}

fn sources(stack: &str) -> PathBuf {
    tests::root().join("tests/bench/peers").join(stack)
}

fn place(name: &str) -> PathBuf {
    tests::root().join("target/bench/peers").join(name)
}

fn venv(program: &str) -> PathBuf {
    place("venv/bin").join(program)
}

fn text(path: impl AsRef<Path>) -> String {
    path.as_ref().display().to_string()
}

/// Where a program is: functions are started without the shell's search path, and what stands in front of a program to
/// choose its version must not be measured.
fn which(program: &str) -> String {
    let asked = match program {
        "node" => ("node", ["-p", "process.execPath"]),
        "python3" => ("python3", ["-c", "import sys; print(sys.executable)"]),
        other => return other.to_owned(),
    };
    output(Command::new(asked.0).args(asked.1))
}

fn run(command: &mut Command) {
    output(command);
}

fn output(command: &mut Command) -> String {
    let done = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?} failed:\n{errors}");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

/// The size of a file, or of all files in a folder, in bytes.
fn size(path: &Path) -> u64 {
    let known = fs::symlink_metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if !known.is_dir() {
        return runtime_api::size(path);
    }
    fs::read_dir(path).expect("a folder").map(|entry| size(&entry.expect("an entry").path())).sum()
}
