//! The binary of the local cloud contains every function.

use crate::survey::{Manifest, Survey};
use crate::tidy::Report;

/// The manifest of the package that contains all functions.
pub const MANIFEST: &str = "infra/local/functions/Cargo.toml";
/// The pack that is always included.
const PLATFORM: &str = "platform";

/// Compares the contexts with the dependencies and features of the local binary.
pub fn complete(survey: &Survey<'_>, report: &mut Report) {
    let Ok(text) = survey.repository.read(MANIFEST) else {
        return report.at(MANIFEST, 1, "is missing: the local cloud runs its binary");
    };
    let manifest = Manifest::parse(MANIFEST, &text);
    for context in &survey.contexts {
        let (name, feature) = (&context.name, format!("pack-{}", context.pack));
        let Some(dependency) = manifest.dependencies.iter().find(|one| one.package == *name) else {
            report.at(MANIFEST, 1, format!("does not depend on {name}: without it no function of {name} runs locally"));
            continue;
        };
        let always = context.pack == PLATFORM;
        if dependency.optional == always {
            let advice = if always { "the platform is always included: drop" } else { "packs can be left out: add" };
            report.at(MANIFEST, dependency.line, format!("{name}: {advice} `optional = true`"));
        }
        if !always && !enables(&manifest, &feature, &format!("dep:{name}")) {
            report.at(MANIFEST, dependency.line, format!("{name} is in no feature: add \"dep:{name}\" to {feature}"));
        }
        if !always && !enables(&manifest, "default", &feature) {
            report.at(MANIFEST, 1, format!("builds without {feature} by default: add it to `default`"));
        }
    }
}

fn enables(manifest: &Manifest, feature: &str, what: &str) -> bool {
    manifest.features.iter().any(|one| one.name == feature && one.enables.iter().any(|item| item == what))
}
