//! Plans: what an account may have. The limits are data: `plans.json`.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The limits of one plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// How many devices may be signed in at once.
    pub devices: usize,
}

static PLANS: LazyLock<BTreeMap<String, Limits>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of the binary, and a test reads it")]
    serde_json::from_str(include_str!("../../plans.json")).expect("plans.json is valid")
});

/// The name of a plan. An account may be on one that is not known here: it then has the smallest limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Plan(String);

/// There is no such plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a plan")]
pub struct UnknownPlan;

impl Plan {
    /// The plan of new accounts where the deployment names no other.
    pub fn free() -> Self {
        Self("free".to_owned())
    }

    /// A plan of this name, which may be one that identity does not know. It then has the smallest limits.
    pub fn named(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The plan's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it allows.
    pub fn limits(&self) -> Limits {
        PLANS.get(&self.0).copied().unwrap_or(Limits { devices: 1 })
    }
}

impl FromStr for Plan {
    type Err = UnknownPlan;

    fn from_str(name: &str) -> Result<Self, UnknownPlan> {
        Self::try_from(name.to_owned())
    }
}

impl TryFrom<String> for Plan {
    type Error = UnknownPlan;

    fn try_from(name: String) -> Result<Self, UnknownPlan> {
        if PLANS.contains_key(&name) { Ok(Self(name)) } else { Err(UnknownPlan) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_allows_a_device_and_the_first_plan_exists() {
        assert!(PLANS.values().all(|limits| limits.devices >= 1));
        assert_eq!(Plan::try_from("free".to_owned()), Ok(Plan::free()));
        assert_eq!("family".parse::<Plan>().map(|plan| plan.limits().devices), Ok(10));
        assert_eq!(Plan::try_from("gold".to_owned()), Err(UnknownPlan));
    }
}
