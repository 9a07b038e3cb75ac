//! Carts, and all that their prices depend on.

use std::collections::BTreeMap;

use dynamo::{Conflict, ConflictRetry, Found, Key, Outbox, Read, StoreError, TransactionError, Versioned};
use jiff::Timestamp;
use kit::limits::{NotAllowed, Subject, subject_hash};
use types::{BuyerId, CartId, GuestKeyHash, PromotionId, UserId, VariantId};

use super::settings::Setting;
use super::{
    Orders, PromotionUses, Redemption, Store, cart_key, code_key, customer_key, guest_cart_key, redemption_key,
    user_cart_key, uses_key, variant_key,
};
use crate::domain::cart::Cart;
use crate::domain::cart_pricing::{PricedCart, PricingInput, SettingsVersions, ShopSettings, UseOf, needed_uses};
use crate::domain::customer::Customer;
use crate::domain::limits::{CODES, GUEST_CARTS, GUEST_CODES, GUEST_KEYS};
use crate::domain::names::{GroupCode, PromotionCode};
use crate::domain::prices::PriceListCopies;
use crate::domain::regions::RegionSettings;
use crate::domain::shipping::ShippingSettings;
use crate::domain::shop_promotion::{AutomaticPromotions, CodeEntry, ShopPromotion};
use crate::domain::taxes::TaxSettings;
use crate::domain::variant_copy::VariantCopy;

/// A cart with all that its price depends on.
#[derive(Debug)]
pub struct CartRead {
    /// The cart.
    pub cart: Versioned<Cart>,
    /// Settings of the shop.
    pub settings: ShopSettings,
    /// Copies of the variants of its lines, as far as they are known.
    pub variants: BTreeMap<VariantId, VariantCopy>,
    /// The promotions of its codes, as far as the codes exist.
    pub codes: BTreeMap<PromotionCode, ShopPromotion>,
    /// Uses of these promotions.
    pub uses: BTreeMap<UseOf, u32>,
    /// Customer group of the buyer.
    pub group: Option<GroupCode>,
    /// The other items that were asked for.
    pub others: Found,
}

impl CartRead {
    /// Returns what the cart is priced with.
    pub fn input(&self, now: Timestamp) -> PricingInput<'_> {
        PricingInput {
            cart: &self.cart.value,
            variants: &self.variants,
            settings: &self.settings,
            codes: &self.codes,
            uses: &self.uses,
            group: self.group.as_ref(),
            now,
        }
    }

    /// Prices the cart.
    pub fn price(&self, now: Timestamp) -> PricedCart {
        crate::domain::cart_pricing::price_cart(&self.input(now))
    }
}

/// A cart that is to be changed, with what one line of it costs.
#[derive(Debug)]
pub struct LineRead {
    /// The cart.
    pub cart: Versioned<Cart>,
    /// Settings that the price of a unit depends on: price lists and regions. The others have their defaults.
    pub settings: ShopSettings,
    /// The variant, if it is known.
    pub variants: BTreeMap<VariantId, VariantCopy>,
    /// Customer group of the buyer.
    pub group: Option<GroupCode>,
}

impl LineRead {
    /// Returns what the price of a unit depends on. The cart may be newer than the one that was read.
    pub fn input<'a>(&'a self, cart: &'a Cart, now: Timestamp) -> PricingInput<'a> {
        const NO_CODES: &BTreeMap<PromotionCode, ShopPromotion> = &BTreeMap::new();
        const NO_USES: &BTreeMap<UseOf, u32> = &BTreeMap::new();
        PricingInput {
            cart,
            variants: &self.variants,
            settings: &self.settings,
            codes: NO_CODES,
            uses: NO_USES,
            group: self.group.as_ref(),
            now,
        }
    }
}

impl Store {
    /// Reads a cart of a buyer. None if it does not exist, has expired, or is another buyer's.
    pub async fn cart(
        &self,
        buyer: BuyerId,
        id: CartId,
        now: Timestamp,
    ) -> Result<Option<Versioned<Cart>>, StoreError> {
        let Some(key) = cart_key(buyer, id) else { return Ok(None) };
        let found = self.table.get::<Cart>(key, Read::Strong).await?;
        Ok(found.filter(|cart| belongs(&cart.value, buyer, id, now)))
    }

