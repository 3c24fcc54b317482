//! `lenslint rules`: what there is to check, the user's own rules among it.

use std::io::Write;

use indexmap::IndexMap;
use serde_json::json;

use crate::discover::{self, RuleFile};
use crate::finding::RunError;
use crate::rule::{Catalogue, PERF_1, Page, Recommendation, Remedy, Scope, best_practice};

use super::arguments::{Rules, RulesFormat};
use super::terminal::tell_all;
use super::{Ending, Trouble};

pub(super) fn run(rules: &Rules, out: &mut dyn Write) -> Result<Ending, Trouble> {
    let (catalogue, errors) = catalogue(&rules.own.rules)?;
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
    let (pages, errors) = read(paths);
    if pages.is_empty() && errors.is_empty() && !paths.is_empty() {
        return Err(Trouble::Usage(format!("no rules found in {}: {EXPECTED}", paths.join(", "))));
    }
    Ok((pages, errors))
}

/// What holds rules.
pub(super) const EXPECTED: &str = "expected rule pages (.md) or Guard files (.guard, .ruleset)";

/// The rules below some paths, of which there may be none, and the files that hold none.
pub(super) fn read(paths: &[String]) -> (Vec<Page>, Vec<RunError>) {
    let (files, errors) = discover::read_rules(paths, discover::RULE_FILES);
    let mut own = Vec::new();
    for file in files {
        match file {
            RuleFile::Page(page) => own.push(*page),
            RuleFile::Guard(file) => own.extend(file.pages()),
        }
    }
    (own, errors)
}

/// The rules that lenslint carries, and others.
pub(super) fn catalogue_with(own: Vec<Page>) -> Result<Catalogue, Trouble> {
    Catalogue::with(own).map_err(|duplicate| Trouble::Usage(format!("{}: {duplicate}", duplicate.again)))
}

/// By what the Lens asks for; the linter's own findings and the user's rules follow.
fn text(pages: &[Page], out: &mut dyn Write) -> std::io::Result<()> {
    for practice in PERF_1 {
        writeln!(out, "{}", practice.title)?;
        for Recommendation { text, rules, untold } in practice.recommendations {
            writeln!(out, "  {text}")?;
            for page in pages.iter().filter(|page| rules.contains(&page.id.as_str())) {
                line(page, out)?;
            }
            if !untold.is_empty() {
                writeln!(out, "    no template tells {untold}")?;
            }
        }
        writeln!(out)?;
    }
    let rest = pages.iter().filter(|page| best_practice(&page.id).is_none());
    let (own, others): (Vec<&Page>, Vec<&Page>) = rest.partition(|page| page.scope == Scope::Tool);
    writeln!(out, "What the linter itself finds")?;
    own.into_iter().try_for_each(|page| line(page, out))?;
    if !others.is_empty() {
        writeln!(out, "\nYour own rules")?;
        others.into_iter().try_for_each(|page| line(page, out))?;
    }
    Ok(())
}

fn line(page: &Page, out: &mut dyn Write) -> std::io::Result<()> {
    let Page { id, severity, title, .. } = page;
    writeln!(out, "    {id}  {:<8} {:<9} {title}", severity.as_str(), page.profile.as_str())
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

/// What the Lens asks for and the index of the pages, as they stand in `rules/README.md`: its links lead from there.
fn markdown(pages: &[Page], out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "# Rules\n\n{INTRODUCTION}")?;
    for practice in PERF_1 {
        writeln!(out, "\n## {}\n", practice.title)?;
        writeln!(out, "| it asks for | rules | no template tells |")?;
        writeln!(out, "| --- | --- | --- |")?;
        for Recommendation { text, rules, untold } in practice.recommendations {
            let rules: Vec<String> =
                pages.iter().filter(|page| rules.contains(&page.id.as_str())).map(link).collect();
            writeln!(out, "| {text} | {} | {untold} |", rules.join(", "))?;
        }
    }
    writeln!(out, "\n{FAMILIES}")?;
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
        writeln!(out, "| rule | severity | profile | what it says |")?;
        writeln!(out, "| --- | --- | --- | --- |")?;
        for page in pages {
            let (profile, title) = (page.profile.as_str(), page.title.replace('|', "\\|"));
            writeln!(out, "| {} | {} | {profile} | {title} |", link(page), page.severity)?;
        }
    }
    Ok(())
}

fn link(page: &Page) -> String {
    let Page { id, slug, family, .. } = page;
    format!("[{id}]({family}/{id}-{slug}.md)")
}

const INTRODUCTION: &str = "\
Each rule is a page: why it hurts, the logic, how to mend it, and examples that are its tests. `lenslint explain ID`
prints a page; `--select` and `--ignore` take ids, and families by either of their names.

First what the performance pillar of the AWS Serverless Applications Lens (PERF 1) asks for, which rules check it, and
what of it no template tells; then the rules by family. `lenslint rules --output markdown` prints this file.";

const FAMILIES: &str = "\
# Families

The severity is the highest that a rule gives; the profile is the first in which it runs, as far as it is not selected by
its id.";
