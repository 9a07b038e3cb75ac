//! `GET /v1/aquarium/aquariums/{id}/readings`: the values of a sensor between two instants.

use axum::extract::State;
use calendar::ZoneName;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Fields, Id, Json, Path, Problem, Query};
use serde::{Deserialize, Serialize};
use types::{AquariumId, SensorId};
use utoipa::{IntoParams, ToSchema};
use water::{Decimal, Parameter, Unit};

use crate::api::sensing_views::value_in;
use crate::ctx::Ctx;
use crate::domain::bucket::Measured;
use crate::domain::directory::Placed;
use crate::domain::rollup::Rollup;
use crate::domain::sensor::unit_of;
use crate::domain::series::{MAX_POINTS, Resolution, Span, in_steps};
use crate::problem::{Refusal, SensingRefusal};

/// Which values are requested.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SeriesQuery {
    /// Sensor ID.
    sensor: SensorId,
    /// First instant, as RFC 3339.
    #[param(value_type = Timestamp)]
    from: String,
    /// Instant after the last one, as RFC 3339.
    #[param(value_type = Timestamp)]
    to: String,
    /// Steps. Without it, the finest that gives at most 2,000 points is taken; samples are for spans of up to a day.
    resolution: Option<Resolution>,
    /// IANA time zone of hours and days. Defaults to that of the aquarium.
    #[param(min_length = 1, max_length = 64, example = "Europe/Berlin")]
    time_zone: Option<String>,
    /// Unit of the values. Defaults to that of the sensor.
    unit: Option<Unit>,
}

/// Values of a sensor.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadingSeries {
    /// Sensor ID.
    sensor_id: SensorId,
    /// What it measures.
    parameter: Parameter,
    /// Unit of the values.
    unit: Unit,
    /// Steps.
    resolution: Resolution,
    /// Time zone of hours and days.
    time_zone: String,
    /// Points with values, oldest first. Steps without values are left out.
    points: Vec<SeriesPoint>,
    /// Where to continue if there are more than 2,000 samples: send it as `from`. Null if there are no more.
    #[serde(serialize_with = "types::time::optional_millis")]
    next_from: Option<Timestamp>,
}

/// The statistics of a step, or a sample.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesPoint {
    /// Start of the step, or time of the sample.
    #[serde(serialize_with = "types::time::millis")]
    at: Timestamp,
    /// Number of values. 1 for a sample.
    count: u64,
    /// Sum of the values divided by their number. Null if the unit cannot show it, as with all values of a point.
    mean: Option<Decimal>,
    /// Least value.
    min: Option<Decimal>,
    /// Greatest value.
    max: Option<Decimal>,
    /// Earliest value.
    first: Option<Decimal>,
    /// Latest value.
    last: Option<Decimal>,
    /// True for a sample that water cannot have, such as 85 °C, and for a temperature of exactly 0 or -1 °C that no other value of the
    /// hour confirms. Statistics leave such samples out.
    suspect: bool,
}

/// What a valid request asks for.
struct Wanted {
    span: Span,
    resolution: Resolution,
    zone: ZoneName,
    unit: Unit,
    sensor: Placed,
}

impl SeriesQuery {
    /// `zone` is that of the aquarium.
    fn parse(&self, sensor: Placed, zone: Option<ZoneName>) -> Result<Wanted, Problem> {
        let mut fields = Fields::of_parameters();
        let mut time = |name: &str, text: &str| fields.check(name, types::time::parse(text));
        let (from, to) = (time("from", &self.from), time("to", &self.to));
        let zone = self.time_zone.as_deref().map_or_else(|| Ok(zone.unwrap_or_else(ZoneName::utc)), ZoneName::parse);
        let zone = fields.check("timeZone", zone);
        let unit = fields.check("unit", unit_of(sensor.parameter, self.unit.unwrap_or(sensor.unit)));
        let span = from.zip(to).and_then(|(from, to)| fields.check("to", Span::between(from, to)));
        let resolution = span.and_then(|span| {
            let resolution = self.resolution.unwrap_or_else(|| Resolution::of(span));
            fields.check("to", resolution.fits(span).map(|()| resolution))
        });
        let (zone, unit, span, resolution) = fields.all((zone, unit, span, resolution))?;
        Ok(Wanted { span: span.in_steps(resolution, &zone), resolution, zone, unit, sensor })
    }
}

impl Wanted {
    fn point(&self, (second, rollup): (i64, Rollup), suspect: bool) -> Result<SeriesPoint, Problem> {
        // A specific gravity exists for salinities up to 42 only, and sensors report more.
        let shown = |value| value_in(self.sensor.parameter, value, self.unit).ok();
        Ok(SeriesPoint {
            at: Timestamp::from_second(second).map_err(Problem::internal)?,
            count: rollup.count,
            mean: shown(rollup.mean()),
            min: shown(rollup.min),
            max: shown(rollup.max),
            first: shown(rollup.first),
            last: shown(rollup.last),
            suspect,
        })
    }
}

