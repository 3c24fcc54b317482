//! A baseline is what a project lives with for now: a file that lists findings, each of which hides as many of its kind
//! as it counts. A second one like it is new.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{self, Component, Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use serde_json::error::Category;

use crate::finding::{Checked, Finding, Member, Suppressed, Suppression, SuppressionKind};
use crate::shown;
use crate::source::{Location, Source, Span};

/// Changes when a reader of the old shape would misread the new one.
const SCHEMA: &str = "lenslint-baseline/1";

/// Findings that are known, and how many there are of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known(BTreeMap<Key, Tally>);

/// What makes two findings the same, whatever moves around them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// From the folder that the paths of a [`Known`] start from.
    path: String,
    rule: String,
    fingerprint: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Tally {
    count: usize,
    /// For those who read the file: the fingerprint holds it already.
    logical_path: String,
}

impl Known {
    /// Reads a baseline.
    ///
    /// # Errors
    ///
    /// The text is no baseline, or one of a version that this release does not know; in one line.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.trim_ascii().is_empty() {
            return Err("is no baseline: it is empty".to_owned());
        }
        // The version first: the shape of another one is not ours to judge.
        let version: Version = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
            Category::Data => format!("is no baseline: it has no `schema` like '{SCHEMA}'"),
            Category::Eof => "is no baseline: it ends in the middle".to_owned(),
            Category::Io | Category::Syntax => {
                format!("is no baseline: line {} is not JSON", error.line())
            }
        })?;
        if version.schema != SCHEMA {
            return Err(format!("is of the version '{}': expected '{SCHEMA}'", version.schema));
        }
        let file: File = serde_json::from_slice(bytes).map_err(|error| {
            format!(
                "is no baseline: expected `findings`, each with `path`, `rule`, `logical_path`, `fingerprint` and \
                 `count`, and found something else on line {}",
                error.line()
            )
        })?;
        let mut known = Self::default();
        for Entry { path, rule, logical_path, fingerprint, count } in file.findings {
            known.add(Key { path, rule, fingerprint }, count, logical_path);
        }
        Ok(known)
    }

    /// Writes a baseline: sorted, one entry on a line, so that two branches merge without conflicts where they can.
    ///
    /// # Errors
    ///
    /// What `out` answers.
    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\n  \"schema\": \"{SCHEMA}\",\n  \"findings\": [")?;
        for (index, (Key { path, rule, fingerprint }, Tally { count, logical_path })) in
            self.0.iter().enumerate()
        {
            let text = |text: &str| serde_json::to_string(text).map_err(io::Error::from);
            write!(
                out,
                "{}\n    {{\"path\": {}, \"rule\": {}, \"logical_path\": {}, \"fingerprint\": {}, \"count\": {count}}}",
                if index == 0 { "" } else { "," },
                text(path)?,
                text(rule)?,
                text(logical_path)?,
                text(fingerprint)?,
            )?;
        }
        out.write_all(if self.0.is_empty() { b"]\n}\n" } else { b"\n  ]\n}\n" })
    }

    /// The findings that are told of some files.
    pub(crate) fn of<'c>(checked: impl IntoIterator<Item = &'c Checked>, places: &mut Places) -> Self {
        let mut known = Self::default();
        for checked in checked {
            for finding in &checked.findings {
                for (key, logical_path) in Key::all_of(finding, &checked.sources, places) {
                    known.add(key, 1, logical_path.to_owned());
                }
            }
        }
        known
    }

    /// Suppresses the findings of some files that are known, each as often as it is. What remains was not found.
    #[must_use]
    pub(crate) fn hide<'c>(
        mut self,
        checked: impl IntoIterator<Item = &'c mut Checked>,
        places: &mut Places,
        by: SuppressionKind,
    ) -> Self {
        for checked in checked {
            let Checked { sources, findings, suppressed, .. } = checked;
            let before = suppressed.len();
            let (hidden, shown) = std::mem::take(findings)
                .into_iter()
                .partition(|finding| self.take(&Key::all_of(finding, sources, places)));
            *findings = shown;
            let hidden: Vec<Finding> = hidden;
            suppressed
                .extend(hidden.into_iter().map(|finding| Suppressed { finding, by: Suppression::of(by) }));
            if suppressed.len() > before {
                suppressed.sort_by_key(|one| {
                    let location = one.finding.primary.location;
                    (location.file, location.span.start, one.finding.rule.clone())
                });
            }
        }
        self.0.retain(|_, tally| tally.count > 0);
        self
    }

    /// The known members of findings of which other members are new: the next check tells of them alone.
    pub(crate) fn in_part<'c>(
        &self,
        checked: impl IntoIterator<Item = &'c Checked>,
        places: &mut Places,
    ) -> Apart {
        let mut apart = Apart::default();
        for Checked { sources, findings, .. } in checked {
            for finding in findings {
                let mut is_known = |member: &&Member| {
                    let key = Key::at(&finding.rule, member.location, &member.fingerprint, sources, places);
                    self.0.get(&key).is_some_and(|tally| tally.count > 0)
                };
                let known: Vec<&Member> = finding.members.iter().filter(&mut is_known).collect();
                if known.len() < finding.members.len() {
                    apart.0.extend(known.iter().map(|member| {
                        let Location { file, span } = member.location;
                        (finding.rule.clone(), sources[file.0 as usize].path().to_owned(), span)
                    }));
                }
            }
        }
        apart
    }

    /// How many defects it is.
    pub(crate) fn len(&self) -> usize {
        self.0.values().map(|tally| tally.count).sum()
    }

    /// Whether it is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of which `is_wanted` says so, by path and rule.
    #[must_use]
    pub(crate) fn filtered(mut self, mut is_wanted: impl FnMut(&str, &str) -> bool) -> Self {
        self.0.retain(|key, _| is_wanted(&key.path, &key.rule));
        self
    }

    /// Without as many of each as `others` has.
    #[must_use]
    pub(crate) fn without(mut self, others: &Self) -> Self {
        for (key, Tally { count, .. }) in &others.0 {
            if let Some(tally) = self.0.get_mut(key) {
                tally.count = tally.count.saturating_sub(*count);
            }
        }
        self.0.retain(|_, tally| tally.count > 0);
        self
    }

    /// Together with `others`.
    #[must_use]
    pub(crate) fn with(mut self, others: Self) -> Self {
        for (key, Tally { count, logical_path }) in others.0 {
            self.add(key, count, logical_path);
        }
        self
    }

    /// The same findings, where some of their files have other paths now.
    #[must_use]
    pub(crate) fn renamed(self, now: impl Fn(&str) -> Option<String>) -> Self {
        let mut known = Self::default();
        for (key, Tally { count, logical_path }) in self.0 {
            let path = now(&key.path).unwrap_or(key.path);
            known.add(Key { path, ..key }, count, logical_path);
        }
        known
    }

    /// The same findings, where some of their rules have other ids now.
    #[must_use]
    pub(crate) fn with_rules(self, now: impl Fn(&str) -> Option<String>) -> Self {
        let mut known = Self::default();
        for (key, Tally { count, logical_path }) in self.0 {
            let rule = now(&key.rule).unwrap_or(key.rule);
            known.add(Key { rule, ..key }, count, logical_path);
        }
        known
    }

    fn add(&mut self, key: Key, count: usize, logical_path: String) {
        let tally = self.0.entry(key).or_insert(Tally { count: 0, logical_path });
        tally.count = tally.count.saturating_add(count);
    }

    /// Takes one of each out; whether there was one of each.
    fn take(&mut self, keys: &[(Key, &str)]) -> bool {
        let is_there = |(key, _): &(Key, &str)| self.0.get(key).is_some_and(|tally| tally.count > 0);
        let are_there = keys.iter().all(is_there);
        if are_there {
            for (key, _) in keys {
                self.0.entry(key.clone()).and_modify(|tally| tally.count = tally.count.saturating_sub(1));
            }
        }
        are_there
    }
}

