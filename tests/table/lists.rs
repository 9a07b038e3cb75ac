//! Pages of lists: every item once, in order, whatever the page size.

use dynamo::{Context, Cursor, Entity, IndexKey, Key, Outbox, Page};
use serde::{Deserialize, Serialize};
use testkit::TestTable;

struct Shop;
impl Context for Shop {
    const NAME: &'static str = "shop";
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Line {
    number: u32,
}

impl Entity for Line {
    type Context = Shop;

    fn key(&self) -> Key<Shop> {
        Key::new("order", "1", format!("line#{:03}", self.number))
    }

    fn index(&self) -> Option<IndexKey<Shop>> {
        Some(IndexKey::new("lines", "all", format!("{:03}", self.number)))
    }
}

#[tokio::test]
async fn pages_hold_every_item_once() {
    let table = TestTable::start().await.of::<Shop>();
    for number in 0..23 {
        table.create(Line { number }, &Outbox::none()).await.unwrap();
    }
    for limit in [1, 5, 22, 23, 24, 100] {
        for newest_first in [false, true] {
            for by_index in [false, true] {
                let (mut seen, mut cursor) = (Vec::new(), None);
                loop {
                    let page: Page<Line> = if by_index {
                        table.list_index(IndexKey::new("lines", "all", ""), newest_first, limit, cursor).await.unwrap()
                    } else {
                        table.list(Key::new("order", "1", "line#"), newest_first, limit, cursor).await.unwrap()
                    };
                    assert!(page.items.len() <= limit as usize);
                    seen.extend(page.items.into_iter().map(|item| item.value.number));
                    // What clients get is what comes back.
                    cursor = page.next.map(|next| Cursor::decode(&next.encode()).unwrap());
                    if cursor.is_none() {
                        break;
                    }
                }
                let mut expected: Vec<u32> = (0..23).collect();
                if newest_first {
                    expected.reverse();
                }
                assert_eq!(seen, expected, "limit {limit}, newest first {newest_first}, by index {by_index}");
            }
        }
    }
}
