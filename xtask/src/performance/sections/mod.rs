//! The generated parts of the document, one file each.

mod drop;
mod functions;
mod growth;
mod machine;
mod money;
mod path;
mod peers;
mod prices;
mod ranks;
mod timing;

use super::measured::Measured;
use super::plot::Bars;
use crate::failure::Result;
use crate::repository::Repository;

/// Where plots and long tables are, from the document's own directory.
pub const BESIDE: &str = "performance";

/// One part of the document.
#[derive(Debug)]
pub struct Section {
    /// The name in its markers.
    pub name: &'static str,
    /// What it says now; none if it was not measured.
    pub outcome: Option<Written>,
}

/// What a part says.
#[derive(Debug, Default)]
pub struct Written {
    /// Its text.
    pub text: String,
    /// Files beside the document: path and text.
    pub files: Vec<(String, String)>,
}

impl Written {
    /// Adds a paragraph, a table or a list.
    fn say(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push_str("\n\n");
    }

    /// Adds a plot and its file.
    fn show(&mut self, name: &str, about: &str, svg: String) {
        self.say(&format!("![{about}]({BESIDE}/{name}.svg)"));
        self.files.push((format!("docs/{BESIDE}/{name}.svg"), svg));
    }

    /// Adds a chart of bars.
    fn bars(&mut self, name: &str, bars: &Bars) -> Result<()> {
        self.show(name, &bars.title, bars.svg()?);
        Ok(())
    }

    /// Adds a page of its own.
    fn page(&mut self, name: &str, text: &str) {
        self.files.push((format!("docs/{BESIDE}/{name}.md"), text.to_owned()));
    }
}

/// All parts that there is something for, and the names of the others.
pub fn all(repository: &Repository, measured: &Measured) -> Result<Vec<Section>> {
    let model = super::model(repository, measured)?;
    let steps = measured.steps.clone().unwrap_or_default();
    let section = |name, outcome| Section { name, outcome };
    Ok(vec![
        section("machine", measured.machine.as_ref().map(|machine| machine::write(machine, &steps))),
        section("functions", measured.functions.as_ref().map(functions::write).transpose()?),
        section("peers", measured.peers.as_ref().map(peers::write).transpose()?),
        section("timing", measured.timing.as_ref().map(timing::write)),
        section("drop", measured.drop.as_ref().and_then(drop::write)),
        section("path", measured.path.as_ref().map(path::write).transpose()?),
        section("growth", measured.growth.as_ref().map(growth::write).transpose()?),
        section("money", model.as_ref().map(|model| money::write(model, measured.peers.as_ref())).transpose()?),
        section("ranks", model.as_ref().map(ranks::write).transpose()?),
    ])
}

/// `place event` of `placeEvent`.
fn words(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            text.push(' ');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}
