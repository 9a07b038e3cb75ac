//! The collections that can be searched, declared in code.

use search_engine::{Collection, Facet, Field, Language};

/// Name of the collection of products.
pub const PRODUCTS_NAME: &str = "products";

/// Facet of a product's categories, by slug, with all categories above them.
pub const CATEGORY: &str = "category";
/// Facet of the titles of the same categories. They are suggested.
pub const CATEGORY_TITLE: &str = "categoryTitle";
/// Facet of the attribute `brand`.
pub const BRAND: &str = "brand";
/// Facet of all attributes, as `name=value`.
pub const ATTRIBUTE: &str = "attribute";

/// Field of the title.
pub const TITLE: &str = "title";
/// Field of SKUs and barcodes.
pub const CODES: &str = "codes";
/// Field of the titles of categories.
pub const CATEGORIES: &str = "categories";
/// Field of the values of attributes and options.
pub const ATTRIBUTES: &str = "attributes";
/// Field of the description.
pub const DESCRIPTION: &str = "description";

/// The published products of the catalog. Everybody may search them.
pub static PRODUCTS: Collection = Collection {
    name: PRODUCTS_NAME,
    languages: &[
        Language::English,
        Language::German,
        Language::French,
        Language::Spanish,
        Language::Turkish,
        Language::Russian,
        Language::Chinese,
        Language::Japanese,
        Language::Korean,
    ],
    fields: &[
        Field { name: TITLE, weight: 100, suggested: true, highlighted: true },
        Field { name: CODES, weight: 90, suggested: false, highlighted: false },
        Field { name: BRAND, weight: 60, suggested: false, highlighted: false },
        Field { name: CATEGORIES, weight: 50, suggested: false, highlighted: false },
        Field { name: ATTRIBUTES, weight: 30, suggested: false, highlighted: false },
        Field { name: DESCRIPTION, weight: 10, suggested: false, highlighted: true },
    ],
    facets: &[
        Facet { name: CATEGORY, suggested: false },
        Facet { name: CATEGORY_TITLE, suggested: true },
        Facet { name: BRAND, suggested: true },
        Facet { name: ATTRIBUTE, suggested: false },
    ],
};

/// Returns the collection with a name.
pub fn find(name: &str) -> Option<&'static Collection> {
    (name == PRODUCTS_NAME).then_some(&PRODUCTS)
}
