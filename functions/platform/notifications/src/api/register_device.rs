//! `POST /v1/notifications/devices`: push messages to the caller, and to no other user, reach this device from now on.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Created, Fields, Json, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::DeviceView;
use crate::api::named::Named;
use crate::ctx::{EnterError, PushDevices};
use crate::domain::device::{Device, Platform, PushToken, device_id};
use crate::problem::Refusal;
use crate::store::Claimed;

/// A device and its push token.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterDevice {
    /// Push service: `apns` or `fcm`.
    #[schema(value_type = Platform)]
    platform: String,
    /// Push token issued by APNs or FCM. It is passed to SNS and not stored.
    #[schema(
        min_length = 1,
        max_length = 4096,
        pattern = "^[!-~]+$",
        example = "bk3RNwTe3H0:CI2k_HHwgIpoDKCIZvvDMExUdFQ3P1"
    )]
    token: String,
}

impl RegisterDevice {
    fn parse(self) -> Result<(Platform, PushToken), Problem> {
        let mut fields = Fields::new();
        let platform = fields.check("platform", Platform::read(&self.platform));
        let token = fields.check("token", PushToken::parse(self.token));
        fields.all((platform, token))
    }
}

/// Register a push device
///
/// Call this at each start of the app: the same token returns the same id. A token belongs to the user who registered it last. A
/// user has at most 20 devices; registering another one removes the oldest.
#[utoipa::path(
    post, path = "/v1/notifications/devices", operation_id = "register_device", tag = "notifications",
    security(("bearer" = [])),
    request_body = RegisterDevice,
    responses(
        (status = 201, description = "Registered", body = DeviceView),
        (status = 404, description = "`notifications.no_such_user`: the account was deleted"),
        (status = 409, description = "`notifications.push_not_configured`: push notifications are not configured for this platform"),
    )
)]
pub async fn register_device(
    State(ctx): State<&'static PushDevices>,
    standing: Standing,
    Json(body): Json<RegisterDevice>,
) -> Result<Created<DeviceView>, Problem> {
    let (platform, token) = body.parse()?;
    let caller = standing.check().await?;
    let application = ctx.application(platform).ok_or(Refusal::PushNotConfigured)?;
    let endpoint_arn = ctx.enter(application, &token).await.map_err(not_entered)?;
    let device = Device {
        user_id: caller.user_id,
        device_id: device_id(platform, token.as_str()),
        platform,
        endpoint_arn,
        session_id: caller.session_id,
        created_at: ctx.clock.now(),
    };
    match ctx.store.claim_device(device).await? {
        Claimed::Done { device, gone } => {
            for device in &gone {
                ctx.take_out(device).await;
            }
            // SNS may take seconds. A session that ended meanwhile has taken its devices along, and this one came too late.
            if let Err(refusal) = standing.check().await {
                Box::pin(withdraw(ctx, &device)).await?;
                return Err(refusal);
            }
            let place = format!("/v1/notifications/devices/{}", device.device_id);
            Ok(Created::at(place, DeviceView::new(&device, &caller)))
        }
        Claimed::Forgotten => Err(Refusal::NoSuchUser.into()),
    }
}

/// Removes a device that nothing else would remove.
async fn withdraw(ctx: &PushDevices, device: &Device) -> Result<(), Problem> {
    if let Some(device) = ctx.store.remove_device(device.user_id, device.device_id).await? {
        ctx.take_out(&device).await;
    }
    Ok(())
}

fn not_entered(error: EnterError) -> Problem {
    match error {
        EnterError::BadToken => {
            let mut fields = Fields::new();
            fields.refuse("token", "must be a token that the platform's push service gave");
            fields.all((None::<()>,)).err().unwrap_or_else(|| Problem::internal("a refused field was let pass"))
        }
        EnterError::Unavailable(reason) => Problem::unavailable(reason),
    }
}
