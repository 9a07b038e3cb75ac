//! Joins messages of a batch that change the same items, so that they are written once.
//!
//! The messages of a batch are handled at the same time, each by itself. The first one of a key lets the others arrive, and then works
//! for all of them; each gets the same answer. If the work fails, all of them are delivered again.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::channel::oneshot;
use kit::sqs::{Done, Failure, Handled};

/// A message that waits for its answer.
#[derive(Debug)]
struct Waiting<N> {
    news: N,
    answer: oneshot::Sender<Handled>,
}

/// Messages that wait, by key.
#[derive(Debug)]
pub struct Combiner<K, N> {
    waiting: Mutex<BTreeMap<K, Vec<Waiting<N>>>>,
}

impl<K, N> Combiner<K, N> {
    /// Nothing waits.
    pub const fn new() -> Self {
        Self { waiting: Mutex::new(BTreeMap::new()) }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<K, Vec<Waiting<N>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first message of a key, until it takes those that wait. If it ends before, they are no longer waiting, and fail.
struct First<'a, K: Ord + Copy, N> {
    combiner: &'a Combiner<K, N>,
    key: K,
    is_taken: bool,
}

impl<K: Ord + Copy, N> First<'_, K, N> {
    fn take(mut self) -> Vec<Waiting<N>> {
        self.is_taken = true;
        self.combiner.lock().remove(&self.key).unwrap_or_default()
    }
}

impl<K: Ord + Copy, N> Drop for First<'_, K, N> {
    fn drop(&mut self) {
        if !self.is_taken {
            self.combiner.lock().remove(&self.key);
        }
    }
}

impl<K, N> Default for Combiner<K, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord + Copy, N> Combiner<K, N> {
    /// Handles a message with those of the same key that arrive at the same time. `work` answers true if it changed something.
    pub async fn join(&self, key: K, news: N, work: impl AsyncFnOnce(Vec<N>) -> Result<bool, Failure>) -> Handled {
        let (answer, answered) = oneshot::channel();
        let is_first = {
            let mut waiting = self.lock();
            let of_key = waiting.entry(key).or_default();
            of_key.push(Waiting { news, answer });
            of_key.len() == 1
        };
        if is_first {
            let first = First { combiner: self, key, is_taken: false };
            tokio::task::yield_now().await;
            let (news, answers): (Vec<_>, Vec<_>) = first.take().into_iter().map(|it| (it.news, it.answer)).unzip();
            let worked = work(news).await;
            for answer in answers {
                // Only a message that is not handled any more does not take its answer.
                drop(answer.send(copy(&worked)));
            }
        }
        let ended = || Failure::Retry("the work that this message was joined with has ended".to_owned());
        answered.await.map_err(|_| ended())?
    }
}

fn copy(worked: &Result<bool, Failure>) -> Handled {
    match worked {
        Ok(true) => Ok(Done::Applied),
        Ok(false) => Ok(Done::Duplicate),
        Err(Failure::Retry(reason)) => Err(Failure::Retry(reason.clone())),
        Err(Failure::Poison(reason)) => Err(Failure::Poison(reason.clone())),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use futures::FutureExt;
    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn messages_of_a_key_that_arrive_together_are_worked_on_once() {
        let (combiner, works) = (Combiner::new(), RefCell::new(Vec::new()));
        let join = async |key: u8, news: u8| {
            let work = async |all: Vec<u8>| {
                works.borrow_mut().push((key, all));
                Ok(true)
            };
            combiner.join(key, news, work).await
        };
        let handled = join_all([join(1, 1), join(2, 2), join(1, 3)]).await;
        assert!(handled.into_iter().all(|handled| matches!(handled, Ok(Done::Applied))));
        join(1, 4).await.unwrap();
        assert_eq!(works.into_inner(), [(1, vec![1, 3]), (2, vec![2]), (1, vec![4])]);
    }

    #[tokio::test]
    async fn a_first_message_that_ends_early_does_not_stop_later_ones() {
        let combiner = Combiner::new();
        let join = async |news: u8| combiner.join(1_u8, news, async |all: Vec<u8>| Ok(all == [3])).await;
        let (first, second) = (join(1).now_or_never(), join(3).now_or_never());
        assert!(first.is_none() && second.is_none() && combiner.lock().is_empty());
        let mut waiting = Box::pin(join(1));
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        let other = combiner.join(1, 2, async |_: Vec<u8>| Ok(true));
        drop(waiting);
        // It is the first one now.
        assert!(matches!(other.await, Ok(Done::Applied)));
        assert!(matches!(join(3).await, Ok(Done::Applied)));
    }

    #[tokio::test]
    async fn all_messages_get_the_failure_of_their_work() {
        let combiner = Combiner::<u8, u8>::new();
        let join = async |news| {
            let work = async |_: Vec<u8>| Err(Failure::Retry("full".to_owned()));
            combiner.join(1, news, work).await
        };
        for handled in join_all([join(1), join(2)]).await {
            assert!(matches!(handled, Err(Failure::Retry(reason)) if reason == "full"));
        }
        assert!(combiner.lock().is_empty());
    }
}
