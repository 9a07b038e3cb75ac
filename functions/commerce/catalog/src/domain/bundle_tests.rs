//! However products change: no bundle is in a bundle, and entries say which bundles have a variant.

use jiff::Timestamp;
use proptest::prelude::*;
use types::{TaxClass, Uuid};

use super::*;
use crate::domain::details::Details;
use crate::domain::names::Slug;
use crate::domain::options::{Choices, Options, ProductOption};
use crate::domain::product::{NewProduct, ProductError};
use crate::domain::variant::VariantDetails;

/// Number of products, and of variants of each.
const PRODUCTS: u8 = 3;
const VARIANTS: u8 = 3;

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn product(number: u8) -> Product {
    let values = (0..VARIANTS).map(|value| value.to_string()).collect();
    let new = NewProduct {
        slug: Slug::parse(&format!("p{number}")).unwrap(),
        details: Details { title: "Tea".to_owned(), description: None, attributes: BTreeMap::new() },
        options: Options::parse(vec![ProductOption { name: "Pack".to_owned(), values }]).unwrap(),
        categories: BTreeSet::new(),
        media: Vec::new(),
    };
    Product::new(ProductId::new(Uuid::from_u128(number.into())), new, Vec::new(), now()).unwrap()
}

fn sku(product: u8, number: u8) -> Sku {
    Sku::parse(&format!("{product}-{number}")).unwrap()
}

fn id((product, number): (u8, u8)) -> VariantId {
    Variant::id_of(ProductId::new(Uuid::from_u128(product.into())), &sku(product, number))
}

fn details(number: u8, weight_grams: Option<u32>, components: &[((u8, u8), u32)]) -> VariantDetails {
    let component = |(variant, quantity): &((u8, u8), u32)| Component { variant_id: id(*variant), quantity: *quantity };
    VariantDetails {
        barcode: None,
        weight_grams,
        choices: Choices::from([("Pack".to_owned(), number.to_string())]),
        tax_class: TaxClass::standard(),
        components: Components::parse(components.iter().map(component).collect()).unwrap(),
    }
}

/// What is stored, as the store writes it.
#[derive(Debug, Clone)]
struct Shop {
    products: Vec<Product>,
    entries: VariantEntries,
}

impl Shop {
    fn new() -> Self {
        Self { products: (0..PRODUCTS).map(product).collect(), entries: VariantEntries::new() }
    }

    fn write(&mut self, next: &Product) -> Result<(), BundleError> {
        let at = self.products.iter().position(|product| product.id == next.id).unwrap();
        let before = &self.products[at];
        // Only what is affected is read.
        let affected = affected(Some(before), next);
        let read: VariantEntries = self
            .entries
            .iter()
            .filter(|(id, _)| affected.contains(id))
            .map(|(id, entry)| (*id, entry.clone()))
            .collect();
        let next = next.weighed(&read);
        for change in follow(Some(before), &next, &read)? {
            match change {
                EntryChange::Write(entry) => _ = self.entries.insert(entry.variant_id, entry),
                EntryChange::Delete(id) => assert!(self.entries.remove(&id).is_some()),
                EntryChange::Keep(id) => assert!(read.contains_key(&id)),
            }
        }
        self.products[at] = next;
        Ok(())
    }

    fn set(&mut self, (of, number): (u8, u8), details: VariantDetails) -> Result<(), BundleError> {
        match self.products[usize::from(of)].with_variant(sku(of, number), details, now()) {
            Ok(Some(next)) => self.write(&next),
            Ok(None) | Err(_) => Ok(()),
        }
    }

    fn remove(&mut self, (of, number): (u8, u8)) -> Result<(), BundleError> {
        match self.products[usize::from(of)].without_variant(&sku(of, number), now()) {
            Ok(next) => self.write(&next),
            Err(_) => Ok(()),
        }
    }

    fn variants(&self) -> impl Iterator<Item = &Variant> {
        self.products.iter().flat_map(|product| &product.variants)
    }

    fn variant(&self, which: (u8, u8)) -> &Variant {
        self.variants().find(|variant| variant.id == id(which)).unwrap()
    }
}

#[test]
fn components_are_bounded_and_distinct() {
    let component = |number: u8, quantity: u32| Component { variant_id: id((0, number)), quantity };
    assert_eq!(Components::parse(vec![component(0, 1), component(1, 0)]), Err(ComponentsError::Quantity(1)));
    assert_eq!(Components::parse(vec![component(0, 1_001)]), Err(ComponentsError::Quantity(0)));
    assert_eq!(Components::parse(vec![component(0, 1), component(0, 2)]), Err(ComponentsError::Repeated(1)));
    assert_eq!(Components::parse((0..21).map(|number| component(number, 1)).collect()), Err(ComponentsError::TooMany));
    assert!(Components::parse(Vec::new()).unwrap().is_empty());
}