impl Key {
    /// The keys of all that a finding speaks for, with their logical paths. A file that is nested twice has two copies
    /// of each place.
    fn all_of<'f>(finding: &'f Finding, sources: &[Source], places: &mut Places) -> Vec<(Self, &'f str)> {
        let mut at = |location, fingerprint| Self::at(&finding.rule, location, fingerprint, sources, places);
        if finding.members.is_empty() {
            return vec![(at(finding.primary.location, &finding.fingerprint), &finding.logical_path)];
        }
        let mut seen = FxHashSet::default();
        let members = finding.members.iter().map(|member| {
            (at(member.location, &member.fingerprint), member.logical_path.as_str(), member.location.span)
        });
        let once = members.filter(|(key, _, span)| seen.insert((key.path.clone(), *span)));
        once.map(|(key, logical_path, _)| (key, logical_path)).collect()
    }

    fn at(
        rule: &str,
        location: Location,
        fingerprint: &str,
        sources: &[Source],
        places: &mut Places,
    ) -> Self {
        let path = places.name(sources[location.file.0 as usize].path());
        Self { path, rule: rule.to_owned(), fingerprint: fingerprint.to_owned() }
    }
}

/// Places that are told of alone, each with its rule and the path that reports show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Apart(FxHashSet<(String, String, Span)>);

