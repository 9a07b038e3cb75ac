//! How often users may use this context; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Requests for missed messages that a user sends, from all connections together. Each reads and sends up to 50 messages; a
/// complete recovery takes 20.
pub const RESUMES: Limit = Limit::new("resumes", 200, 15 * 60).counting("requests for missed messages", "user");

/// All limits of this context.
pub const ALL: [Limit; 1] = [RESUMES];
