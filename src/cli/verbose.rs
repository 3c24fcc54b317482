//! `check -v`: of each file, with which configuration it was checked, or why it was passed over.

use std::fs;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::discover::{self, Found, Kind};
use crate::finding::Checked;
use crate::source::Source;

use super::inputs::on_disk;
use super::terminal::tell;

/// What was asked for, each with the index of its settings.
pub(super) struct Asked<'a> {
    /// What was looked at.
    pub(super) files: &'a [(Found, usize)],
    /// The paths of what was not, since a configuration excludes it.
    pub(super) excluded: &'a [(String, usize)],
    /// By the index of the settings, the file that they stand in.
    pub(super) configurations: &'a [Option<String>],
}

/// Says of each file what became of it. The number beside what was checked is the index of its settings.
pub(super) fn tell_of_files(asked: &Asked<'_>, checked: &[(usize, Checked)]) {
    let mut as_part_of: FxHashMap<PathBuf, (&str, usize)> = FxHashMap::default();
    for (settings, Checked { sources, .. }) in checked {
        let first = sources.first().map_or("-", Source::path);
        for source in sources {
            as_part_of.entry(real(source.path())).or_insert((first, *settings));
        }
    }
    let excluded = asked.excluded.iter().map(|(shown, settings)| {
        let by = asked.configurations[*settings].as_deref().unwrap_or("the configuration");
        (shown.as_str(), format!("passed over: {by} excludes it"))
    });
    let looked_at = asked.files.iter().map(|(found, _)| {
        let became = match as_part_of.get(&real(&found.shown)) {
            Some((first, settings)) => {
                let with = asked.configurations[*settings].as_deref().unwrap_or("no configuration");
                let part =
                    if *first == found.shown { String::new() } else { format!(" as a part of {first}") };
                format!("checked{part} with {with}")
            }
            None => format!("passed over: {}", why_not(found)),
        };
        (found.shown.as_str(), became)
    });
    let mut lines: Vec<(&str, String)> = excluded.chain(looked_at).collect();
    lines.sort();
    for (shown, became) in lines {
        tell(&format!("{shown}: {became}"));
    }
}

/// Why a file was looked at and not checked.
fn why_not(found: &Found) -> &'static str {
    match on_disk(&found.shown).map(|_| discover::read(found)) {
        Some(Ok((_, Kind::TemplateOfTemplates))) => "it makes templates, and is none before it is filled in",
        Some(Err(_)) => "it cannot be read",
        Some(Ok((_, Kind::Template | Kind::Other))) | None => "it is no template",
    }
}

/// One path for each file, whatever it was called.
fn real(shown: &str) -> PathBuf {
    fs::canonicalize(shown).unwrap_or_else(|_| Path::new(shown).to_owned())
}
