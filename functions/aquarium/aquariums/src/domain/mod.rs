//! Rules of aquariums: pure and synchronous. Time, IDs and random values are arguments.

pub mod access;
pub mod alarm;
pub mod aquarium;
pub mod bucket;
pub mod calibration;
pub mod contribution;
pub mod device;
pub mod device_key;
pub mod directory;
pub mod equipment;
pub mod hour;
pub mod ingest;
pub mod invitation;
pub mod limits;
pub mod livestock;
pub mod moment;
pub mod packing;
pub mod quota;
pub mod reading;
pub mod rollup;
pub mod sensor;
pub mod series;
pub mod share;
pub mod summary;
pub mod target;
pub mod tools;
