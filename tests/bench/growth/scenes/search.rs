//! Searches: what they ask of the table does not depend on the number of documents, which are in memory.

use std::time::Duration;

use jiff::Timestamp;
use kit::Clock;
use lambda_http::RequestExt;
use testkit::{Reply, request};

use super::copies::Copies;
use super::{Claim, Entry, Kind, Scene};
use crate::search_support::{Finder, in_products, product_id, published, search_collection};

pub(super) const SCENES: &[Entry] =
    &[Entry::new(Kind::FullText, "GET /v1/search/{collection}", "documents of the collection", || Box::pin(search()))
        .claiming(Claim::Level(1))];

async fn search() -> Scene {
    let finder = Finder::at(Clock::manual(Timestamp::from_second(1_900_000_000).expect("a time"))).await;
    let ((), template) = Box::pin(finder.table.written_by(finder.tell_all([published(1, 1, "Shoe")]))).await;
    finder.build_now().await;
    let id = product_id(1).to_string();
    let copies = Copies::of(template.with(&[&format!("document#{id}")]), &id);
    let (clock, endpoint) = (finder.clock.clone(), search_collection(finder.search_context()));
    // A later page, since the first page of a search is counted.
    let ask = move |_run| -> super::Asking {
        // Each time the log is read.
        clock.advance(Duration::from_secs(1));
        let request = request("GET", "/v1/search/products?q=shoe&offset=1", &[], None);
        let (endpoint, request) = (endpoint.clone(), request.with_path_parameters(in_products()));
        Box::pin(async move { Reply::from(endpoint.call(request).await).into() })
    };
    Scene::new(&finder.table, move |number| vec![copies.foreign(number)], ask)
}
