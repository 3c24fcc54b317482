//! The constructs of the CDK that a template's resources come from, for those who know them by no other name.

use rustc_hash::FxHashMap;

use crate::document::{Document, Kind};
use crate::names::Name;
use crate::source::Location;
use crate::template::{Template, construct_of_path};

/// The constructs of the author's resources, each where its resource stands: what is found in a file that the template
/// names is found there.
pub(super) struct ByPlace(Vec<(Location, Name)>);

impl ByPlace {
    /// What the resources say.
    pub(super) fn of(template: &Template) -> Self {
        let constructs = template.resources.values().filter_map(|resource| {
            let construct = template.construct_of(resource)?;
            Some((resource.origin.whole(), template.names.intern(construct)))
        });
        let mut constructs: Vec<_> = constructs.collect();
        // Resources do not overlap; those of a loop stand in one place.
        constructs.sort_by_key(|(place, _)| (place.file, place.span.start));
        Self(constructs)
    }

    /// The construct of the resource in which a place lies.
    pub(super) fn at(&self, at: Location) -> Option<Name> {
        let after =
            self.0.partition_point(|(place, _)| (place.file, place.span.start) <= (at.file, at.span.start));
        let (place, construct) = self.0[..after].last()?;
        (place.file == at.file && place.span.contains(at.span)).then_some(*construct)
    }
}

/// The constructs of a document that is judged as it is written, by logical id.
pub(super) fn by_id(document: &Document) -> FxHashMap<&str, &str> {
    let resources = document.value(document.root(), "Resources");
    let entries = resources.into_iter().flat_map(|resources| document.entries(resources));
    let constructs = entries.filter_map(|resource| {
        let metadata = document.value(resource.value, "Metadata")?;
        let path =
            document.value(metadata, "aws:cdk:path").filter(|path| document.kind(*path) == Kind::Scalar)?;
        Some((document.scalar(resource.key).text, construct_of_path(document.scalar(path).text)?))
    });
    constructs.collect()
}
