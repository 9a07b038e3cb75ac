//! Keys that cannot be built without their context.

use std::fmt::Display;
use std::marker::PhantomData;

use crate::Cursor;

/// A bounded context: the owner of every key that starts with its name.
pub trait Context: Send + Sync + 'static {
    /// The context's name, the first part of its keys.
    const NAME: &'static str;
}

/// The primary key of an item of context `C`: `pk` is `<context>#<entity>#<id>`.
pub struct Key<C> {
    pub(crate) pk: String,
    pub(crate) sk: String,
    context: PhantomData<fn() -> C>,
}

impl<C> Clone for Key<C> {
    fn clone(&self) -> Self {
        Self { pk: self.pk.clone(), sk: self.sk.clone(), context: PhantomData }
    }
}

impl<C: Context> Key<C> {
    /// The key of the item `sort` of the thing `entity` with id `id`.
    pub fn new(entity: &str, id: impl Display, sort: impl Into<String>) -> Self {
        Self { pk: partition::<C>(entity, id), sk: sort.into(), context: PhantomData }
    }
}

impl<C> Key<C> {
    /// The cursor of the page that starts after this key, whether or not an item has it.
    pub fn cursor(&self) -> Cursor {
        Cursor(self.sk.clone())
    }
}

/// A key of the sparse index `gsi1`: `gsi1pk` is `<context>#<entity>#<id>` too, so the same rule guards it.
pub struct IndexKey<C> {
    pub(crate) pk: String,
    pub(crate) sk: String,
    context: PhantomData<fn() -> C>,
}

impl<C: Context> IndexKey<C> {
    /// The index key of an item that is listed under `entity` and `id`, in the order of `sort`.
    pub fn new(entity: &str, id: impl Display, sort: impl Into<String>) -> Self {
        Self { pk: partition::<C>(entity, id), sk: sort.into(), context: PhantomData }
    }
}

impl<C> IndexKey<C> {
    /// The cursor of the page that starts after the item with this key.
    pub fn cursor(&self) -> Cursor {
        Cursor(self.sk.clone())
    }
}

fn partition<C: Context>(entity: &str, id: impl Display) -> String {
    format!("{}#{entity}#{id}", C::NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Shop;
    impl Context for Shop {
        const NAME: &'static str = "shop";
    }

    #[test]
    fn every_key_starts_with_its_context() {
        let key = Key::<Shop>::new("order", 7, "line#1");
        assert_eq!((key.pk.as_str(), key.sk.as_str()), ("shop#order#7", "line#1"));
        assert_eq!(IndexKey::<Shop>::new("buyer", "b", "").pk, "shop#buyer#b");
    }
}
