//! HTTP endpoints, one per file, and their shared parts.

pub mod accept_invitation;
pub mod acknowledge_alarm;
pub mod add_livestock;
mod alarm_views;
mod attempts;
pub mod calculate_dose;
pub mod calculate_volume;
pub mod calculate_water_change;
pub mod convert_value;
pub mod create_alarm_rule;
pub mod create_aquarium;
pub mod create_calibration;
pub mod create_device;
pub mod create_equipment;
pub mod create_invitation;
pub mod create_sensor;
pub mod delete_alarm_rule;
pub mod delete_aquarium;
pub mod delete_device;
pub mod delete_equipment;
pub mod delete_invitation;
pub mod delete_manual_reading;
pub mod delete_quiet_times;
pub mod delete_sensor;
pub mod derive_value;
mod fields;
pub mod get_alarm_episode;
pub mod get_alarm_rule;
pub mod get_aquarium;
pub mod get_derived_values;
pub mod get_equipment;
pub mod get_latest_readings;
pub mod get_livestock;
pub mod get_manual_reading;
pub mod get_quiet_times;
pub mod get_series;
pub mod import_history;
pub mod list_alarm_rules;
pub mod list_alarms;
pub mod list_aquarium_devices;
pub mod list_aquariums;
pub mod list_equipment;
pub mod list_invitations;
pub mod list_livestock;
pub mod list_manual_readings;
pub mod list_members;
pub mod list_movements;
pub mod list_sensors;
pub mod list_services;
mod reading_view;
pub mod record_manual_readings;
pub mod record_movement;
pub mod record_samples;
pub mod record_service;
mod record_view;
pub mod remove_member;
pub mod replace_quiet_times;
pub mod replace_targets;
pub mod rotate_device_key;
pub mod sensing_views;
mod tool_views;
pub mod update_alarm_rule;
pub mod update_aquarium;
pub mod update_equipment;
pub mod update_livestock;
pub mod update_manual_reading;
pub mod update_member;
mod view;

use kit::openapi::Conventions;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "aquariums", description = "Aquariums and the users with whom they are shared, with equipment and livestock.")), paths(accept_invitation::accept_invitation, acknowledge_alarm::acknowledge_alarm, add_livestock::add_livestock, calculate_dose::calculate_dose, calculate_volume::calculate_volume, calculate_water_change::calculate_water_change, convert_value::convert_value, create_alarm_rule::create_alarm_rule, create_aquarium::create_aquarium, create_calibration::create_calibration, create_device::create_device, create_equipment::create_equipment, create_invitation::create_invitation, create_sensor::create_sensor, delete_alarm_rule::delete_alarm_rule, delete_aquarium::delete_aquarium, delete_device::delete_device, delete_equipment::delete_equipment, delete_invitation::delete_invitation, delete_manual_reading::delete_manual_reading, delete_quiet_times::delete_quiet_times, delete_sensor::delete_sensor, derive_value::derive_value, get_alarm_episode::get_alarm_episode, get_alarm_rule::get_alarm_rule, get_aquarium::get_aquarium, get_derived_values::get_derived_values, get_equipment::get_equipment, get_latest_readings::get_latest_readings, get_livestock::get_livestock, get_manual_reading::get_manual_reading, get_quiet_times::get_quiet_times, get_series::get_series, import_history::import_history, list_alarm_rules::list_alarm_rules, list_alarms::list_alarms, list_aquarium_devices::list_aquarium_devices, list_aquariums::list_aquariums, list_equipment::list_equipment, list_invitations::list_invitations, list_livestock::list_livestock, list_manual_readings::list_manual_readings, list_members::list_members, list_movements::list_movements, list_sensors::list_sensors, list_services::list_services, record_manual_readings::record_manual_readings, record_movement::record_movement, record_samples::record_samples, record_service::record_service, remove_member::remove_member, replace_quiet_times::replace_quiet_times, replace_targets::replace_targets, rotate_device_key::rotate_device_key, update_alarm_rule::update_alarm_rule, update_aquarium::update_aquarium, update_equipment::update_equipment, update_livestock::update_livestock, update_manual_reading::update_manual_reading, update_member::update_member))]
pub struct Api;
