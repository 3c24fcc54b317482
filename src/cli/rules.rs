//! `lenslint rules`: what there is to check, the user's own rules among it.

use std::io::Write;

use indexmap::IndexMap;
use serde_json::json;

use crate::discover::{self, RuleFile};
use crate::finding::RunError;
use crate::rule::{Catalogue, Page, Remedy, Scope};

use super::arguments::{Rules, RulesFormat};
use super::terminal::tell_all;
use super::{Ending, Trouble};

pub(super) fn run(rules: &Rules, out: &mut dyn Write) -> Result<Ending, Trouble> {
    let (catalogue, errors) = catalogue(&rules.rules)?;
    let pages = &catalogue.pages;
    match rules.output {
        RulesFormat::Text => text(pages, out)?,
        RulesFormat::Json => {
            let rules: Vec<_> = pages.iter().map(entry).collect();
            serde_json::to_writer_pretty(&mut *out, &json!({"rules": rules}))
                .map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        RulesFormat::Markdown => markdown(pages, out)?,
    }
    Ok(if tell_all(&errors) { Ending::Trouble } else { Ending::Clean })
}

/// The rules of a run: those that lenslint carries and those below some paths; and the files that hold none.
pub(super) fn catalogue(paths: &[String]) -> Result<(Catalogue, Vec<RunError>), Trouble> {
    let (own, errors) = pages(paths)?;
    Ok((catalogue_with(own)?, errors))
}

/// The rules below some paths, and the files that hold none.
pub(super) fn pages(paths: &[String]) -> Result<(Vec<Page>, Vec<RunError>), Trouble> {
    let (files, errors) = discover::read_rules(paths, discover::RULE_FILES);
    if files.is_empty() && errors.is_empty() && !paths.is_empty() {
        let wanted = "expected rule pages (.md) or Guard files (.guard, .ruleset)";
        return Err(Trouble::Usage(format!("no rules found in {}: {wanted}", paths.join(", "))));
    }
    let mut own = Vec::new();
    for file in files {
        match file {
            RuleFile::Page(page) => own.push(*page),
            RuleFile::Guard(file) => own.extend(file.pages()),
        }
    }
    Ok((own, errors))
}

/// The rules that lenslint carries, and others.
pub(super) fn catalogue_with(own: Vec<Page>) -> Result<Catalogue, Trouble> {
    Catalogue::with(own).map_err(|duplicate| Trouble::Usage(format!("{}: {duplicate}", duplicate.again)))
}

fn text(pages: &[Page], out: &mut dyn Write) -> std::io::Result<()> {
    for page in pages {
        writeln!(
            out,
            "{}  {:<8} {:<9} {}",
            page.id,
            page.severity.as_str(),
            page.profile.as_str(),
            page.title
        )?;
    }
    Ok(())
}

fn entry(page: &Page) -> serde_json::Value {
    json!({
        "rule": page.id,
        "name": page.slug,
        "family": page.family,
        "title": page.title,
        "severity": page.severity,
        "confidence": page.confidence,
        "profile": page.profile.as_str(),
        "scope": page.scope.as_str(),
        "fix": page.remedy.map(Remedy::as_str),
        "lens": page.lens,
        "since": page.since,
    })
}

/// The index of the pages, as it stands in `rules/README.md`: its links lead from there.
fn markdown(pages: &[Page], out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "# Rules\n\n{INTRODUCTION}")?;
    let (own, rules): (Vec<&Page>, Vec<&Page>) = pages.iter().partition(|page| page.scope == Scope::Tool);
    let mut families: IndexMap<&str, Vec<&Page>> = IndexMap::new();
    for page in rules.into_iter().chain(own) {
        families.entry(&page.family).or_default().push(page);
    }
    for (family, pages) in families {
        // A family's ids have their first four characters in common.
        let hundred =
            pages.first().and_then(|page| page.id.get(..4)).filter(|start| start.starts_with("SLP"));
        match hundred {
            Some(hundred) => writeln!(out, "\n## {family} ({hundred})\n")?,
            None => writeln!(out, "\n## {family}\n")?,
        }
        writeln!(out, "| rule | severity | profile | what it says | best practice |")?;
        writeln!(out, "| --- | --- | --- | --- | --- |")?;
        for page in pages {
            let Page { id, slug, family, severity, lens, .. } = page;
            let (profile, title) = (page.profile.as_str(), page.title.replace('|', "\\|"));
            writeln!(out, "| [{id}]({family}/{id}-{slug}.md) | {severity} | {profile} | {title} | {lens} |")?;
        }
    }
    Ok(())
}

const INTRODUCTION: &str = "\
Each rule is a page: why it hurts, the logic, how to mend it, and examples that are its tests. `lenslint explain ID`
prints a page; `--select` and `--ignore` take ids, and families by either of their names. The severity is the highest
that a rule gives. *Best practice* is where the AWS Serverless Applications Lens asks for it.

`lenslint rules --output markdown` prints this file.";
