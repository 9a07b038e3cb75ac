//! The tree of categories.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::names::Slug;

/// Maximum number of categories. The tree is one item; with slugs of 100 characters it has about 250 kB.
pub const MAX_CATEGORIES: usize = 1_000;
/// Maximum number of levels.
pub const MAX_LEVELS: usize = 5;

/// Which category is below which one: each slug with that of its parent, if it has one. The tree is one item, so changes of
/// it happen one after the other, and no two of them can make a circle together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CategoryTree {
    parents: BTreeMap<Slug, Option<Slug>>,
}

/// Reason why a change of the tree is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeError {
    /// There is no category with the parent's slug.
    NoSuchParent,
    /// The category would be below itself.
    Circle,
    /// The tree would have too many levels.
    TooDeep,
    /// There are too many categories.
    TooMany,
    /// Other categories are below it.
    HasChildren,
}

impl CategoryTree {
    /// Returns the tree with a category below a parent, or at the top; `None` if it is there already.
    pub fn with(&self, slug: &Slug, parent: Option<&Slug>) -> Result<Option<Self>, TreeError> {
        if self.parents.get(slug).is_some_and(|current| current.as_ref() == parent) {
            return Ok(None);
        }
        if !self.parents.contains_key(slug) && self.parents.len() >= MAX_CATEGORIES {
            return Err(TreeError::TooMany);
        }
        if let Some(parent) = parent {
            if slug == parent || self.is_below(parent, slug) {
                return Err(TreeError::Circle);
            }
            if !self.parents.contains_key(parent) {
                return Err(TreeError::NoSuchParent);
            }
        }
        let above = parent.map_or(0, |parent| self.level(parent));
        if above + self.height(slug) > MAX_LEVELS {
            return Err(TreeError::TooDeep);
        }
        let mut next = self.clone();
        next.parents.insert(slug.clone(), parent.cloned());
        Ok(Some(next))
    }

    /// Returns the tree without a category; `None` if it is not there.
    pub fn without(&self, slug: &Slug) -> Result<Option<Self>, TreeError> {
        if self.children(slug).next().is_some() {
            return Err(TreeError::HasChildren);
        }
        let mut next = self.clone();
        Ok(next.parents.remove(slug).map(|_| next))
    }

    fn children<'a>(&'a self, slug: &'a Slug) -> impl Iterator<Item = &'a Slug> {
        self.parents.iter().filter(move |(_, parent)| parent.as_ref() == Some(slug)).map(|(child, _)| child)
    }

    /// The categories from this one up to the top. It ends even if a broken item has a circle.
    fn path<'a>(&'a self, slug: &'a Slug) -> impl Iterator<Item = &'a Slug> {
        let above = move |slug: &&'a Slug| self.parents.get(*slug).and_then(Option::as_ref);
        std::iter::successors(Some(slug), above).take(MAX_CATEGORIES)
    }

    fn is_below(&self, slug: &Slug, other: &Slug) -> bool {
        self.path(slug).any(|above| above == other)
    }

    /// The level of a category, from 1 at the top.
    fn level(&self, slug: &Slug) -> usize {
        self.path(slug).count()
    }

    /// The number of levels of a category with all that is below it: 1 without children.
    fn height(&self, slug: &Slug) -> usize {
        let own = if self.parents.contains_key(slug) { self.level(slug) - 1 } else { 0 };
        let below = self.parents.keys().filter(|other| self.is_below(other, slug));
        below.map(|other| self.level(other).saturating_sub(own)).max().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slug(number: u8) -> Slug {
        Slug::parse(&format!("c{number}")).unwrap()
    }

    fn tree(pairs: &[(u8, Option<u8>)]) -> CategoryTree {
        pairs.iter().fold(CategoryTree::default(), |tree, (child, parent)| {
            tree.with(&slug(*child), parent.map(slug).as_ref()).unwrap().unwrap()
        })
    }

    #[test]
    fn a_category_is_not_below_itself_nor_below_what_is_not_there() {
        let tree = tree(&[(1, None), (2, Some(1)), (3, Some(2))]);
        for below in [1, 2, 3] {
            assert_eq!(tree.with(&slug(1), Some(&slug(below))), Err(TreeError::Circle));
        }
        assert_eq!(tree.with(&slug(4), Some(&slug(9))), Err(TreeError::NoSuchParent));
        assert_eq!(tree.with(&slug(4), Some(&slug(4))), Err(TreeError::Circle));
        assert_eq!(tree.with(&slug(3), Some(&slug(2))), Ok(None));
        assert_eq!(tree.without(&slug(2)), Err(TreeError::HasChildren));
        assert_eq!(tree.without(&slug(9)), Ok(None));
    }

    #[test]
    fn a_subtree_moves_only_to_where_all_of_it_has_room() {
        let deep = tree(&[(1, None), (2, Some(1)), (3, Some(2)), (4, Some(3)), (5, Some(4)), (6, None), (7, Some(6))]);
        assert_eq!(deep.with(&slug(8), Some(&slug(5))), Err(TreeError::TooDeep));
        assert_eq!(deep.with(&slug(6), Some(&slug(4))), Err(TreeError::TooDeep));
        assert!(deep.with(&slug(6), Some(&slug(3))).is_ok());
        let full = CategoryTree {
            parents: (0..MAX_CATEGORIES).map(|number| (Slug::parse(&format!("f{number}")).unwrap(), None)).collect(),
        };
        assert_eq!(full.with(&slug(1), None), Err(TreeError::TooMany));
    }

    proptest! {
        #[test]
        fn whatever_is_moved_the_tree_has_no_circle_and_no_missing_parent(
            steps in prop::collection::vec((0..12_u8, prop::option::of(0..12_u8), 0..8_u8), 0..80),
        ) {
            let mut tree = CategoryTree::default();
            for (child, parent, kind) in steps {
                let changed = match kind {
                    0 => tree.without(&slug(child)),
                    _ => tree.with(&slug(child), parent.map(slug).as_ref()),
                };
                if let Ok(Some(next)) = changed {
                    tree = next;
                }
                for start in tree.parents.keys() {
                    let mut at = start;
                    let mut levels = 1;
                    while let Some(parent) = &tree.parents[at] {
                        prop_assert!(tree.parents.contains_key(parent), "{} is missing", parent);
                        at = parent;
                        levels += 1;
                        prop_assert!(levels <= MAX_LEVELS);
                    }
                }
            }
        }
    }
}
