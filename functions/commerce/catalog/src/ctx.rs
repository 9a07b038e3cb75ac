//! What the functions of this context hold.

use kit::file_urls::FileUrls;
use kit::{Clock, ConfigError, Environment};

use crate::store::Store;

/// The context of endpoints for managers.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of endpoints for managers that show pictures.
pub type Gallery = kit::GalleryContext<Store>;

/// The context of endpoints that everybody may call, which check no tokens.
pub type Public = kit::ConsumerContext<Store>;

/// The context of consumers.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of endpoints that everybody may call, and that show pictures.
#[derive(Debug, Clone)]
pub struct PublicGallery {
    /// The context's items.
    pub store: Store,
    /// URLs of published files.
    pub files: FileUrls,
    /// The time.
    pub clock: Clock,
}

impl PublicGallery {
    /// Reads what [`Public`] and [`FileUrls`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let files = FileUrls::from_env(env);
        let Public { store, clock } = Public::from_env(env).await?;
        let (files,) = env.all((files,))?;
        Ok(Self { store, files, clock })
    }
}