/// Get the readings of a sensor
///
/// Allowed for all members of the aquarium. Returns samples, or count, mean, least and greatest value by quarter of an hour, hour or
/// day, at most 2,000 points and 367 days. Hours and days are those of `timeZone`; `from` and `to` are extended to whole steps.
/// Samples are kept for 30 days and their statistics for as long as the device. Samples that arrived in the last second may be
/// missing at the change of an hour.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/readings", operation_id = "get_series", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), SeriesQuery),
    responses(
        (status = 200, description = "The values", body = ReadingSeries),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_sensor`: the aquarium has no sensor with this ID"),
    )
)]
pub async fn get_series(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
    Query(query): Query<SeriesQuery>,
) -> Result<Json<ReadingSeries>, Problem> {
    // Most callers are owners, whose partition has the aquarium.
    let needs_zone = query.time_zone.is_none();
    let zone = async || if needs_zone { ctx.store.zone_of(caller.user_id, id).await } else { Ok(None) };
    let (installation, zone) = futures::try_join!(ctx.store.installation(caller.user_id, id), zone())?;
    let installation = installation.ok_or(Refusal::NoSuchAquarium)?;
    let sensor = *installation.directory().sensor(query.sensor).ok_or(SensingRefusal::NoSuchSensor)?;
    let owner = installation.scope.owner_id();
    let zone = if needs_zone && owner != caller.user_id { ctx.store.zone_of(owner, id).await? } else { zone };
    let wanted = query.parse(sensor, zone)?;
    let (points, next_from) = match wanted.resolution {
        Resolution::Raw => samples(ctx, &wanted).await?,
        Resolution::Quarter | Resolution::Hour | Resolution::Day => (steps(ctx, &wanted).await?, None),
    };
    Ok(Json(ReadingSeries {
        sensor_id: sensor.id,
        parameter: sensor.parameter,
        unit: wanted.unit,
        resolution: wanted.resolution,
        time_zone: wanted.zone.as_str().to_owned(),
        points,
        next_from,
    }))
}

async fn steps(ctx: &Ctx, wanted: &Wanted) -> Result<Vec<SeriesPoint>, Problem> {
    let Some(device) = wanted.sensor.device_id else { return Ok(Vec::new()) };
    let (id, span) = (wanted.sensor.id, wanted.span);
    let (buckets, head) = futures::try_join!(ctx.store.rollups(device, span), ctx.store.device_head(device))?;
    // An hour that moves between the two reads is in one of them, and in both only if the head was read first.
    let open = head.and_then(|head| head.value.open);
    let open = open.filter(|open| buckets.last().is_none_or(|last| last.hour < open.hour));
    let past = buckets.iter().flat_map(|bucket| bucket.rollups.of(id, bucket.hour));
    let rollups = open.map(|open| (open.hour, open.samples.rollups()));
    let newest = rollups.iter().flat_map(|(hour, rollups)| rollups.of(id, *hour));
    let quarters = past.chain(newest).filter(|(second, _)| span.contains(*second));
    let steps = in_steps(quarters, wanted.resolution, &wanted.zone);
    steps.into_iter().map(|step| wanted.point(step, false)).collect()
}

async fn samples(ctx: &Ctx, wanted: &Wanted) -> Result<(Vec<SeriesPoint>, Option<Timestamp>), Problem> {
    let Some(device) = wanted.sensor.device_id else { return Ok((Vec::new(), None)) };
    let (id, span, now) = (wanted.sensor.id, wanted.span, ctx.clock.now().as_second());
    let (buckets, head) = futures::try_join!(ctx.store.samples(device, span), ctx.store.device_head(device))?;
    let open = head.and_then(|head| head.value.open);
    let open = open.filter(|open| buckets.last().is_none_or(|last| last.hour < open.hour));
    let past = buckets.iter().filter(|bucket| now < bucket.ends_at());
    let past = past.flat_map(|bucket| bucket.samples.of(id, bucket.hour));
    let newest = open.iter().flat_map(|open| open.samples.of(id, open.hour));
    let mut samples = past.chain(newest).filter(|(second, _)| span.contains(*second));
    let shown: Vec<(i64, Measured)> = samples.by_ref().take(MAX_POINTS).collect();
    let next = samples.next().and_then(|(second, _)| Timestamp::from_second(second).ok());
    let point =
        |(second, measured): (i64, Measured)| wanted.point((second, Rollup::of(measured.value)), measured.suspect);
    Ok((shown.into_iter().map(point).collect::<Result<_, _>>()?, next))
}
