//! A model of the table: every event is projected as the consumer does it, and the items of any order and repetition of the same events
//! are compared.

use std::collections::BTreeMap;

use contracts::catalog::{
    BundleComponent, PriceChanged, PriceTier, ProductMedia, ProductSnapshot, VariantChanged, VariantSnapshot,
};
use contracts::orders::{AvailabilityChanged, StockAvailability};
use jiff::Timestamp;
use proptest::prelude::*;
use types::{CurrencyCode, MediaId, Uuid, VariantId};

use super::*;
use crate::domain::page::{MAX_SHOWN_COMPONENTS, shown_components};
use crate::domain::slug_page::Resolved;
use crate::domain::variant::VariantFacts;

/// The items of the table.
#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    states: BTreeMap<ProductId, ProductState>,
    slugs: BTreeMap<String, SlugPage>,
    cards: BTreeMap<(String, ProductId), CategoryCard>,
    variants: KnownVariants,
    routes: BTreeSet<(VariantId, ProductId)>,
}

#[derive(Debug, Clone)]
enum Event {
    Product(ProductNews),
    Variant(Box<VariantFacts>),
}

impl Model {
    fn after(events: impl IntoIterator<Item = Event>) -> Self {
        events.into_iter().fold(Self::default(), |mut model, event| {
            model.apply(&event);
            model
        })
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::Product(news) => {
                let components = news.product.as_ref().map(shown_components).unwrap_or_default();
                self.routes.extend(components.into_iter().map(|component| (component, news.product_id)));
                let known = self.states.get(&news.product_id).map(|state| state.variants.clone()).unwrap_or_default();
                self.build(news.product_id, Some(news));
                self.build(news.product_id, None);
                let next = self.states.get(&news.product_id).map(|state| state.variants.clone()).unwrap_or_default();
                let variants: BTreeSet<_> = known.into_iter().chain(next).collect();
                let routes = self.routes.iter().filter(|(component, _)| variants.contains(component));
                for product in routes.map(|(_, product)| *product).collect::<BTreeSet<_>>() {
                    self.build(product, None);
                }
            }
            Event::Variant(news) => {
                let facts = news.merged(self.variants.get(&news.variant_id));
                self.variants.insert(news.variant_id, facts.clone());
                let routes = self.routes.iter().filter(|(component, _)| *component == news.variant_id);
                let products: BTreeSet<_> = routes.map(|(_, product)| *product).chain(facts.product_id).collect();
                for product in products {
                    self.build(product, None);
                }
            }
        }
    }

    fn build(&mut self, product: ProductId, news: Option<&ProductNews>) {
        let state = self.states.get(&product).cloned().unwrap_or_else(|| ProductState::nothing(product));
        if news.is_none() && !state.is_published {
            return;
        }
        let slugs = slugs(&state, news).into_iter();
        let slugs = slugs.filter_map(|slug| Some((slug.clone(), self.slugs.get(&slug)?.clone()))).collect();
        let published = self.states.values().filter(|state| state.is_published).map(|state| state.product_id).collect();
        let before = Before { state, slugs, variants: self.variants.clone(), published };
        let After { state, slugs, cards } = project(&before, news);
        self.states.insert(product, state);
        self.slugs.extend(slugs.into_iter().filter(|(_, page)| !page.holders.is_empty()));
        for (category, card) in cards {
            match card {
                Some(card) => self.cards.insert((category, product), card),
                None => self.cards.remove(&(category, product)),
            };
        }
    }
}

fn product(number: u128) -> ProductId {
    ProductId::new(Uuid::from_u128(number))
}

fn variant(number: u128) -> VariantId {
    VariantId::new(Uuid::from_u128(100 + number))
}

fn at(second: u64) -> Timestamp {
    Timestamp::from_second(i64::try_from(second).unwrap()).unwrap()
}

fn snapshot(slug: &str, variants: Vec<VariantSnapshot>, categories: &[&str]) -> ProductSnapshot {
    ProductSnapshot {
        slug: slug.to_owned(),
        title: slug.to_uppercase(),
        description: None,
        attributes: BTreeMap::new(),
        categories: categories.iter().map(|category| (*category).to_owned()).collect(),
        variants,
        media: vec![ProductMedia {
            media_id: MediaId::new(Uuid::from_u128(7)),
            alt: None,
            path: Some("p/".to_owned()),
        }],
    }
}

