//! `GET /v1/analytics/reports/{id}/runs/{runId}`

use tests::Cloud;

use super::reports_support::{call, create, ended, path, refuses_strangers, sign_ups, start};

#[tokio::test]
async fn a_finished_run_has_a_file_for_its_owner() {
    let cloud = Cloud::connect().await;
    let (manager, other) = (cloud.manager().await, cloud.manager().await);
    for (format, begins) in [("csv", &b"period,starts_at,metric,"[..]), ("parquet", &b"PAR1"[..])] {
        let report = create(&cloud, &manager, format, &sign_ups(format)).await.expect(201);
        let started = start(&cloud, &manager, &report, format).await.expect(202);
        let run = ended(&cloud, &manager, &started).await;
        assert_eq!((&run["status"], &run["rows"]), (&"done".into(), &7.into()), "{run}");
        let (status, file) = cloud.fetch(run["url"].as_str().unwrap()).await;
        assert!(status == 200 && file.starts_with(begins), "{status} {}", file.len());
        let path = format!("{}/runs/{}", path(&report), run["id"].as_str().unwrap());
        call(&cloud, "GET", &path, &other).await.expect_problem(404, "analytics.no_such_run");
        refuses_strangers(&cloud, "GET", &path).await;
    }
}
