//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::{IdempotencyKey, Problem};
use types::MediaId;

use crate::domain::bundle::{BundleError, MAX_BUNDLES};
use crate::domain::names::{Sku, Slug};
use crate::domain::price_list::{MAX_PRICE_LISTS, PriceListError};
use crate::domain::product::{MAX_PRODUCT_BYTES, MAX_VARIANTS, ProductError};
use crate::domain::tree::{MAX_CATEGORIES, MAX_LEVELS, TreeError};

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No product has this ID or slug, or the public may not see it.
    NoSuchProduct,
    /// The `Idempotency-Key` was used with a different request.
    KeyReused,
    /// Another product has the slug.
    SlugTaken,
    /// Another product has a variant with the SKU.
    SkuTaken,
    /// The change of the product is not allowed.
    Product(ProductError),
    /// No category has this slug.
    NoSuchCategory,
    /// A product is to be in a category that does not exist.
    UnknownCategory(Slug),
    /// No price list has this code.
    NoSuchPriceList,
    /// A product has no variant with this SKU.
    UnknownVariant(Sku),
    /// No price list that applies has a price.
    NoPrice,
    /// The change of the price lists is not allowed.
    PriceLists(PriceListError),
    /// The change of the tree is not allowed.
    Tree(TreeError),
    /// The change of bundles is not allowed.
    Bundle(BundleError),
    /// The caller has no import with this ID.
    NoSuchImport,
    /// The caller has no export with this ID.
    NoSuchExport,
    /// An earlier import of the caller is not finished.
    ImportRunning,
    /// An earlier export of the caller is not finished.
    ExportRunning,
    /// The caller has no published picture with this ID and the purpose `product`.
    MediaNotPublished(MediaId),
}

impl From<PriceListError> for Refusal {
    fn from(error: PriceListError) -> Self {
        Self::PriceLists(error)
    }
}

impl From<TreeError> for Refusal {
    fn from(error: TreeError) -> Self {
        Self::Tree(error)
    }
}

impl From<ProductError> for Refusal {
    fn from(error: ProductError) -> Self {
        Self::Product(error)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchProduct => Self::not_found("catalog.no_such_product")
                .with_detail("No product with this ID or slug exists or is published."),
            Refusal::KeyReused => IdempotencyKey::reused(),
            Refusal::SlugTaken => Self::new(StatusCode::CONFLICT, "catalog.slug_taken", "Slug taken").with_detail(
                "slug must be unique: another product uses it. Send another slug, or change the slug of that product first.",
            ),
            Refusal::SkuTaken => Self::new(StatusCode::CONFLICT, "catalog.sku_taken", "SKU taken").with_detail(
                "sku must be unique: another product has a variant with it. Use another SKU, or delete that variant first.",
            ),
            Refusal::Product(error) => of_product(error),
            Refusal::NoSuchCategory => {
                Self::not_found("catalog.no_such_category").with_detail("No category has this slug.")
            }
            Refusal::UnknownCategory(slug) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "catalog.unknown_category", "Unknown category").with_detail(
                    format!("categories must name existing categories: `{slug}` is none. Create it first, or remove it."),
                )
            }
            Refusal::NoSuchPriceList => Self::not_found("catalog.no_such_price_list")
                .with_detail("No price list has this code. Create it with PUT /v1/commerce/price-lists/{code}."),
            Refusal::UnknownVariant(sku) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "catalog.unknown_variant", "Unknown variant").with_detail(
                    format!("prices must name variants of their products: the product has no variant `{sku}`. Nothing was changed."),
                )
            }
            Refusal::NoPrice => Self::not_found("catalog.no_price")
                .with_detail("No price list that applies now has a price of this variant in the currency."),
            Refusal::PriceLists(error) => of_price_lists(error),
            Refusal::Tree(error) => of_tree(error),
            Refusal::Bundle(error) => of_bundle(error),
            Refusal::NoSuchImport => {
                Self::not_found("catalog.no_such_import").with_detail("You have no import with this ID.")
            }
            Refusal::NoSuchExport => {
                Self::not_found("catalog.no_such_export").with_detail("You have no export with this ID.")
            }
            Refusal::ImportRunning => Self::new(StatusCode::CONFLICT, "catalog.import_running", "Import running")
                .with_detail("An earlier import is not finished. Upload its file and wait for its end, or send a request with the same Idempotency-Key for a new form."),
            Refusal::ExportRunning => Self::new(StatusCode::CONFLICT, "catalog.export_running", "Export running")
                .with_detail("An earlier export is not finished. Wait for its end."),
            Refusal::MediaNotPublished(media_id) => {
                Self::new(StatusCode::CONFLICT, "catalog.media_not_published", "Picture not published").with_detail(
                    format!("media must name your published media items with the purpose product, or pictures that the product shows already: `{media_id}` is none. Upload it, wait until it is published, and send the request again."),
                )
            }
        }
    }
}

