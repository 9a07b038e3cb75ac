//! What the file of results says of a row that was refused.

use kit::http::Problem;
use kit::jobs::RowError;

use crate::domain::import::RowRefusal;
use crate::domain::product::ProductError;
use crate::problem::Refusal;

/// Returns the error of a row. Rules and remedies are those of the API's problems.
pub fn row_error(refusal: RowRefusal) -> RowError {
    let own =
        |field: &str, rule: String, remedy: &str| RowError { field: field.to_owned(), rule, remedy: remedy.to_owned() };
    match refusal {
        RowRefusal::TitleMissing => own(
            "title",
            "is required for a new product".to_owned(),
            "Write a title, or the slug or ID of an existing product.",
        ),
        RowRefusal::BackToDraft => own(
            "status",
            "must not be draft for a product that was published or archived".to_owned(),
            "Write published or archived, or leave it out.",
        ),
        RowRefusal::UnknownPriceList(at, list) => own(
            &format!("variants[{at}].prices.{list}"),
            format!("must be the price of an existing list: there is no list `{list}`"),
            "Create the list with PUT /v1/commerce/price-lists/{code}, or remove its prices.",
        ),
        RowRefusal::TooManyChanges(writes) => own(
            "variants",
            format!("must not change more than one transaction holds: the row needs {writes} writes, of 100"),
            "Spread the variants over several rows with the same slug.",
        ),
        RowRefusal::TooLargeAtOnce => own(
            "variants",
            "must not change so many large variants at once".to_owned(),
            "Spread the variants over several rows with the same slug.",
        ),
        RowRefusal::Contended => {
            own("", "was changed by others at the same time, again and again".to_owned(), "Import the row again.")
        }
        RowRefusal::Product(error) => of(product_field(&error), Refusal::Product(error)),
        RowRefusal::Variant(at, error) => {
            of(&format!("variants[{at}].{}", product_field(&error)), Refusal::Product(error))
        }
        RowRefusal::SlugTaken => of("slug", Refusal::SlugTaken),
        RowRefusal::SkuTaken(at) => of(&format!("variants[{at}].sku"), Refusal::SkuTaken),
        RowRefusal::UnknownCategory(slug) => of("categories", Refusal::UnknownCategory(slug)),
        RowRefusal::MediaNotPublished(id) => of("media", Refusal::MediaNotPublished(id)),
        RowRefusal::Bundle(error) => of("components", Refusal::Bundle(error)),
    }
}

fn product_field(error: &ProductError) -> &'static str {
    match error {
        ProductError::Choices(_) | ProductError::SameChoices(_) => "choices",
        ProductError::OptionsInUse(..) => "options",
        ProductError::OwnComponent => "components",
        ProductError::TooManyVariants => "variants",
        ProductError::NoVariants | ProductError::LastVariant => "status",
        ProductError::TooLarge => "",
        ProductError::NoSuchVariant => "sku",
    }
}

/// The error that the API would answer with: its detail is the rule and, after the first sentence, the remedy.
fn of(field: &str, refusal: Refusal) -> RowError {
    let problem = Problem::from(refusal);
    let detail = problem.detail().unwrap_or_default();
    let (rule, remedy) = detail.split_once(". ").unwrap_or((detail, "Correct the row and import it again."));
    let rule = rule.trim_end_matches('.').to_owned();
    RowError { field: field.to_owned(), rule, remedy: remedy.to_owned() }
}

#[cfg(test)]
mod tests {
    use types::{MediaId, Uuid};

    use super::*;
    use crate::domain::names::{Sku, Slug};

    #[test]
    fn every_refusal_has_a_rule_and_a_remedy() {
        let slug = Slug::parse("shoes").unwrap();
        let sku = Sku::parse("A").unwrap();
        for refusal in [
            RowRefusal::TitleMissing,
            RowRefusal::BackToDraft,
            RowRefusal::UnknownPriceList(2, slug.clone()),
            RowRefusal::TooManyChanges(120),
            RowRefusal::TooLargeAtOnce,
            RowRefusal::Contended,
            RowRefusal::Product(ProductError::TooLarge),
            RowRefusal::Product(ProductError::TooManyVariants),
            RowRefusal::Product(ProductError::NoVariants),
            RowRefusal::Variant(1, ProductError::SameChoices(sku)),
            RowRefusal::Variant(1, ProductError::OwnComponent),
            RowRefusal::SlugTaken,
            RowRefusal::SkuTaken(3),
            RowRefusal::UnknownCategory(slug),
            RowRefusal::MediaNotPublished(MediaId::new(Uuid::nil())),
        ] {
            let RowError { rule, remedy, .. } = row_error(refusal.clone());
            assert!(!rule.is_empty() && !rule.ends_with('.'), "{refusal:?}: {rule}");
            assert!(remedy.ends_with('.') && remedy.starts_with(char::is_uppercase), "{refusal:?}: {remedy}");
        }
        assert_eq!(row_error(RowRefusal::SkuTaken(3)).field, "variants[3].sku");
    }
}
