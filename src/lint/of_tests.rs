//! Which templates only tests use: those that the configuration says, and else those in folders that usually are for
//! tests and stubs.

use std::path::{self, Path};

use crate::config::{Settings, without_dots};

use super::Input;

/// Whether a template is there for tests.
pub(super) fn is_of_tests(input: &Input<'_>, settings: &Settings) -> bool {
    let on_disk = input.on_disk.and_then(|path| path::absolute(path).ok());
    if let Some(patterns) = &settings.test_paths {
        let on_disk = on_disk.as_deref().map(without_dots);
        return on_disk.is_some_and(|path| patterns.iter().any(|pattern| pattern.matches(&path)));
    }
    is_usual(input.path, on_disk.as_deref())
}

/// Whether it lies below a folder of tests or stubs: in the path that was named, or below the root of the repository.
/// What stands above that is where somebody keeps the repository.
fn is_usual(named: &str, on_disk: Option<&Path>) -> bool {
    let named = Path::new(named);
    let root = on_disk.and_then(|path| path.ancestors().find(|folder| folder.join(".git").exists()));
    let below_root = on_disk.zip(root).and_then(|(path, root)| path.strip_prefix(root).ok());
    [Some(named).filter(|path| path.is_relative()), below_root]
        .into_iter()
        .flatten()
        .flat_map(|path| path.parent().into_iter().flat_map(Path::components))
        .any(|folder| is_folder_of_tests(&folder.as_os_str().to_string_lossy()))
}

fn is_folder_of_tests(name: &str) -> bool {
    ["test", "tests", "__tests__", "test-harness"].contains(&name)
        || name.ends_with("-stub")
        || name.ends_with("-stubs")
}
