//! Exchange: which templates of a run belong together, because one imports what another exports.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use memchr::memmem;

use crate::source::Source;
use crate::template::{Resolver, Template};

use super::Input;
use super::assembly::Assembly;
use super::reading::{Reading, deployment_of, folder_of, read};

/// Whether a file may export to other stacks or import from them; told by its bytes, so that most files are not
/// parsed for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Trade {
    /// The word `Export` stands in it.
    pub(super) may_export: bool,
    /// The word `ImportValue` stands in it.
    pub(super) may_import: bool,
    /// It may nest stacks, which export and import as parts of it.
    pub(super) may_nest: bool,
}

impl Trade {
    /// That of a file.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let has = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
        Self {
            may_export: has("Export"),
            may_import: has("ImportValue"),
            may_nest: has("TemplateURL") || has("AWS::Serverless::Application"),
        }
    }

    /// Whether it may trade at all.
    pub(super) fn is_possible(self) -> bool {
        self.may_export || self.may_import || self.may_nest
    }
}

/// What a template exports and imports under names that are known.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Exchange {
    exports: Vec<String>,
    imports: Vec<String>,
    /// Where the templates lie that it nests.
    nested: Vec<PathBuf>,
}

impl Exchange {
    /// That of a file and of what it nests; nothing for one that is no sound template.
    pub(super) fn of(input: &Input<'_>, trade: Trade) -> Self {
        let Reading::Parsed { text, parsed } = read(input) else { return Self::default() };
        let Some(document) = parsed.document.filter(|_| parsed.errors.is_empty()) else {
            return Self::default();
        };
        let (template, nested) = if trade.may_nest {
            let Assembly { template, nested, .. } = Assembly::of(input, text, document);
            (template, nested)
        } else {
            let source = Source::new(input.path, text);
            (Template::read(source, &document, folder_of(input), &deployment_of(input)).0, Vec::new())
        };
        let resolver = Resolver::new(&template);
        let text = |name| template.names.text(name).to_owned();
        let exports = template.stacks().flat_map(|stack| resolver.exports(stack.outputs));
        let exports = exports.map(|(name, _)| text(name)).collect();
        Self { exports, imports: resolver.imports().map(text).collect(), nested }
    }

    /// Leaves the trade of nested templates to those that nest them: what they export depends on what they are
    /// handed. Where each template lies is told by its index.
    pub(super) fn through_parents(exchanges: &mut [Self], path_of: impl Fn(usize) -> Option<PathBuf>) {
        let nested: HashSet<PathBuf> =
            exchanges.iter_mut().flat_map(|exchange| std::mem::take(&mut exchange.nested)).collect();
        if nested.is_empty() {
            return;
        }
        for (index, exchange) in exchanges.iter_mut().enumerate() {
            if path_of(index).is_some_and(|path| nested.contains(&path)) {
                *exchange = Self::default();
            }
        }
    }

    /// The groups of templates that belong together, of those that trade with others: indices, in order. A name that
    /// two templates export joins nobody, and a group that is too large to be one application is none.
    pub(super) fn groups(exchanges: &[Self]) -> Vec<Vec<usize>> {
        let mut exporters: BTreeMap<&str, Option<usize>> = BTreeMap::new();
        for (index, exchange) in exchanges.iter().enumerate() {
            for name in &exchange.exports {
                let exporter = exporters.entry(name).or_insert(Some(index));
                *exporter = exporter.filter(|known| *known == index);
            }
        }
        let mut group_of: Vec<usize> = (0..exchanges.len()).collect();
        for (index, exchange) in exchanges.iter().enumerate() {
            for exporter in exchange.imports.iter().filter_map(|name| *exporters.get(&**name)?) {
                let (a, b) =
                    (group_of[index].min(group_of[exporter]), group_of[index].max(group_of[exporter]));
                for group in &mut group_of {
                    *group = if *group == b { a } else { *group };
                }
            }
        }
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, group) in group_of.into_iter().enumerate() {
            groups.entry(group).or_default().push(index);
        }
        groups.into_values().filter(|group| (2..=Self::MOST_TOGETHER).contains(&group.len())).collect()
    }

    /// Templates that all import from one network stack are not one application.
    const MOST_TOGETHER: usize = 32;
}
