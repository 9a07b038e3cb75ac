//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::auth::Rejection;
use kit::http::{IdempotencyKey, Problem};

use crate::alarming::NotMoved;
use crate::domain::access::{MAX_MEMBERS, Role, RoleTooLow};
use crate::domain::alarm_head::RulesFull;
use crate::domain::alarm_history::MAX_EPISODES_PER_WRITE;
use crate::domain::alarm_rule::{MAX_RULES_PER_DEVICE, MAX_TRENDS_PER_DEVICE};
use crate::domain::calibration::MAX_CALIBRATIONS;
use crate::domain::device::{DeviceFull, MAX_DEVICES};
use crate::domain::directory::DirectoryError;
use crate::domain::livestock::MAX_COUNT;
use crate::domain::sensor::{MAX_SENSORS, MAX_SENSORS_EVER, MAX_SENSORS_PER_DEVICE, TooManyCalibrations};

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No aquarium with this ID exists, or the caller has no part in it.
    NoSuchAquarium,
    /// The account was deleted.
    NoSuchUser,
    /// The caller's role does not include the operation.
    RoleTooLow(Role),
    /// The Idempotency-Key was used with a different request.
    KeyReused,
    /// The aquarium of the Idempotency-Key was deleted.
    Removed,
    /// No open invitation with this ID or code exists.
    NoSuchInvitation,
    /// The Idempotency-Key has created an invitation.
    InvitationExists,
    /// The aquarium has the maximum number of members.
    MembersFull,
    /// The aquarium is not shared with the user.
    NoSuchMember,
    /// The owner has no membership to end.
    OwnerCannotLeave,
    /// The aquarium has no equipment with this ID.
    NoSuchEquipment,
    /// The aquarium has no livestock with this ID.
    NoSuchLivestock,
    /// There is no room for more than this number.
    TooManyItems(u32),
    /// The movement would make the count negative or too large. The count is this.
    CountOutOfRange(u32),
    /// The plan allows no more than this number of aquariums.
    QuotaUsed(u32),
    /// The aquarium has no alarm rule with this ID.
    NoSuchAlarmRule,
    /// The aquarium has no alarm with this ID.
    NoSuchAlarmEpisode,
}

impl From<RoleTooLow> for Refusal {
    fn from(RoleTooLow { required }: RoleTooLow) -> Self {
        Self::RoleTooLow(required)
    }
}