#[test]
fn a_bundle_has_existing_components_that_are_no_bundles() {
    let mut shop = Shop::new();
    let bundle = details(0, None, &[((0, 0), 6)]);
    assert_eq!(shop.set((1, 0), bundle.clone()), Err(BundleError::UnknownComponent(id((0, 0)))));
    shop.set((0, 0), details(0, Some(250), &[])).unwrap();
    shop.set((1, 0), bundle.clone()).unwrap();
    // Neither a bundle of the bundle, nor a bundle in its component, nor of itself.
    assert_eq!(shop.set((2, 0), details(0, None, &[((1, 0), 2)])), Err(BundleError::NestedComponent(id((1, 0)))));
    shop.set((2, 1), details(1, None, &[])).unwrap();
    assert_eq!(shop.set((0, 0), details(0, None, &[((2, 1), 2)])), Err(BundleError::IsComponent(id((1, 0)))));
    let own = product(1).with_variant(sku(1, 0), details(0, None, &[((1, 0), 2)]), now());
    assert_eq!(own, Err(ProductError::OwnComponent));
    // A component is not removed before the bundle.
    assert_eq!(shop.remove((0, 0)), Err(BundleError::InBundle(id((1, 0)))));
    shop.remove((1, 0)).unwrap();
    shop.remove((0, 0)).unwrap();
    assert_eq!(shop.entries.keys().copied().collect::<Vec<_>>(), [id((2, 1))]);
}

#[test]
fn a_component_is_in_a_bounded_number_of_bundles() {
    let mut shop = Shop::new();
    shop.set((0, 0), details(0, Some(1), &[])).unwrap();
    let entry = shop.entries.get_mut(&id((0, 0))).unwrap();
    entry.bundles = (1_000..).take(MAX_BUNDLES).map(|number| VariantId::new(Uuid::from_u128(number))).collect();
    let refused = shop.set((1, 0), details(0, None, &[((0, 0), 1)]));
    assert_eq!(refused, Err(BundleError::TooManyBundles(id((0, 0)))));
}

#[test]
fn a_bundle_weighs_what_its_components_weigh_unless_it_has_a_weight_of_its_own() {
    let mut shop = Shop::new();
    shop.set((0, 0), details(0, Some(250), &[])).unwrap();
    shop.set((0, 1), details(1, None, &[])).unwrap();
    let components = [((0, 0), 6), ((0, 1), 1)];
    shop.set((1, 0), details(0, None, &components)).unwrap();
    assert_eq!(shop.variant((1, 0)).weight_grams(), None, "that of a component is unknown");
    shop.set((0, 1), details(1, Some(50), &[])).unwrap();
    shop.products[1] = shop.products[1].weighed(&shop.entries);
    assert_eq!(shop.variant((1, 0)).snapshot().weight_grams, Some(1_550));
    shop.set((1, 0), details(0, Some(1_600), &components)).unwrap();
    assert_eq!(shop.variant((1, 0)).weight_grams(), Some(1_600));
    shop.set((1, 0), details(0, None, &components[..1])).unwrap();
    assert_eq!(shop.variant((1, 0)).weight_grams(), Some(1_500));
    shop.set((1, 0), details(0, None, &[])).unwrap();
    assert_eq!(shop.variant((1, 0)).weight_grams(), None);
    let heavy: Vec<_> = (0..VARIANTS).map(|number| ((2, number), 1_000)).collect();
    for (which, _) in &heavy {
        shop.set(*which, details(which.1, Some(10_000_000), &[])).unwrap();
    }
    shop.set((1, 0), details(0, None, &heavy)).unwrap();
    assert_eq!(shop.variant((1, 0)).weight_grams(), Some(u32::MAX));
}

#[test]
fn a_product_may_bring_a_bundle_together_with_its_component() {
    let mut shop = Shop::new();
    let bundle = shop.products[0].with_variant(sku(0, 0), details(0, None, &[((0, 1), 6)]), now()).unwrap().unwrap();
    let both = bundle.with_variant(sku(0, 1), details(1, Some(9), &[]), now()).unwrap().unwrap();
    assert_eq!(shop.write(&bundle), Err(BundleError::UnknownComponent(id((0, 1)))));
    shop.write(&both).unwrap();
    assert!(shop.entries[&id((0, 1))].bundles.contains(&id((0, 0))));
    // And lose both at once.
    let neither = both.without_variant(&sku(0, 1), now()).unwrap().without_variant(&sku(0, 0), now()).unwrap();
    shop.write(&neither).unwrap();
    assert!(shop.entries.is_empty());
}

proptest! {
    #[test]
    fn entries_follow_every_change_and_no_bundle_is_in_a_bundle(
        steps in prop::collection::vec(
            ((0..PRODUCTS, 0..VARIANTS), any::<bool>(), prop::option::of(1..9_u32),
             prop::collection::btree_map((0..PRODUCTS, 0..VARIANTS), 1..5_u32, 0..3)),
            0..40,
        ),
    ) {
        let mut shop = Shop::new();
        for (which, removes, weight, components) in steps {
            let components: Vec<_> = components.into_iter().collect();
            let before = shop.clone();
            let done = if removes { shop.remove(which) } else { shop.set(which, details(which.1, weight, &components)) };
            if done.is_err() {
                prop_assert_eq!(&shop.products, &before.products);
                prop_assert_eq!(&shop.entries, &before.entries);
            }
            let ids: BTreeSet<_> = shop.variants().map(|variant| variant.id).collect();
            prop_assert_eq!(&ids, &shop.entries.keys().copied().collect::<BTreeSet<_>>());
            for variant in shop.variants() {
                let entry = &shop.entries[&variant.id];
                prop_assert_eq!((entry.is_bundle, &entry.sku), (variant.is_bundle(), &variant.sku));
                prop_assert!(!variant.is_bundle() || entry.bundles.is_empty());
                let bundles: BTreeSet<_> =
                    shop.variants().filter(|other| other.details.components.contains(variant.id)).map(|other| other.id).collect();
                prop_assert_eq!(&entry.bundles, &bundles);
                for component in variant.details.components.variants() {
                    prop_assert!(ids.contains(&component) && !shop.entries[&component].is_bundle);
                }
            }
        }
    }
}
