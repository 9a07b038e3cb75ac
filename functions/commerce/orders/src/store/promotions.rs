//! Promotions, their codes, and how often they were used.

use std::collections::BTreeMap;

use dynamo::{Cursor, Found, MAX_BATCH_ITEMS, Outbox, Page, Read, StoreError, Transaction, Versioned};
use types::PromotionId;

use super::settings::{Setting, unset};
use super::{
    NotWritten, Orders, PromotionUses, Redemption, Store, code_key, promotion_key, promotions_index, uses_key,
};
use crate::domain::names::PromotionCode;
use crate::domain::shop_promotion::{AutomaticPromotions, CodeEntry, ShopPromotion, UseToCount};

/// Attribute that counts uses.
const USED: &str = "used";

/// Adds the uses of an order to the transaction that places it, which is cancelled if one of them reaches its limit. One write
/// for each use, in their order.
#[must_use]
pub fn count_uses(transaction: Transaction<Orders>, uses: &[UseToCount]) -> Transaction<Orders> {
    uses.iter().fold(transaction, |transaction, of| count(transaction, of, 1, i64::from(of.limit)))
}

/// Gives back the uses of an order that ends without being paid.
#[must_use]
pub fn return_uses(transaction: Transaction<Orders>, uses: &[UseToCount]) -> Transaction<Orders> {
    uses.iter().fold(transaction, |transaction, of| count(transaction, of, -1, i64::MAX))
}

fn count(transaction: Transaction<Orders>, of: &UseToCount, by: i64, max: i64) -> Transaction<Orders> {
    let UseToCount { promotion_id, customer, .. } = *of;
    match customer {
        None => transaction.count(&PromotionUses { promotion_id, used: 0 }, USED, by, 0..=max),
        Some(customer) => transaction.count(&Redemption { promotion_id, customer, used: 0 }, USED, by, 0..=max),
    }
}

/// A promotion that is to be changed, with all that the change concerns.
#[derive(Debug)]
pub struct PromotionRead {
    /// The promotion's ID.
    pub id: PromotionId,
    /// The promotion, if it exists.
    pub promotion: Option<Versioned<ShopPromotion>>,
    /// Orders that used it so far.
    pub used: u32,
    /// The promotions without codes.
    pub automatic: Versioned<AutomaticPromotions>,
    /// Entries of the codes that it has or is to have.
    entries: BTreeMap<PromotionCode, Versioned<CodeEntry>>,
}

impl PromotionRead {
    /// Returns the version; 0 if it does not exist.
    pub fn version(&self) -> u64 {
        self.promotion.as_ref().map_or(0, |promotion| promotion.version)
    }

    /// True if a code that it is to have belongs to another promotion.
    pub fn is_taken(&self) -> bool {
        self.entries.values().any(|entry| entry.value.promotion.id != self.id)
    }
}

/// A promotion as it is to be.
#[derive(Debug)]
pub struct PromotionWrite<'a> {
    /// The promotion.
    pub promotion: &'a ShopPromotion,
    /// The promotions without codes after it.
    pub automatic: AutomaticPromotions,
    /// Events.
    pub outbox: &'a Outbox,
}

impl Store {
    /// Reads a promotion and how many orders used it.
    pub async fn promotion(&self, id: PromotionId) -> Result<Option<(Versioned<ShopPromotion>, u32)>, StoreError> {
        let mut found = self.table.get_many(vec![promotion_key(id), uses_key(id)], Read::Strong).await?;
        let used = take_used(&mut found, id)?;
        Ok(found.take(promotion_key(id))?.map(|promotion| (promotion, used)))
    }

    /// Reads a page of promotions, newest first, and how many orders used each. Two round trips.
    pub async fn promotions(
        &self,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<(Page<ShopPromotion>, BTreeMap<PromotionId, u32>), StoreError> {
        let page = self.table.list_index::<ShopPromotion>(promotions_index(), true, limit, after).await?;
        let limited = page.items.iter().filter(|promotion| promotion.value.terms.limits.total.is_some());
        let limited: Vec<PromotionId> = limited.map(|promotion| promotion.value.id).take(MAX_BATCH_ITEMS).collect();
        let mut uses = BTreeMap::new();
        if !limited.is_empty() {
            let keys = limited.iter().map(|id| uses_key(*id)).collect();
            let mut found = self.table.get_many(keys, Read::Eventual).await?;
            for id in limited {
                uses.insert(id, take_used(&mut found, id)?);
            }
        }
        Ok((page, uses))
    }

    /// Reads a promotion that is to have these codes. One round trip, or two if it loses codes.
    pub async fn promotion_to_change(
        &self,
        id: PromotionId,
        codes: &[PromotionCode],
    ) -> Result<PromotionRead, StoreError> {
        let mut keys = vec![promotion_key(id), uses_key(id), AutomaticPromotions::key_of_shop()];
        keys.extend(codes.iter().map(code_key));
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let used = take_used(&mut found, id)?;
        let promotion = found.take::<ShopPromotion>(promotion_key(id))?;
        let automatic = found.take(AutomaticPromotions::key_of_shop())?.unwrap_or_else(unset);
        let mut entries = BTreeMap::new();
        take_entries(&mut found, codes, &mut entries)?;
        let known = promotion.iter().flat_map(|promotion| &promotion.value.terms.codes);
        let lost: Vec<PromotionCode> = known.filter(|code| !codes.contains(code)).cloned().collect();
        if !lost.is_empty() {
            let mut found = self.table.get_many(lost.iter().map(code_key).collect(), Read::Strong).await?;
            take_entries(&mut found, &lost, &mut entries)?;
        }
        Ok(PromotionRead { id, promotion, used, automatic, entries })
    }

    /// Writes a promotion with its codes, and the promotions without codes if they change.
    pub async fn set_promotion(&self, read: &PromotionRead, write: PromotionWrite<'_>) -> Result<(), NotWritten> {
        let PromotionWrite { promotion, automatic, outbox } = write;
        let none = Outbox::none();
        let mut transaction = match &read.promotion {
            Some(known) => self.table.transaction().replace(known, promotion, outbox),
            None => self.table.transaction().create(promotion, outbox),
        };
        if automatic != read.automatic.value {
            transaction = match read.automatic.version {
                0 => transaction.create(&automatic, &none),
                _ => transaction.replace(&read.automatic, &automatic, &none),
            };
        }
        for code in &promotion.terms.codes {
            let entry = CodeEntry { code: code.clone(), promotion: promotion.clone() };
            transaction = match read.entries.get(code) {
                Some(known) => transaction.replace(known, &entry, &none),
                None => transaction.create(&entry, &none),
            };
        }
        for lost in read.entries.values().filter(|entry| !promotion.terms.codes.contains(&entry.value.code)) {
            transaction = transaction.delete(lost);
        }
        Ok(transaction.commit().await?)
    }
}

fn take_used(found: &mut Found, id: PromotionId) -> Result<u32, StoreError> {
    Ok(found.take::<PromotionUses>(uses_key(id))?.map_or(0, |uses| uses.value.used))
}

fn take_entries(
    found: &mut Found,
    codes: &[PromotionCode],
    entries: &mut BTreeMap<PromotionCode, Versioned<CodeEntry>>,
) -> Result<(), StoreError> {
    for code in codes {
        let entry = found.take::<CodeEntry>(code_key(code))?;
        entries.extend(entry.map(|entry| (code.clone(), entry)));
    }
    Ok(())
}
