//! However products change: no bundle is in a bundle, and entries say which bundles have a variant.
