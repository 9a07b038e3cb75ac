//! `POST /v1/community/badges`: makes a badge. Needs `Idempotency-Key`.

use axum::extract::State;
use kit::auth::{Admin, Require};
use kit::http::{Created, Fields, IdempotencyKey, Json, Problem};
use serde::Deserialize;
use types::{BadgeId, CurrencyCode, EventTypeId, Money};
use utoipa::ToSchema;

use crate::api::BadgeView;
use crate::ctx::Ctx;
use crate::domain::badge::{self, Badge, Design, DesignError, MAX_TIERS, Requirement, Texts, Tier, Unit};
use crate::problem::Refusal;
use crate::store::NotChanged;

/// What shall be earned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateBadge {
    /// Its short name, unique for good: a-z, 0-9, _ and -, a letter first, at most 40.
    #[schema(example = "feeder")]
    code: String,
    /// What it is called, at most 60 characters.
    #[schema(example = "Feeder")]
    name: String,
    /// What it is for, at most 500 characters.
    #[schema(example = "For those who fill the bowls.")]
    description: String,
    /// The name of its picture in the apps: a-z, 0-9, _ and -, at most 60.
    #[schema(example = "bowl")]
    icon: String,
    /// What is counted. It never changes.
    #[schema(value_type = Requirement)]
    requirement: NewRequirement,
    /// 1 to 10 steps with growing thresholds. They never change.
    #[schema(min_items = 1, max_items = 10)]
    tiers: Vec<NewTier>,
}

/// What is counted, as a client says it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewRequirement {
    kind: String,
    event_type_id: Option<String>,
    currency: Option<String>,
    unit: Option<String>,
}

/// A step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTier {
    /// What it is called, at most 60 characters.
    #[schema(example = "gold")]
    name: String,
    /// How much must be counted: events, minor units, days or weeks.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_u64, example = 100)]
    threshold: u64,
    /// What its earner gets.
    #[schema(value_type = Option<Money>)]
    reward: Option<Reward>,
}

/// Money, as a client says it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Reward {
    amount_minor: i64,
    currency: String,
}

impl NewRequirement {
    fn parse(&self, fields: &mut Fields) -> Option<Requirement> {
        let event_type = |fields: &mut Fields| {
            let id = self.event_type_id.as_deref().map(str::parse::<EventTypeId>).transpose();
            fields.check("requirement.eventTypeId", id.map_err(|_| "must be an id"))
        };
        let currency = |fields: &mut Fields| {
            let code = self.currency.as_deref().unwrap_or_default();
            fields.check("requirement.currency", CurrencyCode::parse(code))
        };
        let (takes, parsed): (&[&str], _) = match self.kind.as_str() {
            "events" => {
                (&["eventTypeId"], event_type(fields).map(|event_type_id| Requirement::Events { event_type_id }))
            }
            "donated" => (&["currency"], currency(fields).map(|currency| Requirement::Donated { currency })),
            "received" => (&["currency"], currency(fields).map(|currency| Requirement::Received { currency })),
            "streak" => {
                let (kind, unit) = (event_type(fields), fields.check("requirement.unit", self.unit()));
                let streak = kind.zip(unit).map(|(event_type_id, unit)| Requirement::Streak { event_type_id, unit });
                (&["eventTypeId", "unit"], streak)
            }
            _ => {
                fields.refuse("requirement.kind", "must be events, donated, received or streak");
                return None;
            }
        };
        let given = [
            ("eventTypeId", self.event_type_id.is_some()),
            ("currency", self.currency.is_some()),
            ("unit", self.unit.is_some()),
        ];
        for (name, _) in given.iter().filter(|(name, given)| *given && !takes.contains(name)) {
            fields.refuse(&format!("requirement.{name}"), format!("has no meaning for {}", self.kind));
        }
        parsed
    }

    fn unit(&self) -> Result<Unit, &'static str> {
        match self.unit.as_deref() {
            Some("day") => Ok(Unit::Day),
            Some("week") => Ok(Unit::Week),
            _ => Err("must be day or week"),
        }
    }
}