fn sold(number: u128, components: &[u128]) -> VariantSnapshot {
    let component = |number: &u128| BundleComponent { variant_id: variant(*number), quantity: 2 };
    VariantSnapshot {
        variant_id: variant(number),
        sku: format!("S{number}"),
        barcode: None,
        weight_grams: None,
        choices: BTreeMap::new(),
        tax_class: None,
        components: components.iter().map(component).collect(),
    }
}

/// Revision `revision` of a product. Products take over slugs of each other, move between categories, are archived and published
/// again, and gain and lose a bundle.
fn revision(number: u128, revision: u64) -> Event {
    let time = revision * 10 + u64::try_from(number).unwrap();
    let slugs = ["a", "b", "c"];
    let slug = slugs[usize::try_from(revision + u64::try_from(number).unwrap()).unwrap() % slugs.len()];
    let bundle = if revision.is_multiple_of(2) { vec![sold(number + 10, &[3 - number])] } else { Vec::new() };
    let categories: &[&str] = if revision.is_multiple_of(3) { &["shoes"] } else { &["shoes", "sale"] };
    let variants = [vec![sold(number, &[])], bundle].concat();
    let product_of = (revision % 4 != 3).then(|| snapshot(slug, variants, categories));
    Event::Product(ProductNews { product_id: product(number), revision, at: at(time), product: product_of })
}

