//! `POST /v1/community/badges`: creates a badge. Requires `Idempotency-Key`.

use axum::extract::State;
use kit::auth::{Admin, Standing};
use kit::http::{Created, Fields, IdempotencyKey, Json, Problem};
use serde::Deserialize;
use types::{BadgeId, CurrencyCode, EventTypeId, Money, PositiveMoney};
use utoipa::ToSchema;

use crate::api::BadgeView;
use crate::ctx::Ctx;
use crate::domain::badge::{self, Badge, Design, DesignError, MAX_TIERS, Requirement, Texts, Tier, Unit};
use crate::problem::Refusal;
use crate::store::NotChanged;

/// Request to create a badge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateBadge {
    /// Unique, immutable code: a-z, 0-9, `_` and `-`, starting with a letter, at most 40 characters.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_-]*$", example = "feeder")]
    code: String,
    /// Name, at most 60 characters.
    #[schema(min_length = 1, max_length = 60, example = "Feeder")]
    name: String,
    /// Description, at most 500 characters.
    #[schema(min_length = 1, max_length = 500, example = "For those who fill the bowls.")]
    description: String,
    /// Icon name of the app: a-z, 0-9, `_` and `-`, at most 60 characters.
    #[schema(max_length = 60, pattern = "^[a-z0-9_-]+$", example = "bowl")]
    icon: String,
    /// What is counted. Immutable.
    #[schema(value_type = Requirement)]
    requirement: NewRequirement,
    /// 1 to 10 tiers with increasing thresholds. Immutable.
    #[schema(min_items = 1, max_items = 10)]
    tiers: Vec<NewTier>,
}

/// Requirement before validation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewRequirement {
    kind: String,
    event_type_id: Option<String>,
    currency: Option<String>,
    unit: Option<String>,
}

/// A tier.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTier {
    /// Name, at most 60 characters.
    #[schema(min_length = 1, max_length = 60, example = "gold")]
    name: String,
    /// Required count: events, minor units, days or weeks.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_u64, example = 100)]
    threshold: u64,
    /// Reward for earning the tier.
    #[schema(value_type = Option<PositiveMoney>)]
    reward: Option<Reward>,
}

/// Amount before validation.
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
            fields.check("requirement.eventTypeId", id.map_err(|_| "must be a UUID"))
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
            fields.refuse(
                &format!("requirement.{name}"),
                format!("is not allowed for requirements of kind {}", self.kind),
            );
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
    /// Returns the design if each field is valid on its own.
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
        // Every field is checked before the first error returns.
        let tiers: Vec<_> =
            tiers.iter().enumerate().map(|(place, tier)| tier.parse(place, before(place), fields)).collect();
        let texts = Texts { name: name?, description: description?, icon: icon? };
        Some(Design { code: code?, texts, requirement: requirement?, tiers: tiers.into_iter().collect::<Option<_>>()? })
    }
}

/// Create a badge
///
/// Requires the role `admin`. Counts past activity too: its tiers are awarded with the next activity of each user.
/// Requirement and tiers cannot be changed later. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/community/badges", operation_id = "create_badge", tag = "badges",
    security(("bearer" = ["admin"])),
    params(IdempotencyKey),
    request_body = CreateBadge,
    responses(
        (status = 201, description = "The badge", body = BadgeView),
        (status = 409, description = "`badges.code_taken`: another badge has this code; `badges.too_many`: there are 200 badges, including retired ones"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
    )
)]
pub async fn create_badge(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    attempt: IdempotencyKey,
    Json(body): Json<CreateBadge>,
) -> Result<Created<BadgeView>, Problem> {
    let (admin, design) = standing.with(checked(ctx, &body)).await?;
    let id = BadgeId::new(attempt.derive_id("create_badge", &admin.user_id.to_string()));
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
        Err(NotChanged::Exists(before)) if before.value.asked == asked => *before,
        Err(NotChanged::Exists(_)) => return Err(Refusal::KeyReused.into()),
        Err(not_added) => return Err(not_added.into()),
    };
    Ok(Created::at(format!("/v1/community/badges/{id}"), BadgeView::new(&badge.value, badge.version)))
}

/// Returns the design if all fields are valid and its event type is known.
async fn checked(ctx: &Ctx, body: &CreateBadge) -> Result<Design, Problem> {
    let mut fields = Fields::new();
    let mut design = body.parse(&mut fields);
    let named = body.requirement.event_type_id.as_deref().and_then(|id| id.parse::<EventTypeId>().ok());
    if let Some(id) = named
        && ctx.store.event_type(id).await?.is_none_or(|known| known.retired)
    {
        fields.refuse("requirement.eventTypeId", "unknown or retired event type");
        design = None;
    }
    if let Some(known) = &design
        && !check_currencies(ctx, known, &mut fields).await?
    {
        design = None;
    }
    fields.all((design,)).map(|(design,)| design)
}

/// Refuses currencies that the wallet does not know: rewards in them could never be paid. True if all are known.
async fn check_currencies(ctx: &Ctx, design: &Design, fields: &mut Fields) -> Result<bool, Problem> {
    let rewards = design.tiers.iter().enumerate().filter_map(|(place, tier)| {
        tier.reward.as_ref().map(|reward| (format!("tiers[{place}].reward.currency"), &reward.currency))
    });
    let counted = match &design.requirement {
        Requirement::Donated { currency } | Requirement::Received { currency } => Some(currency),
        Requirement::Events { .. } | Requirement::Streak { .. } => None,
    };
    let counted = counted.map(|currency| ("requirement.currency".to_owned(), currency));
    let mut all_known = true;
    for (field, currency) in counted.into_iter().chain(rewards) {
        if !ctx.store.has_currency(currency).await? {
            fields.refuse(&field, "unknown currency: list currencies with `GET /v1/community/currencies`");
            all_known = false;
        }
    }
    Ok(all_known)
}
