//! What the generator makes of a tree of contexts, and what it refuses.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::generator::{CALLABLE_MAIN, feature_variable, survey};

/// A directory like `functions/`, which goes when this does.
struct Tree(PathBuf);

impl Tree {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let tree = Self(std::env::temp_dir().join(format!("atoll-functions-{}-{number}", std::process::id())));
        tree.context("platform/identity", &["identity-login", "identity-get-me"]);
        tree.context("commerce/orders", &["orders-get-order"]);
        tree
    }

    fn context(&self, directory: &str, binaries: &[&str]) {
        let entry = |name: &&str| format!("[[bin]]\nname = \"{name}\"\npath = \"src/bin/{name}.rs\"\ntest = false\n");
        self.write(&format!("{directory}/Cargo.toml"), &binaries.iter().map(entry).collect::<Vec<_>>().concat());
        for name in binaries {
            self.write(&format!("{directory}/src/bin/{name}.rs"), &format!("//! It.\n{CALLABLE_MAIN}\n}}\n"));
        }
    }

    fn write(&self, path: &str, text: &str) {
        let place = self.0.join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }

    fn refused(&self) -> String {
        survey(&self.0, &|_| true).unwrap_err()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

#[test]
fn functions_are_sorted_and_their_modules_are_the_real_files() {
    let tree = Tree::new();
    let found = survey(&tree.0, &|_| true).unwrap();
    let names: Vec<_> = found.included.iter().map(|function| function.name.as_str()).collect();
    assert_eq!(names, ["identity-get-me", "identity-login", "orders-get-order"]);
    let file = tree.0.join("commerce/orders/src/bin/orders-get-order.rs");
    let code = found.code();
    assert!(code.contains(&format!("#[path = {:?}]\nmod orders_get_order;\n", file.to_str().unwrap())), "{code}");
    assert!(code.contains("    (\"orders-get-order\", orders_get_order::main),\n"), "{code}");
    assert!(code.contains("LEFT_OUT: &[&str] = &[];"), "{code}");
    assert!(found.watched.contains(&file) && found.watched.contains(&tree.0.join("commerce/orders/Cargo.toml")));
}

#[test]
fn a_pack_without_its_feature_is_left_out_and_the_platform_never_is() {
    let tree = Tree::new();
    let found = survey(&tree.0, &|_| false).unwrap();
    assert_eq!((found.included.len(), found.left_out.clone()), (2, vec!["commerce".to_owned()]));
    assert!(found.code().contains("LEFT_OUT: &[&str] = &[\"commerce\"];"));
    assert_eq!(feature_variable("commerce"), "CARGO_FEATURE_PACK_COMMERCE");
}

#[test]
fn what_is_wrong_is_named_with_its_file_and_its_remedy() {
    let plants: [(&str, &str, &str); 5] = [
        ("commerce/orders/Cargo.toml", "[[bin]]\nname = \"orders-a\"\n", "orders/Cargo.toml:1: a [[bin]] entry needs"),
        (
            "commerce/orders/Cargo.toml",
            "\n[[bin]]\nname = \"orders-a\"\npath = \"src/bin/a.rs\"\n",
            "orders/Cargo.toml:2: ",
        ),
        ("commerce/orders/src/bin/orders-get-order.rs", "async fn main() {}\n", "orders-get-order.rs: write the start"),
        ("commerce/empty/README.md", "", "empty/Cargo.toml cannot be read"),
        (
            "platform/media/Cargo.toml",
            "[[bin]]\nname = \"identity-login\"\npath = \"../identity/src/bin/identity-login.rs\"\n",
            "are both named identity-login",
        ),
    ];
    for (path, text, expected) in plants {
        let tree = Tree::new();
        tree.write(path, text);
        let said = tree.refused();
        assert!(said.contains(expected), "{said:?} does not say {expected:?}");
    }
    let missing = survey(Path::new("/nowhere"), &|_| true).unwrap_err();
    assert!(missing.starts_with("/nowhere cannot be listed"), "{missing}");
}
