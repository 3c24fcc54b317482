//! The corpus is a folder of real templates beside the repository, or where `LENSLINT_CORPUS` says. It is no part
//! of the repository: a test that needs it says aloud that it is skipped where there is none.

use std::path::{Path, PathBuf};

/// The folder of the corpus, if it is there.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
pub(crate) fn folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("LENSLINT_CORPUS").map_or_else(beside, PathBuf::from);
    if !corpus.is_dir() {
        println!("skipped: there is no corpus at {}", corpus.display());
        return None;
    }
    Some(corpus)
}

/// Every YAML and JSON file of the corpus, in order.
pub(crate) fn templates() -> Option<Vec<PathBuf>> {
    let is_template = |path: &PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|it| ["yaml", "yml", "json", "template"].contains(&it)) && path.is_file()
    };
    let entries = ignore::Walk::new(folder()?).filter_map(Result::ok).map(ignore::DirEntry::into_path);
    let mut files: Vec<PathBuf> = entries.filter(is_template).collect();
    files.sort();
    Some(files)
}
