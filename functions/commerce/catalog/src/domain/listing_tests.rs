//! However a product changes: the lists of categories, kept by the writes alone, have exactly what they should.

use jiff::Timestamp;
use proptest::prelude::*;
use types::{ProductId, Uuid};

use super::*;
use crate::domain::details::Details;
use crate::domain::options::Options;
use crate::domain::product::NewProduct;
use crate::domain::product::Status;

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn product() -> Product {
    let details = Details { title: "Shoe".to_owned(), description: None, attributes: BTreeMap::new() };
    let (options, categories) = (Options::default(), BTreeSet::new());
    let new = NewProduct { slug: slug("shoe"), details, options, categories, media: Vec::new() };
    Product::new(ProductId::new(Uuid::nil()), new, Vec::new(), Timestamp::UNIX_EPOCH).unwrap()
}

proptest! {
    #[test]
    fn lists_have_the_published_products_of_their_category(
        steps in prop::collection::vec((prop::collection::btree_set(0..6_u8, 0..6), 0..3_u8, 0..2_u8), 1..30),
    ) {
        let mut product = product();
        // What is stored: each entry with its version, under conditions like those of the table.
        let mut stored: BTreeMap<Slug, (CategoryEntry, u64)> = BTreeMap::new();
        for (categories, status, title) in steps {
            let mut next = product.clone();
            next.categories = categories.into_iter().map(|number| slug(&format!("c{number}"))).collect();
            next.status = [Status::Draft, Status::Published, Status::Archived][usize::from(status)];
            next.details.title = format!("Shoe {title}");
            let (next, writes) = follow(&product, next);
            for write in writes {
                match write {
                    ListingWrite::Create(entry) => {
                        prop_assert!(stored.insert(entry.category.clone(), (entry, 1)).is_none());
                    }
                    ListingWrite::Replace(entry, version) => {
                        let there = stored.get_mut(&entry.category).unwrap();
                        prop_assert_eq!(there.1, version);
                        *there = (entry, version + 1);
                    }
                    ListingWrite::Delete(entry, version) => {
                        prop_assert_eq!(stored.remove(&entry.category), Some((entry, version)));
                    }
                }
            }
            product = next;
            let wanted = if product.is_published() { product.categories.clone() } else { BTreeSet::new() };
            prop_assert_eq!(stored.keys().cloned().collect::<BTreeSet<_>>(), wanted);
            for (entry, version) in stored.values() {
                prop_assert_eq!((&entry.title, product.listed[&entry.category]), (&product.details.title, *version));
            }
        }
    }
}
