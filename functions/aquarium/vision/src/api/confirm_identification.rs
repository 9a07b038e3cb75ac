//! `POST /v1/aquarium/identifications/{id}/confirmation`: confirms or changes the suggested values of a test strip.
//!
//! Emits `vision.identification_confirmed.v1`. No reading is recorded: the client does that with the values of the
//! response.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Fields, Id, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::IdentificationId;
use utoipa::ToSchema;

use crate::api::IdentificationView;
use crate::api::view::TestStripValue;
use crate::ctx::Ctx;
use crate::domain::identification::{ConfirmRefusal, Confirming, InvalidValue, Value};
use crate::domain::suggestion::MAX_SUGGESTIONS;
use crate::problem::Refusal;
use crate::store::NotChanged;

/// Request to confirm the values of a test strip.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfirmIdentification {
    /// The suggested values that are right, and those that the user corrected. A suggested parameter that is missing
    /// was wrong; an empty list says that all were.
    #[schema(max_items = 20)]
    values: Vec<TestStripValue>,
}

/// Confirm test strip values
///
/// Stores which of the suggested values a person confirmed, and how they changed them. Records no reading: send the
/// values of `confirmation` to `POST /v1/aquarium/aquariums/{id}/readings/manual` afterwards. Only for identifications
/// of the kind `test_strip` with the status `identified`, and only by the requester. A value that a manual reading would
/// refuse is refused here too. Publishes an event. Idempotent: repeating the same values has no further effect, and other
/// values are refused.
#[utoipa::path(
    post, path = "/v1/aquarium/identifications/{id}/confirmation", operation_id = "confirm_identification", tag = "vision",
    security(("bearer" = [])),
    params(("id" = IdentificationId, Path, description = "Identification ID")),
    request_body = ConfirmIdentification,
    responses(
        (status = 200, description = "The identification with the confirmed values", body = IdentificationView),
        (status = 404, description = "`vision.no_such_identification`: the caller has no identification with this ID"),
        (status = 409, description = "`vision.not_a_test_strip`: the identification is of another kind; `vision.not_identified`: it has no result; `vision.already_confirmed`: other values were confirmed before"),
    )
)]
pub async fn confirm_identification(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Path(Id { id }): Path<Id<IdentificationId>>,
    Json(body): Json<ConfirmIdentification>,
) -> Result<Tagged<IdentificationView>, Problem> {
    let now = ctx.clock.now();
    let values = parsed(body)?;
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.identification(standing.user_id(), id)).await?;
        let read = read.ok_or(Refusal::NoSuchIdentification)?;
        let (next, fact) = match read.value.confirm(values.clone(), now) {
            Ok(Confirming::Confirmed(next, fact)) => (*next, fact),
            Ok(Confirming::Repeated) => return Ok(Tagged::new(read.version, IdentificationView::at(&read.value, now))),
            Err(refusal) => return Err(refused(refusal)),
        };
        let outbox = Outbox::of(call.event(now, fact))?;
        match ctx.store.change(&read, next, &outbox).await {
            Ok(confirmed) => return Ok(Tagged::new(confirmed.version, IdentificationView::at(&confirmed.value, now))),
            Err(NotChanged::Moved) => retry.pause().await?,
            Err(NotChanged::Store(error)) => return Err(error.into()),
        }
    }
}

fn parsed(body: ConfirmIdentification) -> Result<Vec<Value>, Problem> {
    if body.values.len() > MAX_SUGGESTIONS {
        let mut fields = Fields::new();
        fields.refuse("values", format!("must have at most {MAX_SUGGESTIONS} values"));
        fields.all((None::<()>,))?;
    }
    Ok(body.values.into_iter().map(Value::from).collect())
}

fn refused(refusal: ConfirmRefusal) -> Problem {
    match refusal {
        ConfirmRefusal::NotIdentified => Refusal::NotIdentified.into(),
        ConfirmRefusal::NotATestStrip => Refusal::NotATestStrip.into(),
        ConfirmRefusal::AlreadyConfirmed => Refusal::AlreadyConfirmed.into(),
        ConfirmRefusal::Invalid(invalid) => invalid_values(invalid),
    }
}

fn invalid_values(invalid: Vec<InvalidValue>) -> Problem {
    let mut fields = Fields::new();
    for InvalidValue { at, field, rule } in invalid {
        fields.refuse(&format!("values[{at}].{field}"), rule);
    }
    match fields.all((None::<()>,)) {
        Ok(_) => Problem::internal("no value is invalid"),
        Err(problem) => problem,
    }
}