    /// Reads a cart with all that its price depends on, in two round trips. `read` is for everything but the cart, which is
    /// read strongly. `others` are further items to read with it, at most 20.
    pub async fn cart_to_price(
        &self,
        buyer: BuyerId,
        id: CartId,
        read: Read,
        now: Timestamp,
        others: Vec<Key<Orders>>,
    ) -> Result<Option<CartRead>, StoreError> {
        match self.cart(buyer, id, now).await? {
            Some(cart) => self.with_prices(cart, read, others).await.map(Some),
            None => Ok(None),
        }
    }

    /// Reads what the price of a cart depends on, in one round trip; in two if a code moved to another promotion since it was
    /// added to the cart.
    pub async fn with_prices(
        &self,
        cart: Versioned<Cart>,
        read: Read,
        others: Vec<Key<Orders>>,
    ) -> Result<CartRead, StoreError> {
        let mut keys = settings_keys();
        keys.extend(cart.value.owner.user_id().map(customer_key));
        keys.extend(cart.value.lines.iter().map(|line| variant_key(line.variant_id)));
        keys.extend(cart.value.codes.iter().map(|code| code_key(&code.code)));
        let wanted = needed_uses(&cart.value);
        keys.extend(wanted.iter().map(|of| use_key(*of)));
        keys.extend(others);
        let mut found = self.table.get_many(keys, read).await?;
        let mut codes = BTreeMap::new();
        for code in &cart.value.codes {
            let entry = found.take::<CodeEntry>(code_key(&code.code))?;
            codes.extend(entry.map(|entry| (code.code.clone(), entry.value.promotion)));
        }
        let mut uses = take_uses(&mut found, &wanted)?;
        let moved = moved_codes(&cart.value, &codes);
        if let Some(moved) = moved {
            let wanted = needed_uses(&moved);
            let mut found = self.table.get_many(wanted.iter().map(|of| use_key(*of)).collect(), read).await?;
            uses.extend(take_uses(&mut found, &wanted)?);
        }
        let mut variants = BTreeMap::new();
        for line in &cart.value.lines {
            let copy = found.take::<VariantCopy>(variant_key(line.variant_id))?;
            variants.extend(copy.map(|copy| (line.variant_id, copy.value)));
        }
        let group = take_group(&mut found, cart.value.owner)?;
        Ok(CartRead { settings: take_settings(&mut found)?, variants, codes, uses, group, cart, others: found })
    }

    /// Reads a cart and what a unit of a variant costs its buyer, in one round trip. None if there is no such cart.
    pub async fn cart_line(
        &self,
        buyer: BuyerId,
        id: CartId,
        variant: VariantId,
        now: Timestamp,
    ) -> Result<Option<LineRead>, StoreError> {
        let mut keys = vec![variant_key(variant), PriceListCopies::key_of_shop(), RegionSettings::key_of_shop()];
        match cart_key(buyer, id) {
            Some(key) => keys.push(key),
            None => return Ok(None),
        }
        keys.extend(buyer.user_id().map(customer_key));
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let cart = cart_key(buyer, id).map(|key| found.take::<Cart>(key)).transpose()?.flatten();
        let Some(cart) = cart.filter(|cart| belongs(&cart.value, buyer, id, now)) else { return Ok(None) };
        let copy = found.take::<VariantCopy>(variant_key(variant))?;
        let variants = copy.into_iter().map(|copy| (variant, copy.value)).collect();
        let group = take_group(&mut found, buyer)?;
        Ok(Some(LineRead { settings: take_settings(&mut found)?, variants, group, cart }))
    }

    /// Reads a cart and the promotion of a code, in one round trip. None if there is no such cart.
    pub async fn cart_and_code(
        &self,
        buyer: BuyerId,
        id: CartId,
        code: &PromotionCode,
        now: Timestamp,
    ) -> Result<Option<(Versioned<Cart>, Option<ShopPromotion>)>, StoreError> {
        let entry = self.table.get::<CodeEntry>(code_key(code), Read::Strong);
        let (cart, entry) = futures::try_join!(self.cart(buyer, id, now), entry)?;
        Ok(cart.map(|cart| (cart, entry.map(|entry| entry.value.promotion))))
    }

