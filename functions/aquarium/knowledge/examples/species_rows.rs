//! Writes the species of `data/` as JSON Lines for `POST /v1/aquarium/species/imports` to the standard output, if all can be imported.

use std::io::Write;

use knowledge::domain::dataset::{Files, rows};
use knowledge::domain::species::Species;

const FILES: Files<'static> = Files {
    species: include_str!("../data/species.csv"),
    facts: include_str!("../data/facts.csv"),
    names: include_str!("../data/names.csv"),
    synonyms: include_str!("../data/synonyms.csv"),
    sources: include_str!("../data/sources.csv"),
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows = rows(FILES).map_err(|errors| {
        let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
        errors.join("\n")
    })?;
    let mut output = std::io::stdout().lock();
    for row in rows {
        Species::parse(row.clone()).map_err(|errors| format!("{}: {errors:?}", row.id))?;
        serde_json::to_writer(&mut output, &row)?;
        output.write_all(b"\n")?;
    }
    Ok(())
}
