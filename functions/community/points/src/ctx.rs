//! What the functions of this context hold.

use crate::store::Store;

/// The context of endpoints.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of endpoints that show photos.
pub type Gallery = kit::GalleryContext<Store>;

/// The context of consumers.
pub type ConsumerContext = kit::ConsumerContext<Store>;
