//! The collections that can be searched, declared in code.
//!
//! A collection needs a [`Declaration`], a [`Kind`], and a file beside this one that turns its documents into those of the engine.

use search_engine::{Collection, Facet, Field, Language, Sort};

/// Name of the collection of products.
pub const PRODUCTS_NAME: &str = "products";
/// Name of the collection of species.
pub const SPECIES_NAME: &str = "species";
/// Name of the collection of care guides.
pub const GUIDES_NAME: &str = "guides";

/// Facet of a product's categories, by slug, with all categories above them.
pub const CATEGORY: &str = "category";
/// Facet of the titles of the same categories. They are suggested.
pub const CATEGORY_TITLE: &str = "categoryTitle";
/// Facet of the attribute `brand`.
pub const BRAND: &str = "brand";
/// Facet of all attributes, as `name=value`.
pub const ATTRIBUTE: &str = "attribute";
/// Facet of the kind of a species.
pub const KIND: &str = "kind";
/// Facet of the water of a species.
pub const WATER: &str = "water";
/// Facet and field of the family of a species.
pub const FAMILY: &str = "family";
/// Facet of the language of a guide.
pub const LANGUAGE: &str = "language";
/// Facet and field of the species that a guide is about: their IDs, and the words of these.
pub const SPECIES_ID: &str = "species";

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
/// Field of the accepted scientific name of a species.
pub const SCIENTIFIC_NAME: &str = "scientificName";
/// Field of the primary common name of a species in each language.
pub const NAME: &str = "name";
/// Field of the other common names of a species.
pub const OTHER_NAMES: &str = "otherNames";
/// Field of the other scientific names of a species.
pub const SYNONYMS: &str = "synonyms";
/// Field of the summary of a guide.
pub const SUMMARY: &str = "summary";

/// The languages whose letters are folded by rules of their own. Texts of all collections may be in any language.
const LANGUAGES: &[Language] = &[
    Language::English,
    Language::German,
    Language::French,
    Language::Spanish,
    Language::Turkish,
    Language::Russian,
    Language::Chinese,
    Language::Japanese,
    Language::Korean,
];

/// A collection: what the engine indexes, and what requests can ask of it.
#[derive(Debug)]
pub struct Declaration {
    /// Name, fields with weights, facets and languages. An index fits one of these only: a change of it requires a build.
    pub indexed: Collection,
    /// What its documents are.
    pub kind: Kind,
    /// Who may search it.
    pub visibility: Visibility,
    /// True if its documents have variants with options, prices and stock.
    pub has_offers: bool,
    /// The orders of hits that make sense for it.
    pub sorts: &'static [Sort],
}

/// What the documents of a collection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Products.
    Products,
    /// Species.
    Species,
    /// Care guides.
    Guides,
}

/// Who may search a collection. Endpoints match on it, so another value does not compile before they handle it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody, without a token.
    Public,
}

impl Declaration {
    /// Its name in routes and keys.
    pub const fn name(&self) -> &'static str {
        self.indexed.name
    }
}

/// The published products of the catalog. Everybody may search them.
pub static PRODUCTS: Declaration = Declaration {
    indexed: Collection {
        name: PRODUCTS_NAME,
        languages: LANGUAGES,
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
    },
    kind: Kind::Products,
    visibility: Visibility::Public,
    has_offers: true,
    sorts: &[Sort::Relevance, Sort::PriceAscending, Sort::PriceDescending, Sort::Newest],
};

/// The species of the aquarium pack. Everybody may search them.
pub static SPECIES: Declaration = Declaration {
    indexed: Collection {
        name: SPECIES_NAME,
        languages: LANGUAGES,
        fields: &[
            Field { name: SCIENTIFIC_NAME, weight: 100, suggested: true, highlighted: true },
            Field { name: NAME, weight: 90, suggested: true, highlighted: true },
            Field { name: OTHER_NAMES, weight: 80, suggested: true, highlighted: true },
            Field { name: SYNONYMS, weight: 70, suggested: false, highlighted: true },
            Field { name: FAMILY, weight: 30, suggested: false, highlighted: true },
        ],
        facets: &[
            Facet { name: KIND, suggested: false },
            Facet { name: WATER, suggested: false },
            Facet { name: FAMILY, suggested: true },
        ],
    },
    kind: Kind::Species,
    visibility: Visibility::Public,
    has_offers: false,
    sorts: &[Sort::Relevance],
};

/// The published care guides of the aquarium pack. Everybody may search them.
pub static GUIDES: Declaration = Declaration {
    indexed: Collection {
        name: GUIDES_NAME,
        languages: LANGUAGES,
        fields: &[
            Field { name: TITLE, weight: 100, suggested: true, highlighted: true },
            Field { name: SPECIES_ID, weight: 60, suggested: false, highlighted: false },
            Field { name: SUMMARY, weight: 30, suggested: false, highlighted: true },
        ],
        facets: &[Facet { name: LANGUAGE, suggested: false }, Facet { name: SPECIES_ID, suggested: false }],
    },
    kind: Kind::Guides,
    visibility: Visibility::Public,
    has_offers: false,
    sorts: &[Sort::Relevance, Sort::Newest],
};

/// All collections.
pub static ALL: [&Declaration; 3] = [&PRODUCTS, &SPECIES, &GUIDES];

/// Returns the collection with a name.
pub fn find(name: &str) -> Option<&'static Declaration> {
    ALL.into_iter().find(|declaration| declaration.name() == name)
}

/// Something that a function has of each collection.
#[derive(Debug)]
pub struct PerCollection<T> {
    products: T,
    species: T,
    guides: T,
}

impl<T> PerCollection<T> {
    /// Makes one for each collection.
    pub fn new(make: impl Fn(&'static Declaration) -> T) -> Self {
        Self { products: make(&PRODUCTS), species: make(&SPECIES), guides: make(&GUIDES) }
    }

    /// Those of all collections.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        [&self.products, &self.species, &self.guides].into_iter()
    }

    /// The one of a collection.
    pub const fn of(&self, declaration: &Declaration) -> &T {
        match declaration.kind {
            Kind::Products => &self.products,
            Kind::Species => &self.species,
            Kind::Guides => &self.guides,
        }
    }
}

#[cfg(test)]
mod tests {
    use search_engine::{MAX_FACETS, MAX_FIELDS};

    use super::*;

    #[test]
    fn each_collection_is_found_by_its_name_and_keeps_to_the_limits_of_the_engine() {
        let of_each = PerCollection::new(Declaration::name);
        for declaration in ALL {
            assert_eq!(find(declaration.name()).map(Declaration::name), Some(declaration.name()));
            assert_eq!(*of_each.of(declaration), declaration.name());
            let Collection { fields, facets, .. } = declaration.indexed;
            assert!(fields.len() <= MAX_FIELDS && facets.len() <= MAX_FACETS, "{}", declaration.name());
            assert_eq!(declaration.sorts.first(), Some(&Sort::Relevance), "{}", declaration.name());
        }
        assert!(find("secrets").is_none());
    }
}
