//! `lenslint explain`: the page of a rule, as it is written.

use std::io::{self, Write};

use crate::facts::{self, Fact, RUNTIMES_SOURCE};
use crate::rule::Page;

use super::arguments::Explain;
use super::rules;
use super::terminal::tell_all;
use super::{Ending, Trouble};

pub(super) fn run(explain: &Explain, out: &mut dyn Write) -> Result<Ending, Trouble> {
    let (catalogue, errors) = rules::catalogue(&explain.own.rules)?;
    let Some(page) = catalogue.page(&explain.id).or_else(|| catalogue.renamed(&explain.id)) else {
        // A family is near too, but has no page.
        let near = catalogue.nearest(&explain.id).filter(|near| catalogue.page(near).is_some());
        let hint = near.map_or_else(
            || "`lenslint rules` lists them".to_owned(),
            |near| format!("did you mean '{near}'? `lenslint rules` lists them"),
        );
        return Err(Trouble::Usage(format!("there is no rule '{}'; {hint}", explain.id)));
    };
    let since = if page.since.is_empty() { String::new() } else { format!(", since {}", page.since) };
    writeln!(out, "{} {}", page.id, page.slug)?;
    writeln!(
        out,
        "{}, {} confidence, {} profile{since}\n",
        page.severity,
        page.confidence.as_str(),
        page.profile.as_str(),
    )?;
    writeln!(out, "{}", page.text.trim_end())?;
    facts_of(page, out)?;
    Ok(if tell_all(&errors) { Ending::Trouble } else { Ending::Clean })
}

/// The numbers that the rule rests on, and where they come from.
fn facts_of(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let rests_on_dates = matches!(page.rules(), Some(Ok(rules)) if rules.asks_for("Runtimes"));
    if page.facts.is_empty() && !rests_on_dates {
        return Ok(());
    }
    writeln!(out, "\n## Facts\n")?;
    if rests_on_dates {
        let checked = facts::checked();
        writeln!(out, "- the dates of runtimes ({RUNTIMES_SOURCE}, checked on {checked})")?;
    }
    for Fact { name, about, value, unit, source, checked, is_raisable, key: _ } in &page.facts {
        let raisable = if *is_raisable { "; `[limits]` of a configuration raises it" } else { "" };
        writeln!(out, "- {value} {unit}: {about}{raisable} (`{name}`: {source}, checked on {checked})")?;
    }
    Ok(())
}
