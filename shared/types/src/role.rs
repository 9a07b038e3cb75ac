//! Roles of users.

/// Role of a user.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[schema(as = UserRole)]
pub enum Role {
    /// Every user.
    User,
    /// Manager of a part of the product.
    Manager,
    /// Administrator.
    Admin,
}
