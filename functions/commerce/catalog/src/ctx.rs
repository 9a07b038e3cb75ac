//! What the functions of this context hold.

use crate::store::Store;

/// The context of endpoints for managers.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of endpoints that everybody may call, which check no tokens.
pub type Public = kit::ConsumerContext<Store>;
