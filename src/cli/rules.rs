//! `lenslint rules`: what there is to check.

use std::io::Write;

use serde_json::json;

use crate::rule::{Catalogue, Page, Remedy, Scope};

use super::arguments::{Rules, RulesFormat};
use super::{Ending, Trouble};

pub(super) fn run(rules: &Rules, out: &mut dyn Write) -> Result<Ending, Trouble> {
    let pages = &Catalogue::built_in().pages;
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
    Ok(Ending::Clean)
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
    let families = rules.chunk_by(|a, b| a.family == b.family);
    for family in families.chain([own.as_slice()]) {
        let Some(first) = family.first() else { continue };
        writeln!(out, "\n## {} ({})\n", first.family, &first.id[..HUNDRED.len()])?;
        writeln!(out, "| rule | severity | profile | what it says | best practice |")?;
        writeln!(out, "| --- | --- | --- | --- | --- |")?;
        for page in family {
            let Page { id, slug, family, severity, lens, .. } = page;
            let (profile, title) = (page.profile.as_str(), page.title.replace('|', "\\|"));
            writeln!(out, "| [{id}]({family}/{id}-{slug}.md) | {severity} | {profile} | {title} | {lens} |")?;
        }
    }
    Ok(())
}

/// A family's ids have their first four characters in common.
const HUNDRED: &str = "SLP2";

const INTRODUCTION: &str = "\
Each rule is a page: why it hurts, the logic, how to mend it, and examples that are its tests. `lenslint explain ID`
prints a page; `--select` and `--ignore` take ids, and families by either of their names. The severity is the highest
that a rule gives. *Best practice* is where the AWS Serverless Applications Lens asks for it.

`lenslint rules --output markdown` prints this file.";
