//! Pictures that a product may show.
