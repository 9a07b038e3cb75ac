//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::Problem;

use crate::domain::access::{Role, RoleTooLow};

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No aquarium with this ID exists, or the caller has no part in it.
    NoSuchAquarium,
    /// The caller's role does not include the operation.
    RoleTooLow(Role),
}

impl From<RoleTooLow> for Refusal {
    fn from(RoleTooLow { required }: RoleTooLow) -> Self {
        Self::RoleTooLow(required)
    }
}

impl From<RoleTooLow> for Problem {
    fn from(error: RoleTooLow) -> Self {
        Refusal::from(error).into()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchAquarium => Self::not_found("aquariums.no_such_aquarium")
                .with_detail("No aquarium with this ID exists, or it is not shared with you."),
            Refusal::RoleTooLow(required) => {
                let needed = match required {
                    Role::Owner => "Only the owner of the aquarium can do this.",
                    Role::Keeper | Role::Viewer => "Only the owner and keepers of the aquarium can do this.",
                };
                Self::new(StatusCode::FORBIDDEN, "aquariums.role_too_low", "Role not sufficient").with_detail(needed)
            }
        }
    }
}
