//! What the functions of this context hold.

use crate::store::Store;

/// The context of endpoints.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of endpoints that show photos.
pub type Gallery = kit::GalleryContext<Store>;

/// The context of consumers and scheduled functions.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of endpoints that set timers.
pub type TimerEndpointContext = kit::TimerEndpointContext<Store>;

/// The context of consumers that set timers.
pub type TimerConsumerContext = kit::TimerConsumerContext<Store>;

/// The context of the sweep.
pub type SweepContext = kit::SweepContext<Store>;