    /// Creates a user's cart.
    pub async fn create_user_cart(&self, user: UserId, cart: &Cart) -> Result<Result<(), CartExists>, StoreError> {
        let create = self.table.transaction().create(cart, &Outbox::none()).unless_forgotten(user);
        match create.commit().await {
            Ok(()) => Ok(Ok(())),
            Err(TransactionError::Cancelled(_)) => Ok(Err(CartExists)),
            Err(TransactionError::Store(error)) => Err(error),
        }
    }

    /// Counts a guest's cart that is going to be created, if its network address has not created too many.
    pub async fn count_guest_cart(&self, source_ip: &str, now: Timestamp) -> Result<(), NotAllowed> {
        let source = subject_hash(&[source_ip]);
        GUEST_CARTS.count(&self.table, Subject::Source(&source), now).await.map(|_| ())
    }

    /// Counts a promotion code that is added to a cart, if the user, or the network address of the guest, has not added too many.
    pub async fn count_code(&self, buyer: BuyerId, source_ip: &str, now: Timestamp) -> Result<(), NotAllowed> {
        let source = subject_hash(&[source_ip]);
        let (limit, subject) = match buyer {
            BuyerId::User(user) => (CODES, Subject::User(user)),
            BuyerId::Guest(_) => (GUEST_CODES, Subject::Source(&source)),
        };
        limit.count(&self.table, subject, now).await.map(drop)
    }

    /// Counts a request for a key of a guest's order, if the network address has not made too many.
    pub async fn count_guest_key(&self, source_ip: &str, now: Timestamp) -> Result<(), NotAllowed> {
        let source = subject_hash(&[source_ip]);
        GUEST_KEYS.count(&self.table, Subject::Source(&source), now).await.map(drop)
    }