impl From<RoleTooLow> for Problem {
    fn from(error: RoleTooLow) -> Self {
        Refusal::from(error).into()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let conflict = |code, title: &'static str| Self::new(StatusCode::CONFLICT, code, title);
        match refusal {
            Refusal::NoSuchAquarium => Self::not_found("aquariums.no_such_aquarium")
                .with_detail("No aquarium with this ID exists, or it is not shared with you."),
            Refusal::NoSuchUser => Self::not_found("aquariums.no_such_user").with_detail("The account was deleted."),
            Refusal::RoleTooLow(required) => {
                let needed = match required {
                    Role::Owner => "Only the owner of the aquarium can do this.",
                    Role::Keeper | Role::Viewer => "Only the owner and keepers of the aquarium can do this.",
                };
                Self::new(StatusCode::FORBIDDEN, "aquariums.role_too_low", "Role not sufficient").with_detail(needed)
            }
            Refusal::KeyReused => IdempotencyKey::reused(),
            Refusal::Removed => conflict("aquariums.removed", "Aquarium deleted")
                .with_detail("The aquarium of this Idempotency-Key was deleted. Create one with a new key."),
            Refusal::NoSuchInvitation => Self::not_found("aquariums.no_such_invitation").with_detail(
                "The invitation does not exist, has expired, or was accepted. Ask the owner for another one.",
            ),
            Refusal::InvitationExists => conflict("aquariums.invitation_exists", "Invitation exists").with_detail(
                "This Idempotency-Key has created an invitation, whose code is not shown again. Send a new key.",
            ),
            Refusal::MembersFull => conflict("aquariums.members_full", "Too many members")
                .with_detail(format!("An aquarium is shared with at most {MAX_MEMBERS} users. Remove one first.")),
            Refusal::NoSuchMember => {
                Self::not_found("aquariums.no_such_member").with_detail("The aquarium is not shared with this user.")
            }
            Refusal::OwnerCannotLeave => conflict("aquariums.owner_cannot_leave", "Owner cannot leave")
                .with_detail("The owner cannot leave the aquarium. Delete it instead."),
            Refusal::NoSuchEquipment => Self::not_found("aquariums.no_such_equipment")
                .with_detail("The aquarium has no equipment with this ID."),
            Refusal::NoSuchLivestock => Self::not_found("aquariums.no_such_livestock")
                .with_detail("The aquarium has no livestock with this ID."),
            Refusal::TooManyItems(max) => conflict("aquariums.too_many_items", "Too many items")
                .with_detail(format!("There is no room for more than {max}. Delete one first.")),
            Refusal::CountOutOfRange(count) => conflict("aquariums.count_out_of_range", "Count out of range")
                .with_detail(format!("The count is {count} and must stay between 0 and {MAX_COUNT}.")),
            Refusal::QuotaUsed(allowed) => conflict("aquariums.quota_used", "Too many aquariums").with_detail(format!(
                "Your plan allows {allowed} aquariums. Delete one, or change to a plan with more."
            )),
            Refusal::NoSuchAlarmRule => Self::not_found("aquariums.no_such_alarm_rule")
                .with_detail("The aquarium has no alarm rule with this ID. List its alarm rules."),
            Refusal::NoSuchAlarmEpisode => Self::not_found("aquariums.no_such_alarm_episode")
                .with_detail("The aquarium has no alarm with this ID. List its alarms."),
        }
    }
}

/// A refused request about sensors, devices and readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SensingRefusal {
    /// The aquarium has no device with this ID.
    NoSuchDevice,
    /// The aquarium has no sensor with this ID.
    NoSuchSensor,
    /// The aquarium has no manual reading with this ID.
    NoSuchReading,
    /// The device was created by the same request before, and its key is not shown again.
    DeviceExists,
    /// The aquarium has the most devices that it can have.
    TooManyDevices,
    /// The aquarium has the most sensors that it can have.
    TooManySensors,
    /// The device has the most sensors that it can have.
    DeviceFull,
    /// The sensor has been calibrated too often.
    TooManyCalibrations,
    /// The `Idempotency-Key` was used with another body.
    KeyReused,
    /// The samples are in more different hours than this number.
    TooManyHours(usize),
    /// The device has the most alarm rules that it can have.
    TooManyRules,
    /// The device has the most alarm rules that predict.
    TooManyTrends,
    /// The change would end or begin too many alarms at once.
    TooManyAlarms,
    /// The device key is missing.
    DeviceKeyMissing,
    /// The request has an access token where a device key is expected.
    TokenInsteadOfKey,
    /// The device key is not valid.
    DeviceKeyInvalid,
}

impl From<DirectoryError> for SensingRefusal {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::TooManyDevices => Self::TooManyDevices,
            DirectoryError::TooManySensors => Self::TooManySensors,
            DirectoryError::NoSuchDevice => Self::NoSuchDevice,
        }
    }
}

impl From<RulesFull> for SensingRefusal {
    fn from(error: RulesFull) -> Self {
        match error {
            RulesFull::Rules => Self::TooManyRules,
            RulesFull::Trends => Self::TooManyTrends,
        }
    }
}

impl From<NotMoved> for Problem {
    fn from(error: NotMoved) -> Self {
        match error {
            NotMoved::TooMany => SensingRefusal::TooManyAlarms.into(),
            NotMoved::Event(error) => error.into(),
            NotMoved::Store(error) => error.into(),
        }
    }
}

impl From<DeviceFull> for SensingRefusal {
    fn from(DeviceFull: DeviceFull) -> Self {
        Self::DeviceFull
    }
}

