//! Responses that are lost after the request took effect.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use tokio::sync::oneshot;

use crate::front::{Request, Rule, Upstream, response};

/// Loses responses of a database on demand.
#[derive(Debug, Clone, Default)]
pub struct LostResponses(Arc<Mutex<Vec<Pending>>>);

#[derive(Debug)]
struct Pending {
    operation: &'static str,
    took_effect: oneshot::Sender<()>,
    released: oneshot::Receiver<()>,
}

/// One response that will be lost.
#[derive(Debug)]
pub struct Lost {
    effect: oneshot::Receiver<()>,
    /// Dropped with this value, which lets the client see the failure.
    _release: oneshot::Sender<()>,
}

impl LostResponses {
    /// Loses the response to the next request of an operation. The client sees a failure as soon as the returned value is
    /// dropped.
    pub fn hold_next(&self, operation: &'static str) -> Lost {
        let ((took_effect, effect), (release, released)) = (oneshot::channel(), oneshot::channel());
        self.pending().push(Pending { operation, took_effect, released });
        Lost { effect, _release: release }
    }

    /// Loses the response to the next request of an operation. The client sees a failure at once.
    pub fn lose_next(&self, operation: &'static str) {
        drop(self.hold_next(operation));
    }

    /// True if all responses that were to be lost are lost.
    pub fn are_lost(&self) -> bool {
        self.pending().is_empty()
    }

    fn take(&self, operation: &str) -> Option<Pending> {
        let mut pending = self.pending();
        let found = pending.iter().position(|pending| pending.operation == operation)?;
        Some(pending.remove(found))
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, Vec<Pending>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lost {
    /// Waits until the request took effect.
    pub async fn took_effect(&mut self) {
        (&mut self.effect).await.expect("a request whose response is lost");
    }
}

impl Rule for LostResponses {
    async fn answer(&self, upstream: &mut Upstream, request: Request) -> Option<Vec<u8>> {
        let pending = self.take(request.operation());
        let answer = upstream.send(&request.bytes()).await;
        let Some(pending) = pending else { return answer };
        // Nobody may be waiting for either.
        pending.took_effect.send(()).ok();
        pending.released.await.ok();
        let kind = "com.amazonaws.dynamodb.v20120810#InternalServerError";
        Some(response("500 Internal Server Error", &json!({ "__type": kind, "message": "The response was lost." })))
    }
}
