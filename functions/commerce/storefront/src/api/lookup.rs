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

/// How far a request may be ahead of the product: it waits for the next revisions, and is refused at once for later ones.
const MAX_AHEAD: u64 = 10;
/// Most looks of a request: one before each pause, one after the last, and one for a slug that moved between products meanwhile.
const MAX_LOOKS: usize = PAUSES.len() + 2;

/// What one look found.
enum Look {
    Found(Found),
    /// Nothing that the public may see; the product that had the slug last, and the revision in which that is so.
    Nothing(Option<ProductId>, u64),
}

/// Finds the page of a slug. With `at_least`, the page shows that revision of its product or a later one.
pub async fn find(store: &Store, slug: &str, at_least: Option<u64>) -> Result<Found, Problem> {
    let mut looked = look(store, slug, Read::Eventual).await?;
    let at_least = at_least.unwrap_or_default();
    let mut pauses = PAUSES.into_iter();
    for _ in 0..MAX_LOOKS {
        let product = match looked {
            Look::Found(Found::Page(id, page)) if page.revision >= at_least => return Ok(Found::Page(id, page)),
            Look::Found(Found::Moved(to)) => return Ok(Found::Moved(to)),
            Look::Nothing(_, revision) if revision >= at_least => return Err(Refusal::NoSuchProduct.into()),
            Look::Found(Found::Page(id, _)) => Some(id),
            Look::Nothing(product, _) => product,
        };
        wait(store, product, at_least, &mut pauses).await?;
        looked = look(store, slug, Read::Strong).await?;
    }
    Err(Refusal::NotYet.into())
}

/// Pauses until the state of the product, a small item that is written together with its page, has a revision; or once, if it is not
/// known which product is to come.
async fn wait(
    store: &Store,
    product: Option<ProductId>,
    at_least: u64,
    pauses: &mut impl Iterator<Item = Duration>,
) -> Result<(), Problem> {
    loop {
        if let Some(product) = product {
            let revision = store.product(product, Read::Strong).await?.map_or(0, |state| state.value.revision);
            if revision >= at_least {
                return Ok(());
            }
            if is_far(at_least, revision) {
                return Err(Refusal::NotYet.into());
            }
        }
        tokio::time::sleep(pauses.next().ok_or(Refusal::NotYet)?).await;
        if product.is_none() {
            return Ok(());
        }
    }
}

const fn is_far(at_least: u64, known: u64) -> bool {
    at_least > known.saturating_add(MAX_AHEAD)
}

async fn look(store: &Store, slug: &str, read: Read) -> Result<Look, Problem> {
    let found = store.slug_page(slug, read).await?;
    let product = match found.map(crate::domain::slug_page::SlugPage::resolve) {
        Some(Resolved::Page(id, page)) => return Ok(Look::Found(Found::Page(id, page))),
        Some(Resolved::Earlier(id)) => id,
        Some(Resolved::Unknown) | None => return Ok(Look::Nothing(None, 0)),
    };
    let state = store.product(product, read).await?;
    let now = state.as_ref().and_then(|state| state.value.published_slug()).filter(|now| *now != slug);
    Ok(match now {
        Some(now) => Look::Found(Found::Moved(now.to_owned())),
        None => Look::Nothing(Some(product), state.map_or(0, |state| state.value.revision)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_waits_for_the_next_revisions_only() {
        assert!(!is_far(12, 2) && is_far(13, 2));
        assert!(is_far(u64::MAX, 2) && !is_far(u64::MAX, u64::MAX));
    }
}
