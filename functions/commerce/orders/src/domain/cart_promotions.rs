//! The promotions of a cart: which of them are calculated, what their codes do, and what an order counts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{PromotionId, Uuid};

use super::cart::Cart;
use super::cart_pricing::{PricingInput, ShopSettings, UseOf};
use super::names::PromotionCode;
use super::pricing::Totals;
use super::shop_promotion::{ShopPromotion, UseToCount};

/// A promotion that takes something off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedPromotion {
    /// Promotion ID.
    pub promotion_id: PromotionId,
    /// Name.
    pub name: String,
    /// The code that made it apply, if it needs one.
    pub code: Option<PromotionCode>,
    /// What it takes off in all, in minor units.
    pub amount_minor: i64,
}

/// What a code of the cart does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CartCodeState)]
pub enum CodeState {
    /// Its promotion takes something off.
    Applied,
    /// It would take something off, but other promotions exclude it.
    NotCombined,
    /// The cart does not meet its conditions: subtotal, currency, or lines.
    ConditionsNotMet,
    /// The promotion has not begun.
    NotYetValid,
    /// The promotion has ended, or no longer has the code. It cannot be ordered with: remove the code.
    Ended,
    /// The promotion was used as often as it may be. It cannot be ordered with: remove the code.
    UsedUp,
    /// The promotion is limited per account: sign in, or remove the code.
    AccountNeeded,
}

impl CodeState {
    /// True if the cart cannot be ordered while it has the code, so that no buyer loses a discount unnoticed.
    pub const fn prevents_order(self) -> bool {
        matches!(self, Self::NotYetValid | Self::Ended | Self::UsedUp | Self::AccountNeeded)
    }
}

/// The uses that decide whether the cart's codes can be used, as far as the cart tells: to be read with the rest.
pub fn needed_uses(cart: &Cart) -> Vec<UseOf> {
    let of_code = |promotion: PromotionId| {
        let account = cart.owner.user_id().map(|user| UseToCount::of_account(promotion, user));
        let email = cart.details.email.as_ref().map(|email| UseToCount::of_email(promotion, email));
        [Some(None), account.map(Some), email.map(Some)]
            .into_iter()
            .flatten()
            .map(move |customer| (promotion, customer))
    };
    let promotions: BTreeSet<PromotionId> = cart.codes.iter().map(|code| code.promotion_id).collect();
    promotions.into_iter().flat_map(of_code).collect()
}

/// A promotion that is to be calculated, and the code that made it apply.
pub(super) struct Candidate<'a> {
    pub(super) promotion: &'a ShopPromotion,
    pub(super) code: Option<&'a PromotionCode>,
}

/// The promotions that may apply, in the order in which they do, each once; and what is wrong with the codes of the others.
pub(super) fn candidates<'a>(input: &PricingInput<'a>) -> (Vec<Candidate<'a>>, BTreeMap<&'a PromotionCode, CodeState>) {
    let is_automatic = |promotion: &&ShopPromotion| {
        promotion.terms.codes.is_empty() && promotion.terms.applies_at(input.now) && has_currency(input, promotion)
    };
    let automatic = input.settings.automatic.as_slice().iter().filter(is_automatic);
    let mut found: Vec<Candidate<'a>> = automatic.map(|promotion| Candidate { promotion, code: None }).collect();
    let mut refused = BTreeMap::new();
    for code in &input.cart.codes {
        let Some(promotion) = input.codes.get(&code.code) else { continue };
        if let Some(state) = refusal(input, promotion, &code.code) {
            refused.insert(&code.code, state);
        } else if found.iter().all(|candidate| candidate.promotion.id != promotion.id) {
            found.push(Candidate { promotion, code: Some(&code.code) });
        }
    }
    found.sort_by_key(|candidate| (candidate.promotion.terms.priority, candidate.promotion.id));
    (found, refused)
}

/// Why a code cannot be added to a cart, as far as its promotion alone says. Uses are checked when the cart is priced.
pub fn code_refusal(promotion: &ShopPromotion, code: &PromotionCode, cart: &Cart, now: Timestamp) -> Option<CodeState> {
    let (variants, settings) = (BTreeMap::new(), ShopSettings::default());
    let (codes, uses) = (BTreeMap::new(), BTreeMap::new());
    let input =
        PricingInput { cart, variants: &variants, settings: &settings, codes: &codes, uses: &uses, group: None, now };
    refusal(&input, promotion, code).filter(|state| state.prevents_order())
}

fn has_currency(input: &PricingInput<'_>, promotion: &ShopPromotion) -> bool {
    promotion.terms.currency.as_ref().is_none_or(|currency| *currency == input.cart.currency)
}

/// Why a promotion does not apply by a code, if it does not whatever is in the cart.
fn refusal(input: &PricingInput<'_>, promotion: &ShopPromotion, code: &PromotionCode) -> Option<CodeState> {
    let terms = &promotion.terms;
    if terms.has_ended(input.now) || !terms.codes.contains(code) {
        return Some(CodeState::Ended);
    }
    if !terms.applies_at(input.now) {
        return Some(CodeState::NotYetValid);
    }
    let (buyer, email) = (input.cart.owner, input.cart.details.email.as_ref());
    if terms.limits.per_account.is_some() && buyer.user_id().is_none() {
        return Some(CodeState::AccountNeeded);
    }
    let used = |of: &UseToCount| input.uses.get(&(of.promotion_id, of.customer)).copied().unwrap_or(0);
    if promotion.uses_of(buyer, email).iter().any(|of| used(of) >= of.limit) {
        return Some(CodeState::UsedUp);
    }
    (!has_currency(input, promotion)).then_some(CodeState::ConditionsNotMet)
}

/// What each promotion takes off in all.
pub(super) fn discounts(totals: &Totals) -> BTreeMap<Uuid, i64> {
    let mut sums: BTreeMap<Uuid, i64> = BTreeMap::new();
    for discount in totals.lines.iter().chain(&totals.shipping).flat_map(|line| &line.discounts) {
        *sums.entry(discount.promotion_id).or_default() += discount.amount;
    }
    sums
}

pub(super) fn applied(candidate: &Candidate<'_>, taken_off: &BTreeMap<Uuid, i64>) -> Option<AppliedPromotion> {
    let amount_minor = *taken_off.get(&candidate.promotion.id.uuid())?;
    Some(AppliedPromotion {
        promotion_id: candidate.promotion.id,
        name: candidate.promotion.terms.name.clone(),
        code: candidate.code.cloned(),
        amount_minor,
    })
}
