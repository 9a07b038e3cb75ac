//! What a manager has to look at.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use payment_providers::DisputeProgress;
use serde::{Deserialize, Serialize};
use types::{OrderId, PaymentId};
use utoipa::ToSchema;

use super::payment::Payment;

/// How long before the end of an authorization it needs attention.
pub const EXPIRY_NOTICE: SignedDuration = SignedDuration::from_hours(24);
/// Failed runs of the sweep after which a payment needs attention.
const MAX_SWEEPS: u32 = 8;

/// Why a payment needs attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttentionKind {
    /// The provider reports another amount or currency than the order's. Nothing was confirmed.
    AmountMismatch,
    /// The authorization ended after a part of it was captured, and shipments may still need the rest.
    AuthorizationEnded,
    /// An authorization ends within a day and was not captured completely.
    AuthorizationExpiring,
    /// The provider did not capture an amount that was shipped.
    CaptureRefused,
    /// The provider allows one capture, which waits for the last shipment.
    CaptureWaiting,
    /// The buyer disputes the payment at their bank.
    Disputed,
    /// A refund failed: the buyer did not get the money.
    RefundFailed,
    /// The provider could not be asked for hours.
    Stuck,
}

impl AttentionKind {
    /// The name in keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AmountMismatch => "amount_mismatch",
            Self::AuthorizationEnded => "authorization_ended",
            Self::AuthorizationExpiring => "authorization_expiring",
            Self::CaptureRefused => "capture_refused",
            Self::CaptureWaiting => "capture_waiting",
            Self::Disputed => "disputed",
            Self::RefundFailed => "refund_failed",
            Self::Stuck => "stuck",
        }
    }
}

/// A payment that needs attention, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// Payment ID.
    pub payment_id: PaymentId,
    /// Order ID.
    pub order_id: OrderId,
    /// Order number.
    pub number: String,
    /// Reason.
    pub kind: AttentionKind,
    /// Since when.
    pub at: Timestamp,
}

impl Payment {
    /// Says what needs attention now. What is no longer true is removed.
    pub(super) fn note_attention(&mut self, now: Timestamp) {
        let is_disputed = self.facts.disputes.values().any(|dispute| dispute.progress == DisputeProgress::Open);
        // What nobody wants was not shipped, or came back.
        let has_refused_capture =
            self.unwanted_since.is_none() && self.captures.iter().any(|capture| capture.is_refused);
        if self.is_expiring(now) {
            self.attention.entry(AttentionKind::AuthorizationExpiring).or_insert(now);
        }
        let kinds = [
            (AttentionKind::AmountMismatch, self.is_mismatched),
            (AttentionKind::AuthorizationEnded, self.is_rest_lost()),
            (AttentionKind::AuthorizationExpiring, self.is_expiring(now)),
            (AttentionKind::CaptureRefused, has_refused_capture),
            (AttentionKind::CaptureWaiting, self.is_capture_waiting()),
            (AttentionKind::Disputed, is_disputed),
            (AttentionKind::RefundFailed, self.has_failed_refund()),
            (AttentionKind::Stuck, self.retry.is_some_and(|retry| retry.attempts >= MAX_SWEEPS)),
        ];
        let now_true = kinds.into_iter().filter(|(_, is_true)| *is_true);
        let since = |kind| self.attention.get(&kind).copied().unwrap_or(now);
        let attention: BTreeMap<_, _> = now_true.map(|(kind, _)| (kind, since(kind))).collect();
        self.attention = attention;
    }

    /// Whether the authorization ends soon, with something left of it that the order may want.
    pub fn is_expiring(&self, now: Timestamp) -> bool {
        let is_soon = self.facts.capture_before.is_some_and(|end| end.duration_since(now) <= EXPIRY_NOTICE);
        is_soon && self.is_waiting_for_shipment()
    }

    /// Whether it ended early, and neither the order nor a manager released the rest.
    fn is_rest_lost(&self) -> bool {
        let is_released = self.is_ending() || self.captures_end.is_some() || self.is_final_captured();
        self.has_ended_early() && !is_released
    }

    /// Whether money is reserved that may still be captured, and is wanted.
    pub fn is_waiting_for_shipment(&self) -> bool {
        self.is_reserved() && !self.is_ending()
    }

    /// Whether the provider reserves money that was not captured.
    pub fn is_reserved(&self) -> bool {
        let captured = self.facts.captured_minor();
        // One capture is all that some providers allow, and the last one releases the rest.
        let is_over = captured > 0 && (!self.session.multi_capture || self.is_final_captured());
        captured < self.facts.authorized_minor && !is_over && !self.facts.closed
    }

    fn is_final_captured(&self) -> bool {
        let pending = self.pending_captures().any(|pending| pending.request.is_final);
        !pending && self.captures.iter().any(|capture| capture.is_final && !capture.is_refused)
    }

    /// The item of a reason.
    pub fn attention_of(&self, kind: AttentionKind, at: Timestamp) -> Attention {
        Attention { payment_id: self.id, order_id: self.order_id, number: self.number.clone(), kind, at }
    }
}
