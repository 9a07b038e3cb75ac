//! The function that does nothing: whatever a request to it costs is the price of the path. It is deployed by `make bench`
//! only, beside the product.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), kit::Error> {
    kit::http::serve(async || "hello", async |_| Ok(())).await
}
