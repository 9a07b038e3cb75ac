//! Rules of aquariums: pure and synchronous. Time, IDs and random values are arguments.

pub mod access;
pub mod bucket;
pub mod calibration;
pub mod device;
pub mod device_key;
pub mod directory;
pub mod hour;
pub mod ingest;
pub mod packing;
pub mod rollup;
pub mod sensor;
pub mod series;
