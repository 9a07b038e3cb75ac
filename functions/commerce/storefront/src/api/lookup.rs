//! Finds the page of a product by its slug, and waits for it where the request asks for a newer one.

use std::time::Duration;

use dynamo::Read;
use kit::http::Problem;
use types::ProductId;

use crate::domain::page::ProductPage;
use crate::domain::slug_page::Resolved;
use crate::problem::Refusal;
use crate::store::Store;

/// Pauses between the looks at a page that is not up to date yet: 0.7 seconds together.
pub const PAUSES: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(200), Duration::from_millis(400)];

/// What a slug leads to.
#[derive(Debug)]
pub enum Found {
    /// The page of a product.
    Page(ProductId, Box<ProductPage>),
    /// The product has this slug now.
    Moved(String),
}

/// What one look found.
enum Look {
    Found(Found),
    /// Nothing that the public may see; the revision in which that is so.
    Nothing(u64),
}

/// Finds the page of a slug. With `at_least`, the page shows that revision of its product or a later one.
pub async fn find(store: &Store, slug: &str, at_least: Option<u64>) -> Result<Found, Problem> {
    let Some(at_least) = at_least else {
        return match look(store, slug, Read::Eventual).await? {
            Look::Found(found) => Ok(found),
            Look::Nothing(_) => Err(Refusal::NoSuchProduct.into()),
        };
    };
    let mut pauses = PAUSES.into_iter();
    loop {
        match look(store, slug, Read::Strong).await? {
            Look::Found(Found::Page(id, page)) if page.revision >= at_least => return Ok(Found::Page(id, page)),
            Look::Found(Found::Moved(to)) => return Ok(Found::Moved(to)),
            Look::Nothing(revision) if revision >= at_least => return Err(Refusal::NoSuchProduct.into()),
            Look::Found(Found::Page(..)) | Look::Nothing(_) => {}
        }
        tokio::time::sleep(pauses.next().ok_or(Refusal::NotYet)?).await;
    }
}

async fn look(store: &Store, slug: &str, read: Read) -> Result<Look, Problem> {
    let found = store.slug_page(slug, read).await?;
    let product = match found.map(crate::domain::slug_page::SlugPage::resolve) {
        Some(Resolved::Page(id, page)) => return Ok(Look::Found(Found::Page(id, page))),
        Some(Resolved::Earlier(id)) => id,
        Some(Resolved::Unknown) | None => return Ok(Look::Nothing(0)),
    };
    let state = store.product(product, read).await?;
    let now = state.as_ref().and_then(|state| state.value.published_slug()).filter(|now| *now != slug);
    Ok(match now {
        Some(now) => Look::Found(Found::Moved(now.to_owned())),
        None => Look::Nothing(state.map_or(0, |state| state.value.revision)),
    })
}
