//! Declarations: what a collection of documents can be searched, filtered and sorted by.

/// A collection of documents, declared in code.
#[derive(Debug, Clone, Copy)]
pub struct Collection {
    /// Its name in routes and keys.
    pub name: &'static str,
    /// The languages of its texts. They decide how letters are folded; each text may be in any of them.
    pub languages: &'static [Language],
    /// The searched fields, at most [`MAX_FIELDS`].
    pub fields: &'static [Field],
    /// The facets of documents, at most [`MAX_FACETS`]. Options of variants need no declaration.
    pub facets: &'static [Facet],
}

/// Limits the searched fields of a collection: the rank of a field in a match takes four bits.
pub const MAX_FIELDS: usize = 16;

/// Limits the declared facets of a collection.
pub const MAX_FACETS: usize = 16;

/// A language whose letters are folded by rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Chinese: matched by pairs of characters.
    Chinese,
    /// English.
    English,
    /// Finnish: `å`, `ä` and `ö` are letters, unless a language of the collection folds them.
    Finnish,
    /// French.
    French,
    /// German: `ä`, `ö` and `ü` are also found as `ae`, `oe` and `ue`.
    German,
    /// Japanese: matched by pairs of characters.
    Japanese,
    /// Korean: matched by pairs of characters.
    Korean,
    /// Russian.
    Russian,
    /// Spanish.
    Spanish,
    /// Swedish: `å`, `ä` and `ö` are letters, unless a language of the collection folds them.
    Swedish,
    /// Turkish: `ı` and `İ` are found as `i`.
    Turkish,
}

/// A searched field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in documents and highlights.
    pub name: &'static str,
    /// The weight of a match in this field. A match in a field of more weight ranks first.
    pub weight: u16,
    /// Whether documents are suggested by this field: the name of a product, for example.
    pub suggested: bool,
    /// Whether responses have highlights of this field.
    pub highlighted: bool,
}

/// A facet of documents: a named set of values to filter by and to count.
#[derive(Debug, Clone, Copy)]
pub struct Facet {
    /// Its name in documents, filters and counts.
    pub name: &'static str,
    /// Whether its values are suggested: the names of categories, for example.
    pub suggested: bool,
}

impl Collection {
    /// The position of a declared facet.
    pub fn facet(&self, name: &str) -> Option<usize> {
        self.facets.iter().position(|facet| facet.name == name)
    }

    /// The position of a declared field.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}
