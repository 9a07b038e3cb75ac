//! Work on all items that an index lists, although the index is behind its table.

use std::time::Duration;

use super::{Done, Failure, PartlyHandled, Pause, Progress};
use crate::Deadline;

/// How long the index may be behind the table: DynamoDB needs a fraction of this.
const INDEX_DELAY: Duration = Duration::from_secs(1);
/// The same for a continuation.
const INDEX_PAUSE: Pause = Pause::seconds(1);

/// What became of one page of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageDone<C> {
    /// How many items were changed. Those that the index still lists although they were changed before do not count.
    pub changed: usize,
    /// Where the next page starts, if there is one.
    pub next: Option<C>,
}

/// Passes over an index, page by page, until a pass finds nothing to change, or the deadline has passed.
///
/// The index lists for a while what was changed, and does not list yet what was written just before. So a pass goes from page
/// to page instead of reading the first page again, and the last pass begins after the index had time to catch up.
pub async fn in_passes<C>(
    deadline: Deadline,
    page: impl AsyncFn(Option<C>) -> Result<PageDone<C>, Failure>,
) -> PartlyHandled {
    passes(deadline, INDEX_DELAY, page).await
}

async fn passes<C>(
    deadline: Deadline,
    index_delay: Duration,
    page: impl AsyncFn(Option<C>) -> Result<PageDone<C>, Failure>,
) -> PartlyHandled {
    let (mut total, mut is_last) = (0, false);
    loop {
        let (mut changed, mut after) = (0, None);
        loop {
            let done = page(after).await?;
            changed += done.changed;
            after = done.next;
            if after.is_none() {
                break;
            }
            if deadline.has_passed() {
                return Ok(Progress::Continue(INDEX_PAUSE));
            }
        }
        total += changed;
        if changed == 0 && is_last {
            return Ok(Progress::Finished(if total > 0 { Done::Applied } else { Done::Duplicate }));
        }
        if changed > 0 && deadline.has_passed() {
            return Ok(Progress::Continue(INDEX_PAUSE));
        }
        is_last = true;
        tokio::time::sleep(index_delay).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use tokio::time::Instant;

    use super::*;

    const PAGE: usize = 10;
    const LAG: Duration = Duration::from_millis(30);
    const DELAY: Duration = Duration::from_millis(60);

    /// A table of numbers and an index that shows each change [`LAG`] later.
    struct Lagging {
        table: BTreeSet<u32>,
        index: BTreeSet<u32>,
        pending: Vec<(Instant, u32, bool)>,
        pages: usize,
    }

    impl Lagging {
        fn new(shown: u32, hidden: u32) -> RefCell<Self> {
            let due = Instant::now() + LAG;
            RefCell::new(Self {
                table: (0..shown + hidden).collect(),
                index: (0..shown).collect(),
                pending: (shown..shown + hidden).map(|number| (due, number, true)).collect(),
                pages: 0,
            })
        }

        fn page(&mut self, after: Option<u32>) -> PageDone<u32> {
            self.pages += 1;
            let now = Instant::now();
            for (_, number, is_there) in self.pending.extract_if(.., |(due, ..)| *due <= now) {
                if is_there {
                    self.index.insert(number)
                } else {
                    self.index.remove(&number)
                };
            }
            let from = after.map_or(0, |after| after + 1);
            let page: Vec<u32> = self.index.range(from..).copied().take(PAGE).collect();
            let changed = page.iter().filter(|number| self.table.remove(number)).count();
            self.pending.extend(page.iter().map(|number| (now + LAG, *number, false)));
            PageDone { changed, next: page.last().copied().filter(|_| page.len() == PAGE) }
        }
    }

    #[tokio::test]
    async fn passes_find_all_however_late_the_index_is() {
        for (shown, hidden) in [(0, 0), (0, 3), (35, 0), (35, 17), (200, 200)] {
            let lagging = Lagging::new(shown, hidden);
            let progress = passes(Deadline::never(), DELAY, async |after| Ok(lagging.borrow_mut().page(after))).await;
            let done = if shown + hidden == 0 { Done::Duplicate } else { Done::Applied };
            assert_eq!(progress.unwrap(), done.into());
            assert!(lagging.borrow().table.is_empty(), "{:?}", lagging.borrow().table);
            // Each pass reads each page once.
            let pages = 3 * ((shown + hidden) as usize / PAGE + 1);
            assert!(lagging.borrow().pages <= pages, "{} pages", lagging.borrow().pages);
        }
    }

    #[tokio::test]
    async fn a_passed_deadline_ends_each_invocation_after_a_page_and_the_work_ends_too() {
        let lagging = Lagging::new(35, 17);
        let mut invocations = 0;
        loop {
            invocations += 1;
            assert!(invocations < 50, "invocations without end");
            let passed = Deadline::after(Duration::ZERO);
            match passes(passed, DELAY, async |after| Ok(lagging.borrow_mut().page(after))).await.unwrap() {
                Progress::Finished(_) => break,
                Progress::Continue(pause) => {
                    assert_eq!(pause, INDEX_PAUSE);
                    tokio::time::sleep(DELAY).await;
                }
            }
        }
        assert!(lagging.borrow().table.is_empty());
    }
}