impl From<TooManyCalibrations> for SensingRefusal {
    fn from(TooManyCalibrations: TooManyCalibrations) -> Self {
        Self::TooManyCalibrations
    }
}

impl From<SensingRefusal> for Problem {
    fn from(refusal: SensingRefusal) -> Self {
        let conflict = |code, title: &'static str| Self::new(StatusCode::CONFLICT, code, title);
        let unfit = |code, title: &'static str| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, title);
        match refusal {
            SensingRefusal::NoSuchDevice => Self::not_found("aquariums.no_such_device")
                .with_detail("The aquarium has no device with this ID. List its devices."),
            SensingRefusal::NoSuchSensor => Self::not_found("aquariums.no_such_sensor")
                .with_detail("The aquarium has no sensor with this ID. List its sensors."),
            SensingRefusal::NoSuchReading => Self::not_found("aquariums.no_such_reading")
                .with_detail("The aquarium has no manual reading with this ID, or it was deleted. List its readings."),
            SensingRefusal::DeviceExists => conflict("aquariums.device_exists", "Device already created")
                .with_detail("This Idempotency-Key has created a device, whose key is not shown again. Rotate the key of the device to get a new one."),
            SensingRefusal::TooManyDevices => conflict("aquariums.too_many_devices", "Too many devices")
                .with_detail(format!("An aquarium has at most {MAX_DEVICES} devices. Delete one that is not used.")),
            SensingRefusal::TooManySensors => conflict("aquariums.too_many_sensors", "Too many sensors")
                .with_detail(format!("An aquarium has at most {MAX_SENSORS} sensors, and can have had at most {MAX_SENSORS_EVER}. Delete one that is not used.")),
            SensingRefusal::DeviceFull => conflict("aquariums.device_full", "Too many sensors of the device")
                .with_detail(format!("A device has at most {MAX_SENSORS_PER_DEVICE} sensors. Delete one or use another device.")),
            SensingRefusal::TooManyCalibrations => conflict("aquariums.too_many_calibrations", "Too many calibrations")
                .with_detail(format!("A sensor has at most {MAX_CALIBRATIONS} calibrations. Create a new sensor for the probe.")),
            SensingRefusal::KeyReused => IdempotencyKey::reused(),
            SensingRefusal::TooManyHours(max) => unfit("aquariums.too_many_hours", "Samples of too many hours")
                .with_detail(format!("The samples of a request may be in at most {max} different hours. Split the request.")),
            SensingRefusal::TooManyRules => conflict("aquariums.too_many_alarm_rules", "Too many alarm rules")
                .with_detail(format!("A device has at most {MAX_RULES_PER_DEVICE} alarm rules. Delete one, or add sensors to one.")),
            SensingRefusal::TooManyTrends => conflict("aquariums.too_many_trends", "Too many predicting alarm rules")
                .with_detail(format!("A device has at most {MAX_TRENDS_PER_DEVICE} alarm rules that predict. Delete one.")),
            SensingRefusal::TooManyAlarms => conflict("aquariums.too_many_alarms", "Too many alarms at once")
                .with_detail(format!("The change would begin or end more than {MAX_EPISODES_PER_WRITE} alarms of the last half hour. Try again in 30 minutes.")),
            SensingRefusal::DeviceKeyMissing => {
                Self::unauthenticated(Rejection::Missing).with_detail("Send the device key in the header X-Api-Key.")
            }
            SensingRefusal::TokenInsteadOfKey => Self::unauthenticated(Rejection::Invalid)
                .with_detail("This operation takes a device key in the header X-Api-Key, and no access token."),
            SensingRefusal::DeviceKeyInvalid => Self::new(StatusCode::UNAUTHORIZED, "auth.key_invalid", "Use another API key")
                .with_detail("The device key is invalid. It was rotated, the device was deleted, or the user who created the key is no longer a keeper. Replace the key."),
        }
    }
}
