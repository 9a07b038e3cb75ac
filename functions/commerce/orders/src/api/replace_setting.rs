//! How settings of the shop are replaced: each under its version.

use dynamo::{Read, Versioned};
use kit::auth::{Manager, Standing};
use kit::http::{IfMatch, Problem};

use crate::ctx::Ctx;
use crate::store::Setting;

/// Replaces a setting that is still in the version that the request is based on. The same again changes nothing.
pub async fn replace_setting<S: Setting + PartialEq>(
    ctx: &Ctx,
    standing: &Standing<Manager>,
    based_on: IfMatch,
    settings: &S,
) -> Result<Versioned<S>, Problem> {
    let (_, read) = standing.with(ctx.store.setting::<S>(Read::Strong)).await?;
    let decide = |read: &Versioned<S>| {
        based_on.check(read.version)?;
        Ok::<_, Problem>((read.value != *settings).then(|| settings.clone()))
    };
    ctx.store.change_setting(read, decide).await?
}
