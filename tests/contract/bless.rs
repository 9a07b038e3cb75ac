//! Generated files that are committed: compared in tests, rewritten with `BLESS=1`.

/// Compares a generated text with the committed file, or rewrites the file.
pub fn check(path: &str, generated: &str) {
    let file = tests::root().join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, generated).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    let first = committed.lines().zip(generated.lines()).position(|(old, new)| old != new);
    assert!(
        committed == generated,
        "{path} is not what the code says (first difference: line {}); run `make bless` and read the diff",
        first.map_or_else(|| committed.lines().count().min(generated.lines().count()) + 1, |line| line + 1)
    );
}