impl NewTier {
    fn parse(&self, place: usize, before: Option<u64>, fields: &mut Fields) -> Option<Tier> {
        let field = |name: &str| format!("tiers[{place}].{name}");
        let name = fields.check(&field("name"), badge::name(&self.name));
        let threshold = fields.check(&field("threshold"), badge::threshold(self.threshold, before));
        let reward = match &self.reward {
            None => Some(None),
            Some(reward) => {
                let amount = fields.check(&field("reward.amountMinor"), badge::reward(reward.amount_minor));
                let currency = fields.check(&field("reward.currency"), CurrencyCode::parse(&reward.currency));
                amount.zip(currency).map(|(amount, currency)| Some(Money::new(amount, currency)))
            }
        };
        Some(Tier { name: name?, threshold: threshold?, reward: reward? })
    }
}

impl CreateBadge {
    /// The design, if its fields are right by themselves.
    fn parse(&self, fields: &mut Fields) -> Option<Design> {
        let code = fields.check("code", badge::code(&self.code));
        let name = fields.check("name", badge::name(&self.name));
        let description = fields.check("description", badge::description(&self.description));
        let icon = fields.check("icon", badge::icon(&self.icon));
        let requirement = self.requirement.parse(fields);
        let fits = (1..=MAX_TIERS).contains(&self.tiers.len());
        let tiers = fields.check("tiers", fits.then_some(&self.tiers).ok_or(DesignError::Tiers))?;
        let before =
            |place: usize| place.checked_sub(1).and_then(|before| tiers.get(before)).map(|tier| tier.threshold);
        // All are looked at before one that is wrong ends it.
        let tiers: Vec<_> =
            tiers.iter().enumerate().map(|(place, tier)| tier.parse(place, before(place), fields)).collect();
        let texts = Texts { name: name?, description: description?, icon: icon? };
        Some(Design { code: code?, texts, requirement: requirement?, tiers: tiers.into_iter().collect::<Option<_>>()? })
    }
}

/// Make a badge
///
/// It counts what was before it too: its tiers are given with the next thing that somebody does. The same request with the
/// same `Idempotency-Key` gets the same badge.
#[utoipa::path(
    post, path = "/v1/community/badges", operation_id = "create_badge", tag = "badges",
    security(("bearer" = ["admin"])),
    params(IdempotencyKey),
    request_body = CreateBadge,
    responses(
        (status = 201, description = "The badge", body = BadgeView),
        (status = 409, description = "`badges.code_taken`: another badge has the code; `badges.too_many`: there is no room for another"),
        (status = 422, description = "`badges.key_reused`: the `Idempotency-Key` has made another badge"),
    )
)]
pub async fn create_badge(
    State(ctx): State<&'static Ctx>,
    admin: Require<Admin>,
    attempt: IdempotencyKey,
    Json(body): Json<CreateBadge>,
) -> Result<Created<BadgeView>, Problem> {
    let design = checked(ctx, &body).await?;
    let id = BadgeId::new(attempt.derive_id("create_badge", &admin.caller.user_id.to_string()));
    let (asked, created_at) = (design.fingerprint(), ctx.clock.now());
    let make = |revision| Badge {
        id,
        design: design.clone(),
        asked,
        created_at,
        created: revision,
        changed: revision,
        retired: None,
    };
    let badge = match ctx.store.add_badge(make).await {
        Ok(badge) => badge,
        Err(NotChanged::Exists(before)) if before.asked == asked => *before,
        Err(NotChanged::Exists(_)) => return Err(Refusal::KeyReused.into()),
        Err(not_added) => return Err(not_added.into()),
    };
    Ok(Created::at(format!("/v1/community/badges/{id}"), BadgeView::from(&badge)))
}

/// The design, if all of its fields are right and its kind of event is known.
async fn checked(ctx: &Ctx, body: &CreateBadge) -> Result<Design, Problem> {
    let mut fields = Fields::new();
    let mut design = body.parse(&mut fields);
    let named = body.requirement.event_type_id.as_deref().and_then(|id| id.parse::<EventTypeId>().ok());
    if let Some(id) = named
        && ctx.store.event_type(id).await?.is_none_or(|known| known.retired)
    {
        fields.refuse("requirement.eventTypeId", "names no kind of event that people can report");
        design = None;
    }
    fields.all((design,)).map(|(design,)| design)
}
