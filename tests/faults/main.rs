//! What goes wrong in production, made to go wrong here.
