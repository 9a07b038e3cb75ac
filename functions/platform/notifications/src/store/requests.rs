//! Requests of services, each the record of its idempotency key.

use contracts::Envelope;
use contracts::notifications::NotificationRequested;
use dynamo::{Conflict, Entity, Key, Outbox};
use types::Uuid;

use super::{Notifications, PlanError, Store};
use crate::domain::request::Request;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is heard, now or the first time that it came.
    Done,
    /// The same idempotency key came with another request.
    Other,
}

impl Entity for Request {
    type Context = Notifications;

    fn key(&self) -> Key<Notifications> {
        request_key(self.id)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.forgotten_at().as_second())
    }
}

fn request_key(id: Uuid) -> Key<Notifications> {
    Key::new("request", id, "request")
}

impl Store {
    /// Notes a request, with the event that has it carried out.
    pub async fn accept(
        &self,
        request: Request,
        event: Envelope<NotificationRequested>,
    ) -> Result<Accepted, PlanError> {
        let fingerprint = request.fingerprint;
        match self.table.create(request, &Outbox::of(event)?).await {
            Ok(_) => Ok(Accepted::Done),
            Err(Conflict::Item(first)) => {
                let same = first.is_none_or(|first| first.value.fingerprint == fingerprint);
                Ok(if same { Accepted::Done } else { Accepted::Other })
            }
            Err(Conflict::Store(error)) => Err(error.into()),
        }
    }
}
