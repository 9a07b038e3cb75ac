//! Models of recommendations, for tests that need a new one at once.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use recommendations::domain::build::INTERVAL;

use crate::Cloud;

impl Cloud {
    /// Makes the next run build a model: as if the build of the current one had begun an hour earlier.
    pub async fn age_model(&self) {
        let client = aws_sdk_dynamodb::Client::new(&self.sdk().await);
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let age = client
            .update_item()
            .table_name(self.table_name())
            .key("pk", text("recommendations#model#current"))
            .key("sk", text("entry#pointer"))
            .update_expression("SET built_at = :past")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":past", text(&(Timestamp::now() - INTERVAL).to_string()))
            .send()
            .await;
        // There is no model before the first build.
        drop(age);
    }
}
