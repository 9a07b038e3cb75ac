//! `GET /v1/commerce/mobile/home`

use tests::Cloud;

#[tokio::test]
async fn everybody_sees_the_home_page_in_one_currency() {
    let cloud = Cloud::connect().await;
    let home = cloud.get("/v1/commerce/mobile/home?currency=EUR").send().await.expect(200);
    assert_eq!(home["currency"], "EUR");
    assert!(home.to_string().len() <= 4_096, "{home}");
    cloud.get("/v1/commerce/mobile/home").send().await.expect_problem(422, "request.invalid");
}