impl Apart {
    /// Whether it is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Together with `others`.
    #[must_use]
    pub(crate) fn with(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Whether a place is one of them.
    pub(crate) fn has(&self, rule: &str, path: &str, span: Span) -> bool {
        !self.is_empty() && self.0.contains(&(rule.to_owned(), path.to_owned(), span))
    }
}

/// Names files by the way from one folder, from whatever folder they were named: `infra/template.yaml`,
/// `../template.yaml`.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Absolute, without links.
    folder: PathBuf,
    /// The folders that have been asked about, without links.
    real: FxHashMap<PathBuf, PathBuf>,
}

impl Places {
    /// Names files from `folder`.
    pub(crate) fn from(folder: &Path) -> Self {
        Self { folder: without_links(folder), real: FxHashMap::default() }
    }

    /// The name of the file that a report shows as `shown`; standard input without a name keeps its `-`.
    pub(crate) fn name(&mut self, shown: &str) -> String {
        if shown == "-" {
            return shown.to_owned();
        }
        let path = Path::new(shown);
        let parent = path.parent().unwrap_or(Path::new(""));
        let real = self.real.entry(parent.to_owned()).or_insert_with(|| without_links(parent));
        let file = path.file_name().map_or_else(|| real.clone(), |name| real.join(name));
        way(&self.folder, &file)
    }

    /// Where the file of a name lies.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// The absolute path of a folder. A link in it that exists is followed, so that one folder has one path.
fn without_links(folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    fs::canonicalize(folder).or_else(|_| path::absolute(folder)).unwrap_or_else(|_| folder.to_owned())
}

/// The way from a folder to a file, both absolute; the file's own path where there is none (another drive).
fn way(folder: &Path, file: &Path) -> String {
    let mut from = folder.components().peekable();
    let mut to = file.components().peekable();
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let is_on_another_drive = to.peek().is_some_and(|part| matches!(part, Component::Prefix(_)));
    if is_on_another_drive {
        return shown::joined(file);
    }
    let up = from.map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(to).collect();
    shown::joined(&way)
}

/// What every version of the file has.
#[derive(Deserialize)]
struct Version {
    schema: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[expect(dead_code, reason = "it is read with `Version`, and no other key may stand here")]
    schema: String,
    findings: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    rule: String,
    logical_path: String,
    fingerprint: String,
    count: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(entries: &[(&str, usize)]) -> Known {
        let mut known = Known::default();
        for (path, count) in entries {
            let key = Key {
                path: (*path).to_owned(),
                rule: "SLP202".to_owned(),
                fingerprint: format!("{:032x}", 7),
            };
            known.add(key, *count, "Resources/Orders".to_owned());
        }
        known
    }

    fn written(known: &Known) -> String {
        let mut out = Vec::new();
        known.write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written() {
        for entries in [&[][..], &[("t.yaml", 1)], &[("../a \"b\"\n\u{1b}[2J.yaml", 2), ("ö.yaml", 1)]] {
            let known = known(entries);
            let text = written(&known);
            assert_eq!(Known::read(text.as_bytes()).as_ref(), Ok(&known), "{text}");
            assert_eq!(text.lines().filter(|line| line.contains("\"path\"")).count(), entries.len());
        }
    }

    #[test]
    fn an_entry_that_a_merge_has_doubled_counts_for_both() {
        let text = written(&known(&[("t.yaml", 1)]));
        let entry = text.lines().nth(3).unwrap();
        let doubled = text.replace(entry, &format!("{entry},\n{entry}"));
        assert_eq!(Known::read(doubled.as_bytes()), Ok(known(&[("t.yaml", 2)])));
    }

    #[test]
    fn as_many_are_left_as_were_not_taken_away() {
        let all = known(&[("a.yaml", 3), ("b.yaml", 1)]);
        assert_eq!(all.clone().without(&known(&[("a.yaml", 2), ("b.yaml", 5)])), known(&[("a.yaml", 1)]));
        assert_eq!(all.clone().with(known(&[("b.yaml", 1)])), known(&[("a.yaml", 3), ("b.yaml", 2)]));
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn the_way_leads_up_and_down() {
        for (folder, file, expected) in [
            ("/repo", "/repo/infra/t.yaml", "infra/t.yaml"),
            ("/repo/lint", "/repo/infra/t.yaml", "../infra/t.yaml"),
            ("/a/b", "/c/t.yaml", "../../c/t.yaml"),
            ("/repo", "/repository/t.yaml", "../repository/t.yaml"),
        ] {
            assert_eq!(way(Path::new(folder), Path::new(file)), expected);
        }
    }

    #[test]
    fn standard_input_without_a_name_keeps_its_own() {
        assert_eq!(Places::from(Path::new("/")).name("-"), "-");
    }
}