fn of_bundle(error: BundleError) -> Problem {
    let conflict = |code: &'static str, title: &'static str| Problem::new(StatusCode::CONFLICT, code, title);
    match error {
        BundleError::UnknownComponent(id) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "catalog.unknown_component", "Unknown component").with_detail(
                format!("components must name existing variants: `{id}` is none. Create it first, or remove it from the list."),
            )
        }
        BundleError::NestedComponent(id) => conflict("catalog.nested_bundle", "Bundle in a bundle").with_detail(format!(
            "components must not be bundles themselves: `{id}` is one. Send its components instead."
        )),
        BundleError::IsComponent(bundle) => conflict("catalog.nested_bundle", "Bundle in a bundle").with_detail(format!(
            "A component of a bundle cannot become a bundle: `{bundle}` has this variant as a component. Remove it there first."
        )),
        BundleError::TooManyBundles(id) => conflict("catalog.too_many_bundles", "Too many bundles").with_detail(format!(
            "A variant is a component of at most {MAX_BUNDLES} bundles: `{id}` is in as many. Remove it from one first."
        )),
        BundleError::InBundle(bundle) => conflict("catalog.variant_in_bundle", "Variant in a bundle").with_detail(format!(
            "A component of a bundle is not deleted: `{bundle}` has this variant as a component. Remove it there first."
        )),
    }
}

fn of_price_lists(error: PriceListError) -> Problem {
    let conflict = |code: &'static str, title: &'static str| Problem::new(StatusCode::CONFLICT, code, title);
    match error {
        PriceListError::TooMany => conflict("catalog.too_many_price_lists", "Too many price lists")
            .with_detail(format!("There are at most {MAX_PRICE_LISTS} price lists. Use an existing one.")),
        PriceListError::ScopeFixed => conflict("catalog.price_list_scope_fixed", "Scope of the price list is fixed")
            .with_detail("currency, region and customerGroup of a price list never change. Create another list."),
        PriceListError::Empty => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "catalog.price_list_empty", "Price list without duration")
                .with_detail("validUntil must be after validFrom. Send a later end.")
        }
        PriceListError::PastFixed => conflict("catalog.price_list_past_fixed", "Past of the price list is fixed")
            .with_detail("When a list applied in the past never changes. Send validFrom and validUntil that change nothing before now."),
    }
}

fn of_tree(error: TreeError) -> Problem {
    let conflict = |code: &'static str, title: &'static str| Problem::new(StatusCode::CONFLICT, code, title);
    match error {
        TreeError::NoSuchParent => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "catalog.unknown_parent", "Unknown parent")
                .with_detail("parent must be the slug of an existing category. Create that category first.")
        }
        TreeError::Circle => conflict("catalog.category_circle", "Category below itself").with_detail(
            "parent must not be the category itself nor a category below it. Send another parent, or move that category first.",
        ),
        TreeError::TooDeep => conflict("catalog.tree_too_deep", "Too many levels").with_detail(format!(
            "The tree has at most {MAX_LEVELS} levels, with all that is below the category. Send a higher parent."
        )),
        TreeError::TooMany => conflict("catalog.too_many_categories", "Too many categories")
            .with_detail(format!("There are at most {MAX_CATEGORIES} categories. Delete one first.")),
        TreeError::HasChildren => conflict("catalog.category_has_children", "Category has children")
            .with_detail("A category is deleted after all categories below it. Move or delete them first."),
    }
}

fn of_product(error: ProductError) -> Problem {
    let conflict = |code: &'static str, title: &'static str| Problem::new(StatusCode::CONFLICT, code, title);
    match error {
        ProductError::TooLarge => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "catalog.product_too_large", "Product too large").with_detail(
                format!("A product has at most {MAX_PRODUCT_BYTES} bytes. Shorten texts or remove attributes, options or variants."),
            )
        }
        ProductError::TooManyVariants => conflict("catalog.too_many_variants", "Too many variants")
            .with_detail(format!("A product has at most {MAX_VARIANTS} variants. Delete one first, or create another product.")),
        ProductError::Choices(error) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "catalog.choices_invalid", "Choices do not fit the options")
                .with_detail(format!("choices {error}."))
        }
        ProductError::SameChoices(sku) => conflict("catalog.choices_taken", "Variant exists").with_detail(format!(
            "choices must differ from those of every other variant: `{sku}` has the same. Change one of them."
        )),
        ProductError::OptionsInUse(sku, error) => conflict("catalog.options_in_use", "Options in use").with_detail(
            format!("options must fit every variant: with the new options, `{sku}` {error}. Change or delete the variant first."),
        ),
        ProductError::OwnComponent => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "catalog.own_component", "Bundle in itself").with_detail(
                "components must not contain the variant itself. Remove it from the list.",
            )
        }
        ProductError::NoSuchVariant => Problem::not_found("catalog.no_such_variant")
            .with_detail("The product has no variant with this SKU."),
        ProductError::NoVariants => conflict("catalog.no_variants", "Product without variants").with_detail(
            "A published product needs at least one variant. Add one with PUT /v1/commerce/products/{id}/variants/{sku}.",
        ),
        ProductError::LastVariant => conflict("catalog.last_variant", "Last variant").with_detail(
            "A published product keeps at least one variant. Add another variant, or archive the product, first.",
        ),
    }
}
