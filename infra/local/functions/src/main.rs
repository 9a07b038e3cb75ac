//! Every function in one binary, for the local cloud: it runs the one that `ATOLL_FUNCTION` names, in a process of its own.
//! Without that variable the program's own file name counts, so a symbolic link with a function's name works too.
//!
//! `local-functions --list` prints the names. `local-functions --preview-messages` prints the page of `/_local/templates`.

#![recursion_limit = "256"]
#![allow(unused_attributes, reason = "functions may raise the limit for binaries of their own")]

mod preview_messages;

use std::io::Write;
use std::process::ExitCode;

/// What a function's binary starts with.
type Main = fn() -> Result<(), kit::Error>;

include!(concat!(env!("OUT_DIR"), "/functions.rs"));

fn main() -> ExitCode {
    let mut arguments = std::env::args();
    let program = arguments.next().unwrap_or_default();
    let result = match arguments.next().as_deref() {
        Some("--list") => print(&list()),
        Some("--preview-messages") => preview_messages::page().and_then(|page| print(&page)),
        Some(other) => Err(format!("unknown argument {other}: use --list or --preview-messages").into()),
        None => run(&std::env::var("ATOLL_FUNCTION").unwrap_or_else(|_| file_name(&program).to_owned())),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed, the message is lost.
            drop(writeln!(std::io::stderr(), "error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(name: &str) -> Result<(), kit::Error> {
    match FUNCTIONS.iter().find(|(known, _)| *known == name) {
        Some((_, function)) => function(),
        None => Err(unknown(name).into()),
    }
}

/// What to do about a name that is not in the table.
fn unknown(name: &str) -> String {
    let context = name.split('-').next().unwrap_or_default();
    let same_context = |known: &&str| known.strip_prefix(context).is_some_and(|rest| rest.starts_with('-'));
    let related: Vec<_> = FUNCTIONS.iter().map(|(known, _)| *known).filter(same_context).collect();
    let mut sentences = vec![format!("no function is named `{name}`"), "--list prints those that exist".to_owned()];
    if !related.is_empty() {
        sentences.push(format!("{context} has {}", related.join(", ")));
    }
    if !LEFT_OUT.is_empty() {
        sentences.push(format!("built without the packs {}", LEFT_OUT.join(", ")));
    }
    sentences.join("; ")
}

fn list() -> String {
    FUNCTIONS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("\n")
}

fn print(text: &str) -> Result<(), kit::Error> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}
