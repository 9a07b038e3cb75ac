//! Roles allow what functions do after a conflict: the tests of budgets, which call every endpoint, consumer, schedule and step,
//! run once more in a process where the first conditional writes to each item meet a conflict.

use std::process::Command;

#[test]
fn no_role_lacks_what_a_conflict_needs() {
    let mut tests = Command::new(std::env::current_exe().unwrap());
    // Costs differ after a conflict, and are not compared.
    tests.args(["budgets", "--nocapture"]).env("ATOLL_TEST_CONFLICTS", "1").env("BLESS", "1");
    let output = tests.env_remove("ATOLL_BUDGETS_RECORD").output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    let lines = |start: &str| text.lines().filter(|line| line.starts_with(start)).collect::<Vec<_>>();
    assert_eq!(lines("the role of"), Vec::<&str>::new());
    let mut handlers = lines("a conflict for");
    handlers.sort_unstable();
    handlers.dedup();
    // Endpoints are named by their handlers; calls of consumers, schedules and steps are numbered.
    let (calls, endpoints): (Vec<&str>, Vec<&str>) =
        handlers.iter().copied().partition(|line| line.contains("for work "));
    assert!(endpoints.len() > 20, "conflicts in {} endpoints only:\n{text}", endpoints.len());
    assert!(calls.len() > 10, "conflicts in {} calls of consumers, schedules and steps only:\n{text}", calls.len());
}