    /// Creates a guest's cart, whose ID is new.
    pub async fn create_guest_cart(&self, cart: &Cart) -> Result<(), StoreError> {
        match self.table.create(cart.clone(), &Outbox::none()).await {
            Ok(_) => Ok(()),
            Err(Conflict::Item(_)) => Err(StoreError::Refused("a new cart has the ID of another".into())),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    /// Changes a cart that was read as `decide` says, which is called again with the newer state if others changed it
    /// meanwhile. None if the cart was deleted meanwhile.
    pub async fn change_cart<R>(
        &self,
        mut read: Versioned<Cart>,
        decide: impl Fn(&Versioned<Cart>) -> Result<Option<Cart>, R>,
    ) -> Result<Result<Option<Versioned<Cart>>, R>, StoreError> {
        let mut retry = ConflictRetry::default();
        loop {
            let next = match decide(&read) {
                Ok(Some(next)) => next,
                Ok(None) => return Ok(Ok(Some(read))),
                Err(refusal) => return Ok(Err(refusal)),
            };
            read = match self.table.replace(&read, next, &Outbox::none()).await {
                Ok(written) => return Ok(Ok(Some(written))),
                Err(Conflict::Item(Some(newer))) => *newer,
                Err(Conflict::Item(None)) => return Ok(Ok(None)),
                Err(Conflict::Store(error)) => return Err(error),
            };
            retry.pause().await?;
        }
    }

    /// Reads a user's cart and the guest's cart that the user takes over. None if the latter is another guest's.
    pub async fn carts_to_merge(
        &self,
        user: UserId,
        id: CartId,
        guest: GuestKeyHash,
        now: Timestamp,
    ) -> Result<Option<CartsRead>, StoreError> {
        let keys = vec![user_cart_key(user), guest_cart_key(id)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let own = found.take::<Cart>(user_cart_key(user))?;
        let theirs = found.take::<Cart>(guest_cart_key(id))?.filter(|cart| cart.value.exists_at(now));
        if theirs.as_ref().is_some_and(|cart| cart.value.owner != BuyerId::Guest(guest)) {
            return Ok(None);
        }
        Ok(Some(CartsRead { own, guest: theirs }))
    }

    /// Writes a user's cart that took over a guest's cart, and deletes the latter. Returns the new version.
    pub async fn merge_carts(
        &self,
        own: Option<&Versioned<Cart>>,
        merged: &Cart,
        guest: &Versioned<Cart>,
    ) -> Result<u64, MergeFailed> {
        let transaction = self.table.transaction().delete(guest);
        let transaction = match (own, merged.owner.user_id()) {
            (Some(own), _) => transaction.replace(own, merged, &Outbox::none()),
            (None, Some(user)) => transaction.create(merged, &Outbox::none()).unless_forgotten(user),
            (None, None) => return Err(MergeFailed::Conflict),
        };
        match transaction.commit().await {
            Ok(()) => Ok(own.map_or(1, |own| own.version + 1)),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(2) => Err(MergeFailed::UserForgotten),
            Err(TransactionError::Cancelled(_)) => Err(MergeFailed::Conflict),
            Err(TransactionError::Store(error)) => Err(MergeFailed::Store(error)),
        }
    }
}

/// The carts of a user and of the guest whom the user was, as far as they exist.
#[derive(Debug)]
pub struct CartsRead {
    /// The user's.
    pub own: Option<Versioned<Cart>>,
    /// The guest's. None once it was taken over.
    pub guest: Option<Versioned<Cart>>,
}

/// Reason why carts were not merged.
#[derive(Debug)]
pub enum MergeFailed {
    /// The user was deleted.
    UserForgotten,
    /// One of the carts changed since it was read. Read them again.
    Conflict,
    /// The table failed.
    Store(StoreError),
}

/// The cart exists, or the user was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CartExists;

/// True if a cart that was read is the buyer's cart with this ID and still exists.
pub(super) fn belongs(cart: &Cart, buyer: BuyerId, id: CartId, now: Timestamp) -> bool {
    cart.id == id && cart.owner == buyer && cart.exists_at(now)
}

fn settings_keys() -> Vec<Key<Orders>> {
    vec![
        TaxSettings::key_of_shop(),
        ShippingSettings::key_of_shop(),
        RegionSettings::key_of_shop(),
        PriceListCopies::key_of_shop(),
        AutomaticPromotions::key_of_shop(),
    ]
}

/// Takes the settings that were read. Those that were not read, or never set, have their defaults in version 0.
fn take_settings(found: &mut Found) -> Result<ShopSettings, StoreError> {
    let (taxes, shipping) = (take_setting::<TaxSettings>(found)?, take_setting::<ShippingSettings>(found)?);
    let (regions, lists) = (take_setting::<RegionSettings>(found)?, take_setting::<PriceListCopies>(found)?);
    let automatic = take_setting::<AutomaticPromotions>(found)?;
    let versions = SettingsVersions {
        taxes: taxes.version,
        shipping: shipping.version,
        regions: regions.version,
        price_lists: lists.version,
        promotions: automatic.version,
    };
    Ok(ShopSettings {
        taxes: taxes.value,
        shipping: shipping.value,
        regions: regions.value,
        price_lists: lists.value,
        automatic: automatic.value,
        versions,
    })
}

fn take_setting<S: Setting>(found: &mut Found) -> Result<Versioned<S>, StoreError> {
    Ok(found.take::<S>(S::key_of_shop())?.unwrap_or_else(super::settings::unset))
}

fn take_group(found: &mut Found, buyer: BuyerId) -> Result<Option<GroupCode>, StoreError> {
    let Some(user) = buyer.user_id() else { return Ok(None) };
    Ok(found.take::<Customer>(customer_key(user))?.and_then(|customer| customer.value.group))
}

fn use_key((promotion, customer): UseOf) -> Key<Orders> {
    match customer {
        None => uses_key(promotion),
        Some(customer) => redemption_key(promotion, customer),
    }
}

fn take_uses(found: &mut Found, wanted: &[UseOf]) -> Result<BTreeMap<UseOf, u32>, StoreError> {
    let mut uses = BTreeMap::new();
    for of in wanted {
        let count = match of.1 {
            None => found.take::<PromotionUses>(use_key(*of))?.map(|uses| uses.value.used),
            Some(_) => found.take::<Redemption>(use_key(*of))?.map(|uses| uses.value.used),
        };
        uses.extend(count.map(|count| (*of, count)));
    }
    Ok(uses)
}

/// The cart with the promotions that its codes belong to now, if one belonged to another when it was added.
fn moved_codes(cart: &Cart, codes: &BTreeMap<PromotionCode, ShopPromotion>) -> Option<Cart> {
    let mut moved = cart.clone();
    for code in &mut moved.codes {
        let now: Option<PromotionId> = codes.get(&code.code).map(|promotion| promotion.id);
        code.promotion_id = now.unwrap_or(code.promotion_id);
    }
    (moved.codes != cart.codes).then_some(moved)
}