fn change(number: u128, kind: u64, revision: u64) -> Event {
    let (variant_id, product_id) = (variant(number), product(number));
    let at = at(revision * 7 + kind);
    let facts = match kind {
        0 => {
            let availability = [StockAvailability::InStock, StockAvailability::OutOfStock, StockAvailability::LowStock];
            let availability = availability[usize::try_from(revision % 3).unwrap()];
            VariantFacts::of_stock(&AvailabilityChanged { variant_id, product_id, availability, revision }, at)
        }
        1 => {
            let variant = Some(sold(number, &[]));
            VariantFacts::of_variant(VariantChanged { variant_id, product_id, revision, variant }, at)
        }
        _ => {
            let amount_minor = i64::try_from(revision * 100).unwrap();
            let fact = PriceChanged {
                variant_id,
                sku: "S".to_owned(),
                price_list: if kind == 2 { "eur" } else { "eur-sale" }.to_owned(),
                currency: CurrencyCode::parse("EUR").unwrap(),
                tiers: (!revision.is_multiple_of(3)).then(|| vec![PriceTier { min_quantity: 1, amount_minor }]),
                revision,
            };
            VariantFacts::of_price(fact, at)
        }
    };
    Event::Variant(Box::new(facts))
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let products = (1..3_u128, 1..9_u64).prop_map(|(number, of)| revision(number, of));
    let variants = (1..3_u128, 0..4_u64, 1..6_u64).prop_map(|(number, kind, of)| change(number, kind, of));
    // What routes the events of variants is among them, as the catalog publishes it.
    let routes = [change(1, 1, 1), change(2, 1, 1)];
    prop::collection::vec(prop_oneof![products, variants], 1..30)
        .prop_map(move |events| [routes.to_vec(), events].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_order_and_repetition_of_events_gives_the_same_items(
        (events, shuffled) in events().prop_flat_map(|events| {
            let repeated = [events.clone(), events.clone()].concat();
            (Just(events), Just(repeated).prop_shuffle())
        }),
    ) {
        let (once, repeated) = (Model::after(events), Model::after(shuffled));
        prop_assert_eq!(serde_json::to_string(&once.slugs).unwrap(), serde_json::to_string(&repeated.slugs).unwrap());
        prop_assert_eq!(once, repeated);
    }

    #[test]
    fn a_repeated_event_changes_nothing(events in events()) {
        let before = Model::after(events.clone());
        let mut after = before.clone();
        for event in &events {
            after.apply(event);
        }
        prop_assert_eq!(before, after);
    }

    #[test]
    fn pages_and_cards_are_those_of_published_products(events in events()) {
        let model = Model::after(events);
        for (id, state) in &model.states {
            let pages: Vec<_> = model.slugs.values().filter(|slug| slug.page_of(*id).is_some()).collect();
            prop_assert_eq!(pages.len(), usize::from(state.is_published));
            let cards = model.cards.keys().filter(|(_, product)| product == id);
            let categories: BTreeSet<_> = cards.map(|(category, _)| category.clone()).collect();
            prop_assert_eq!(&categories, &state.categories);
            prop_assert_eq!(state.card.is_some(), state.is_published);
        }
    }
}

#[test]
fn an_earlier_slug_leads_to_the_product_until_another_one_has_it() {
    let of = |number, revision, time, slug: &str| {
        let product_of = Some(snapshot(slug, vec![sold(number, &[])], &[]));
        Event::Product(ProductNews { product_id: product(number), revision, at: at(time), product: product_of })
    };
    let moved = vec![of(1, 1, 1, "shoe"), of(1, 2, 2, "boot")];
    let resolve = |events: &[Event]| Model::after(events.to_vec()).slugs["shoe"].clone().resolve();
    assert_eq!(resolve(&moved), Resolved::Earlier(product(1)));
    let taken = [moved, vec![of(2, 1, 3, "shoe")]].concat();
    assert!(matches!(resolve(&taken), Resolved::Page(id, _) if id == product(2)));
    let left = [taken, vec![of(2, 2, 4, "sandal")]].concat();
    assert_eq!(resolve(&left), Resolved::Earlier(product(2)));
}

#[test]
fn a_bundle_is_as_available_as_its_scarcest_component() {
    let bundle = snapshot("set", vec![sold(9, &[1, 2])], &["shoes"]);
    let news = ProductNews { product_id: product(9), revision: 1, at: at(1), product: Some(bundle) };
    // Revisions of the stock: 3 is in stock, 4 is out of stock.
    let events = vec![change(1, 0, 3), change(2, 0, 3), Event::Product(news), change(2, 1, 1), change(2, 0, 4)];
    let availability = |events: &[Event]| {
        let model = Model::after(events.to_vec());
        model.slugs["set"].page_of(product(9)).unwrap().sales[0].availability
    };
    assert_eq!(availability(&events[..3]), Some(StockAvailability::InStock));
    assert_eq!(availability(&events), Some(StockAvailability::OutOfStock));
    let model = Model::after(events);
    assert_eq!(model.cards[&("shoes".to_owned(), product(9))].card.availability, Some(StockAvailability::OutOfStock));
}

#[test]
fn a_bundle_names_the_products_of_its_components_while_they_are_published() {
    let of = |number, revision, snapshot| {
        Event::Product(ProductNews { product_id: product(number), revision, at: at(revision), product: snapshot })
    };
    let bundle = of(9, 1, Some(snapshot("set", vec![sold(9, &[2])], &[])));
    let component = of(2, 1, Some(snapshot("glass", vec![sold(2, &[])], &[])));
    let named = |events: &[&Event]| {
        let model = Model::after(events.iter().map(|event| (*event).clone()));
        let component = model.slugs["set"].page_of(product(9)).unwrap().components[&variant(2)].clone();
        component.product_id.zip(component.sku)
    };
    let (facts, archived) = (change(2, 1, 1), of(2, 2, None));
    assert_eq!(named(&[&facts, &bundle]), None, "a draft");
    let shown = Some((product(2), "S2".to_owned()));
    assert_eq!(named(&[&facts, &bundle, &component]), shown);
    assert_eq!(named(&[&component, &bundle, &facts]), shown);
    assert_eq!(named(&[&component, &facts, &bundle, &archived]), None);
}

#[test]
fn the_number_of_components_whose_facts_are_read_is_bounded() {
    let components: Vec<u128> = (1_000..1_200).collect();
    let bundles = components.chunks(20).enumerate();
    let variants = bundles.map(|(at, components)| sold(u128::try_from(at).unwrap(), components)).collect();
    assert_eq!(shown_components(&snapshot("sets", variants, &[])).len(), MAX_SHOWN_COMPONENTS);
}
