//! Embeds the rule pages: every `rules/<family>/SLP…md` becomes an entry of one table. Nothing lists them by hand.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=rules");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets the manifest's folder"));
    let mut pages: Vec<(String, PathBuf)> = Vec::new();
    for family in folders(&root.join("rules")) {
        let name = family.file_name().expect("a listed folder has a name").to_string_lossy().into_owned();
        for page in files(&family) {
            pages.push((name.clone(), page));
        }
    }
    pages.sort_by(|a, b| a.1.file_name().cmp(&b.1.file_name()));
    let mut code = String::from("&[\n");
    for (family, page) in &pages {
        println!("cargo::rerun-if-changed={}", page.display());
        let stem = page.file_stem().expect("a page has a name").to_string_lossy();
        writeln!(code, "    ({family:?}, {stem:?}, include_str!({:?})),", page.display().to_string())
            .expect("writing to a string cannot fail");
    }
    code.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets the output folder"));
    fs::write(out.join("pages.rs"), code).expect("cargo's output folder can be written");
}

fn folders(dir: &Path) -> Vec<PathBuf> {
    entries(dir).into_iter().filter(|path| path.is_dir()).collect()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    entries(dir).into_iter().filter(|path| path.extension().is_some_and(|ext| ext == "md")).collect()
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let read =
        fs::read_dir(dir).unwrap_or_else(|error| panic!("{} cannot be listed: {error}", dir.display()));
    read.map(|entry| entry.expect("a listed folder's entries can be read").path()).collect()
}
