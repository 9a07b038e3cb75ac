//! The endpoints, one file each.

pub mod create_calibration;
pub mod create_device;
pub mod create_sensor;
pub mod delete_sensor;
pub mod get_latest_readings;
pub mod get_series;
pub mod list_aquarium_devices;
pub mod list_sensors;
pub mod record_samples;
pub mod rotate_device_key;
pub mod sensing_views;

use kit::openapi::Conventions;

/// This context's part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "aquariums", description = "Operations of the context aquariums.")), paths(create_calibration::create_calibration, create_device::create_device, create_sensor::create_sensor, delete_sensor::delete_sensor, get_latest_readings::get_latest_readings, get_series::get_series, list_aquarium_devices::list_aquarium_devices, list_sensors::list_sensors, record_samples::record_samples, rotate_device_key::rotate_device_key))]
pub struct Api;
