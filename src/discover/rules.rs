//! The rules that a user keeps in files: pages, and plain Guard files.

use crate::finding::RunError;
use crate::rule::{GuardFile, Page};

use super::walk::{Discovered, Extensions, find};
use super::{Found, read_any};

/// A file of rules.
#[derive(Debug)]
pub enum RuleFile {
    /// A Markdown page.
    Page(Box<Page>),
    /// A plain file.
    Guard(GuardFile),
}

/// The files of rules below some paths, in the order of their paths, and what is wrong with the others. Markdown
/// in a folder that is no page is left out.
#[must_use]
pub fn read_rules(paths: &[String], wanted: Extensions) -> (Vec<RuleFile>, Vec<RunError>) {
    let Discovered { files: found, mut errors, unread_ignores } = find(paths, wanted);
    // Rules decide what a run says: what may stand among them wrongly is no side note.
    errors.extend(unread_ignores);
    let mut files = Vec::new();
    for found in found {
        let is_named = paths.iter().any(|path| path.trim_start_matches("./") == found.shown);
        match read_rule_file(&found, is_named) {
            Ok(file) => files.extend(file),
            Err(message) => errors.push(RunError { path: found.shown, message }),
        }
    }
    (files, errors)
}

fn read_rule_file(found: &Found, is_named: bool) -> Result<Option<RuleFile>, String> {
    let bytes = read_any(found).map_err(|error| error.message)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        format!("expected rules in UTF-8, found a byte that is not, at offset {valid}")
    })?;
    if !is_markdown(found) {
        let file = GuardFile::read(&found.shown, &text).map_err(|error| error.to_string())?;
        return Ok(Some(RuleFile::Guard(file)));
    }
    let family = found.shown.rsplit('/').nth(1).unwrap_or_default();
    let stem = found.path.file_stem().unwrap_or_default().to_string_lossy();
    if !is_named && !looks_like_a_page(&stem, &text) {
        return Ok(None);
    }
    let mut page = Page::read(family, &stem, &text.replace("\r\n", "\n")).map_err(|error| error.message)?;
    page.file = Some(found.shown.clone());
    if let Some(Err(error)) = page.rules() {
        return Err(error.message.clone());
    }
    Ok(Some(RuleFile::Page(Box::new(page))))
}

/// Front matter, and a page's name or its logic: a site made of Markdown has front matter too.
fn looks_like_a_page(stem: &str, text: &str) -> bool {
    let has_front_matter = text.starts_with("---\n") || text.starts_with("---\r\n");
    let has_id = stem.split_once('-').is_some_and(|(id, _)| {
        id.starts_with(|first: char| first.is_ascii_uppercase())
            && id.ends_with(|last: char| last.is_ascii_digit())
    });
    has_front_matter && (has_id || text.contains("\n```guard"))
}

fn is_markdown(found: &Found) -> bool {
    found.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}
