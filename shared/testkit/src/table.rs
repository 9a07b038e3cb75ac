//! A table of its own for each test, with the keys and the index of the template's.

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Credentials, Region, StalledStreamProtectionConfig};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use kit::Clock;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use crate::roles::Roles;
use crate::seed::Engine;
use crate::{Distance, LostResponses, Requests};

/// The table's name.
const NAME: &str = "atoll-test";

/// A DynamoDB with one empty table, behind a real client.
#[derive(Debug, Clone)]
pub struct TestTable {
    client: Client,
    address: String,
    pub(crate) engine: Engine,
}

impl TestTable {
    /// Starts one; it ends with the test's runtime.
    pub async fn start() -> Self {
        let (address, engine) = Self::database().await;
        Self::on(address, engine).await
    }

    /// The same, where of two transactions that touch one item at the same time the second is cancelled, as DynamoDB does.
    pub async fn start_with_conflicts() -> Self {
        let (address, engine) = Self::database().await;
        Self::on(crate::front::start(address, crate::conflicts::Conflicts::default()).await, engine).await
    }

    /// The same, where responses can be lost after the request took effect.
    pub async fn start_losing_responses() -> (Self, LostResponses) {
        let (address, engine) = Self::database().await;
        let lost = LostResponses::default();
        (Self::on(crate::front::start(address, lost.clone()).await, engine).await, lost)
    }

    /// The same, where the index shows each write `lag` later.
    pub async fn start_with_lagging_index(lag: Duration) -> Self {
        let ((address, engine), (replica, _)) = (Self::database().await, Self::database().await);
        let index = crate::lagging_index::LaggingIndex::new(replica, lag).await;
        Self::on(crate::front::start(address, index).await, engine).await
    }

    /// One without a socket, for a simulation: its requests are signed at the time of `clock`, and are on record.
    pub async fn in_process(clock: Clock) -> (Self, Requests) {
        let database = dynoxide::Database::memory().expect("an in-memory database");
        let (config, requests) = crate::in_process::config(database.clone(), clock);
        (Self::without_socket(&config, database).await, requests)
    }

    /// One without a socket whose requests take as long as on DynamoDB once the distance begins. Of two transactions that touch
    /// one item at the same time the second is cancelled.
    pub async fn far() -> (Self, Distance) {
        let database = dynoxide::Database::memory().expect("an in-memory database");
        let (config, distance) = crate::in_process::far(database.clone());
        (Self::without_socket(&config, database).await, distance)
    }

    async fn without_socket(config: &kit::sdk::Config, database: dynoxide::Database) -> Self {
        let client = kit::sdk::client!(aws_sdk_dynamodb, config);
        let table = Self { client, address: String::new(), engine: Engine(database) };
        table.create().await;
        table
    }

    async fn database() -> (SocketAddr, Engine) {
        let database = dynoxide::Database::memory().expect("an in-memory database");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(dynoxide::server::serve_on(listener, database.clone()));
        (address, Engine(database))
    }

    async fn on(address: SocketAddr, engine: Engine) -> Self {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .endpoint_url(format!("http://{address}"))
            // The embedded database answers one request after another: behind a thousand others, none moves for half a minute.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .interceptor(Roles::of(engine.clone()))
            .build();
        let table = Self { client: Client::from_conf(config), address: address.to_string(), engine };
        table.create().await;
        table
    }

    /// Where other processes reach the database: host and port; empty where they cannot.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Another address of the same database, from which answers come later by `added`, as over a network.
    pub async fn address_behind(&self, added: Duration) -> String {
        let database = self.address.parse().expect("an address");
        crate::distance::front(database, added).await.to_string()
    }

    /// The table's name, for other processes.
    pub const fn name() -> &'static str {
        NAME
    }

    /// The table as context `C` sees it.
    pub fn of<C: dynamo::Context>(&self) -> dynamo::Table<C> {
        dynamo::Table::new(self.client.clone(), NAME)
    }

    /// What any context holds on a person.
    pub fn personal_data(&self) -> dynamo::PersonalData {
        dynamo::PersonalData::new(self.client.clone(), NAME)
    }

    /// Every item, for assertions on what is stored.
    pub async fn items(&self) -> Vec<HashMap<String, AttributeValue>> {
        let pages = self.client.scan().table_name(NAME).into_paginator().items().send();
        pages.collect::<Result<Vec<_>, _>>().await.expect("a scan")
    }

    /// Deletes the items that have expired at this time in seconds since 1970, as DynamoDB does some time later.
    pub async fn expire(&self, now: i64) {
        for item in self.items().await {
            let expires_at = item.get("expires_at").and_then(|value| value.as_n().ok()?.parse::<i64>().ok());
            if expires_at.is_some_and(|at| at <= now) {
                let delete = self.client.delete_item().table_name(NAME);
                delete.key("pk", item["pk"].clone()).key("sk", item["sk"].clone()).send().await.expect("a deletion");
            }
        }
    }

    async fn create(&self) {
        let key =
            |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().expect("a key");
        let names = ["pk", "sk", "gsi1pk", "gsi1sk"];
        let attributes = names.map(|name| {
            AttributeDefinition::builder()
                .attribute_name(name)
                .attribute_type(ScalarAttributeType::S)
                .build()
                .expect("an attribute")
        });
        let index = GlobalSecondaryIndex::builder()
            .index_name("gsi1")
            .key_schema(key("gsi1pk", KeyType::Hash))
            .key_schema(key("gsi1sk", KeyType::Range))
            .projection(Projection::builder().projection_type(ProjectionType::All).build())
            .build()
            .expect("an index");
        self.client
            .create_table()
            .table_name(NAME)
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(key("pk", KeyType::Hash))
            .key_schema(key("sk", KeyType::Range))
            .set_attribute_definitions(Some(attributes.into()))
            .global_secondary_indexes(index)
            .send()
            .await
            .expect("a table");
    }
}
