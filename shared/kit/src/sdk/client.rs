//! How each service's client is made: the SDK has one crate per service, and no trait over their configurations.

/// A client of one service, named by its SDK crate: `sdk::client!(aws_sdk_sqs, &config)`. Settings of this client alone
/// come behind, as `endpoint_url = url`.
#[macro_export]
#[doc(hidden)]
macro_rules! sdk_client {
    ($service:ident, $config:expr $(, $setting:ident = $value:expr)*) => {{
        let config: &$crate::sdk::Config = $config;
        let mut builder = $service::config::Builder::from(config.shared());
        if let Some(partition) = config.retry_partition() {
            builder.set_retry_partition(Some(partition));
        }
        if let Some(ids) = config.invocation_ids() {
            builder.set_invocation_id_generator(Some(ids));
        }
        $service::Client::from_conf(builder$(.$setting($value))*.build())
    }};
}
