//! Mirrored subscriptions.
