//! Wording makes a finding of a failure: places, numbers with their source, the condition in words.

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::document::Scalar;
use crate::finding::{Finding, Label, Member, Severity};
use crate::guard::{Anchor, Place, RenderedPiece};
use crate::names::Name;
use crate::rule::{Absence, Page};
use crate::source::Location;
use crate::template::{Guard, SetBy, Through, Unknown, shortened};
use crate::view::{Stated, Unseen};

use super::check::Checking;
use super::join::{Placed, Subject, join};
use super::scenario::Fired;

/// How a rule's failures become findings.
#[derive(Clone, Copy)]
pub(super) struct Wording<'a> {
    pub(super) checking: Checking<'a>,
    pub(super) page: &'a Page,
    pub(super) severity: Severity,
}

impl Wording<'_> {
    /// One failure, one finding.
    pub(super) fn finding(self, fired: &Fired, subject: Option<Subject>) -> Placed {
        let stands = subject.map(|subject| subject.at);
        let finding = self.worded(fired, self.location(fired.failure.at), stands, 0);
        Placed { finding, when: self.when(fired), apart: fired.failure.apart, subject }
    }

    /// All members of a collection, each with the cases in which it is one, in one finding. It points at the
    /// first that is one in every case, else at the first, and the others are related; or, unless these `are_all` but
    /// only what is new, at the place that could mend all of them.
    pub(super) fn gathered(self, members: &[Vec<Fired>], are_all: bool) -> Option<Placed> {
        let cases = || members.iter().flatten();
        let first = cases().find(|case| case.claims.is_empty()).or_else(|| cases().next())?;
        let places: FxHashSet<Location> = cases().map(|case| self.location(case.failure.at)).collect();
        let globals = self.globals(members).filter(|_| are_all);
        let primary = globals.unwrap_or_else(|| self.location(first.failure.at));
        let mut finding = self.worded(first, primary, None, self.number(members) - 1);
        finding.members = self.members(members);
        let guards = &self.checking.template.guards;
        let mut when = Guard::NEVER;
        let mut when_at: IndexMap<Location, (&Fired, Guard), FxBuildHasher> = IndexMap::default();
        for case in cases() {
            when = guards.or(when, self.when(case));
            let (_, there) = when_at.entry(self.location(case.failure.at)).or_insert((case, Guard::NEVER));
            *there = guards.or(*there, self.when(case));
        }
        let mut seen: FxHashSet<Location> = finding.related.iter().map(|label| label.location).collect();
        seen.insert(primary);
        for (location, (case, there)) in &when_at {
            if seen.insert(*location) {
                finding.related.push(Label { location: *location, message: self.margin(case, *there) });
            }
        }
        let there = when_at.get(&self.location(first.failure.at)).map(|(_, there)| *there);
        if let Some(there) = there.filter(|there| places.len() > 1 && when != *there) {
            finding.primary.message = self.margin(first, there);
        }
        Some(Placed { finding, when, apart: 0.0, subject: None })
    }

    /// How many members there can be at once. Those at one place are as many where a loop makes them, and one where
    /// each is another case of what stands there.
    fn number(self, members: &[Vec<Fired>]) -> usize {
        let guards = &self.checking.template.guards;
        let mut counted: FxHashMap<Location, FxHashMap<Guard, usize>> = FxHashMap::default();
        for member in members {
            let Some(first) = member.first() else { continue };
            let when = member.iter().fold(Guard::NEVER, |when, case| guards.or(when, self.when(case)));
            let there = counted.entry(self.location(first.failure.at)).or_default();
            let is_there_with = |other: &Guard| guards.can_hold(&[(*other, true), (when, true)]);
            if there.contains_key(&when) || there.keys().all(is_there_with) {
                *there.entry(when).or_default() += 1;
            }
        }
        counted.values().flat_map(FxHashMap::values).sum()
    }

    /// The findings that the members would be alone.
    fn members(self, members: &[Vec<Fired>]) -> Vec<Member> {
        let alone = members.iter().flatten().map(|fired| self.finding(fired, None)).collect();
        let alone = join(self.checking, self.page, alone).into_iter();
        let mut members: Vec<Member> = alone
            .map(|Finding { primary, logical_path, fingerprint, .. }| Member {
                location: primary.location,
                logical_path,
                fingerprint,
            })
            .collect();
        members.sort_by_key(|member| member.location);
        members
    }

    /// Whether nothing is to be heard of a member.
    pub(super) fn is_hidden(self, member: &[Fired]) -> bool {
        let is_hidden = |case: &Fired| (self.checking.is_hidden)(self.location(case.failure.at), self.page);
        member.iter().all(is_hidden)
    }

    /// Whether a member was known before the run.
    pub(super) fn is_known(self, member: &[Fired]) -> bool {
        let is_known = |case: &Fired| (self.checking.is_known)(self.location(case.failure.at), self.page);
        member.iter().all(is_known)
    }

    /// What is to be seen at a member, in the cases in which it is one.
    fn margin(self, member: &Fired, when: Guard) -> String {
        let label =
            member.failure.message.as_ref().map_or_else(String::new, |said| self.text(&said.label, 0));
        self.checking.in_its_case(label, when)
    }

    /// `Globals.Function`, else `Globals`, for what every member could have from there.
    fn globals(self, members: &[Vec<Fired>]) -> Option<Location> {
        let template = self.checking.template;
        let could = || members.iter().flatten().all(|member| self.takes_globals(member));
        if self.page.absence == Absence::Here || !could() {
            return None;
        }
        let globals = template.globals?;
        let function = template.names.find("Function").and_then(|key| template.values.get(globals, key));
        Some(template.values.origin(function.unwrap_or(globals)).at_key())
    }

    /// Whether what a member misses is missing in the whole resource, and `Globals` lends to that resource.
    fn takes_globals(self, member: &Fired) -> bool {
        let template = self.checking.template;
        let location = self.location(member.failure.at);
        // Each stack has its own `Globals`; those that are known here are the template's.
        if template.stack_at(location.file).file != template.own.file {
            return false;
        }
        let path = (self.checking.path_to)(location);
        let [section, id] = path.as_slice() else { return false };
        // What a loop makes does not have the id under which its body stands.
        let made_here = || template.resources.values().find(|made| made.origin.at_key() == location);
        let named = template.names.find(id).and_then(|id| template.resources.get(&id));
        section == "Resources" && named.or_else(made_here).is_some_and(|resource| resource.takes_globals)
    }

    fn worded(self, fired: &Fired, location: Location, subject: Option<Location>, more: usize) -> Finding {
        let said = fired.failure.message.as_ref().filter(|said| !said.text.is_empty());
        let path = (self.checking.path_to)(location);
        let logical_path = path.join("/");
        let resource = resource_of(&path);
        let mut message = match said {
            Some(said) => self.text(&said.text, more),
            None => self.page.unsaid(|| match self.page.rules() {
                Some(Ok(rules)) => {
                    // What is wrong in `Globals` is wrong with the resource that has it from there.
                    let about = || resource_of(&(self.checking.path_to)(subject?));
                    fired.failure.in_words(rules, resource.clone().or_else(about).as_deref())
                }
                Some(Err(_)) | None => String::new(),
            }),
        };
        let assumed = self.assumed(fired);
        message.push_str(&self.assumptions(&assumed, &message));
        let is_overridable =
            |stated: &Stated| matches!(stated, Stated::Parameter(through) if through.by.is_overridable());
        let rests_on_default = assumed.iter().any(is_overridable);
        let label = said.map_or_else(String::new, |said| self.text(&said.label, more));
        Finding {
            rule: self.page.id.clone(),
            name: self.page.slug.clone(),
            severity: self.severity,
            confidence: if rests_on_default { self.page.confidence.lowered() } else { self.page.confidence },
            message,
            primary: Label { location, message: label },
            related: self.related(fired, location),
            path: self.path(fired),
            members: Vec::new(),
            resource,
            construct: None,
            fingerprint: String::new(),
            logical_path,
            condition: None,
            help: said
                .map(|said| self.text(&said.fix, more))
                .filter(|help| !help.is_empty())
                .or_else(|| self.page.help()),
        }
    }

    fn related(self, fired: &Fired, primary: Location) -> Vec<Label> {
        let mut labels: Vec<Label> = Vec::new();
        let mut add = |location: Location, message: String| {
            if location != primary && !labels.iter().any(|label| label.location == location) {
                labels.push(Label { location, message });
            }
        };
        if let Some(label) = self.passed(fired.failure.at) {
            add(label.location, label.message);
        }
        let said = fired.failure.message.iter();
        for (anchor, text) in said.flat_map(|said| said.path.iter().chain(&said.also)) {
            add(self.location(*anchor), self.text(text, 0));
            if let Some(label) = self.passed(*anchor) {
                add(label.location, label.message);
            }
        }
        labels
    }

    /// The way that leads to a failure. Two steps at one place, a caller and what it is called by, are one.
    fn path(self, fired: &Fired) -> Vec<Label> {
        let steps = fired.failure.message.iter().flat_map(|said| &said.path);
        let mut path: Vec<Label> = steps
            .map(|(anchor, text)| Label { location: self.location(*anchor), message: self.text(text, 0) })
            .collect();
        path.dedup_by_key(|step| step.location);
        path
    }

    /// Where the stack that nests this one passes what stands at an anchor.
    fn passed(self, anchor: Anchor) -> Option<Label> {
        let stated = self.checking.view.sight(anchor.place).stated;
        let Stated::Parameter(Through { passed: Some(passed), .. }) = stated else { return None };
        let name = self.checking.template.names.text(passed.parameter);
        Some(Label { location: passed.at, message: format!("passed for parameter '{name}'") })
    }

    fn location(self, anchor: Anchor) -> Location {
        let sight = self.checking.view.sight(anchor.place);
        if anchor.is_missing { sight.origin.at_key() } else { sight.location() }
    }

    /// All that has to hold for a failure.
    fn when(self, fired: &Fired) -> Guard {
        let guards = &self.checking.template.guards;
        fired.claims.iter().fold(Guard::ALWAYS, |when, (guard, holds)| {
            guards.and(when, if *holds { *guard } else { guards.not(*guard) })
        })
    }

    /// What the failure takes for granted of parameters, each once.
    fn assumed(self, fired: &Fired) -> Vec<Stated> {
        let mut assumed: Vec<Stated> = Vec::new();
        for place in &fired.read {
            let stated = self.checking.view.sight(*place).stated;
            if stated.is_assumed() && !assumed.contains(&stated) {
                assumed.push(stated);
            }
        }
        assumed
    }

    /// Says what is taken for granted and not said already.
    fn assumptions(self, assumed: &[Stated], message: &str) -> String {
        let template = self.checking.template;
        let quoted = |parameter: Name| format!("'{}'", template.names.text(parameter));
        let [mut defaults, mut given, mut allowed] = [const { Vec::new() }; 3];
        for stated in assumed {
            let (parameter, alike) = match *stated {
                Stated::Parameter(Through { parameter, by: SetBy::Default | SetBy::Unpassed, .. }) => {
                    (parameter, &mut defaults)
                }
                Stated::Parameter(Through { parameter, by: SetBy::Given, .. }) => (parameter, &mut given),
                Stated::AllowedValue(parameter) => (parameter, &mut allowed),
                // A label shows where something is passed.
                Stated::Parameter(Through { by: SetBy::Parent, .. })
                | Stated::Written
                | Stated::Globals
                | Stated::Default
                | Stated::Construct => continue,
            };
            let is_said = message.contains(&format!("parameter {}", quoted(parameter)))
                || message.contains(&format!("(with {} as given)", self.as_given(parameter)));
            if !is_said && !alike.contains(&parameter) {
                alike.push(parameter);
            }
        }
        let all = |parameters: &[Name], words: &dyn Fn(Name) -> String| {
            parameters.iter().map(|parameter| words(*parameter)).collect::<Vec<_>>().join(", ")
        };
        let mut note = String::new();
        match defaults.as_slice() {
            [] => {}
            [one] => note.push_str(&format!(" (with the default of parameter {})", quoted(*one))),
            several => {
                note.push_str(&format!(" (with the defaults of parameters {})", all(several, &quoted)));
            }
        }
        if !given.is_empty() {
            let as_given = all(&given, &|parameter| self.as_given(parameter));
            note.push_str(&format!(" (with {as_given} as given)"));
        }
        if !allowed.is_empty() {
            note.push_str(&format!(" (for every allowed value of {})", all(&allowed, &quoted)));
        }
        note
    }

    /// `Timeout = 30`, `Env = 'prod'`.
    fn as_given(self, parameter: Name) -> String {
        let template = self.checking.template;
        let name = template.names.text(parameter);
        match template.given(parameter) {
            Some(Scalar { text, is_plain: true }) => format!("{name} = {}", shortened(text)),
            Some(Scalar { text, is_plain: false }) => format!("{name} = '{}'", shortened(text)),
            None => name.to_owned(),
        }
    }

    fn text(self, pieces: &[RenderedPiece], more: usize) -> String {
        let mut text = String::new();
        for piece in pieces {
            match piece {
                RenderedPiece::Text(piece) => text.push_str(piece),
                RenderedPiece::Value { text: value, place } => match self.unknown(value, *place) {
                    Some(parameter) => text.push_str(&parameter),
                    None => text.push_str(value),
                },
                RenderedPiece::SourceOf(place) => text.push_str(&self.source_note(*place)),
                RenderedPiece::Count if more == 0 => {}
                RenderedPiece::Count => text.push_str(&format!(" and {more} more")),
            }
        }
        text
    }

    /// The parameter that would tell a value which is not known: it stands for the value, as in `Fn::Sub`.
    fn unknown(self, value: &str, place: Option<Place>) -> Option<String> {
        let place = place.filter(|_| value == RenderedPiece::UNKNOWN)?;
        let name = self.checking.view.unseen(place).find_map(|unseen| match unseen {
            Unseen::Value(Unknown::Parameter(name)) | Unseen::ManyValues(name) => Some(name),
            Unseen::Value(_)
            | Unseen::Resource { .. }
            | Unseen::Form
            | Unseen::OtherFile
            | Unseen::Macro
            | Unseen::Conclusion(_) => None,
        })?;
        Some(format!("${{{}}}", self.checking.template.names.text(name)))
    }

    /// Where a number comes from, when the reader would not find it at the resource itself.
    fn source_note(self, place: Place) -> String {
        match self.checking.view.sight(place).stated {
            Stated::Written | Stated::Construct => String::new(),
            Stated::Globals => " (from Globals)".to_owned(),
            Stated::Default => " (the default)".to_owned(),
            Stated::Parameter(Through { parameter, by: SetBy::Default | SetBy::Unpassed, .. }) => {
                format!(" (the default of parameter '{}')", self.checking.template.names.text(parameter))
            }
            Stated::Parameter(Through { parameter, by: SetBy::Given, decides: true, .. }) => {
                format!(" (with {} as given)", self.as_given(parameter))
            }
            Stated::Parameter(Through { parameter, by: SetBy::Given, decides: false, .. }) => {
                format!(" (given for parameter '{}')", self.checking.template.names.text(parameter))
            }
            Stated::Parameter(Through { parameter, by: SetBy::Parent, .. }) => {
                format!(" (passed for parameter '{}')", self.checking.template.names.text(parameter))
            }
            Stated::AllowedValue(name) => {
                format!(" (allowed by parameter '{}')", self.checking.template.names.text(name))
            }
        }
    }
}

/// The logical id in a path.
pub(super) fn resource_of(path: &[String]) -> Option<String> {
    match path {
        [section, id, ..] if section == "Resources" => Some(id.clone()),
        _ => None,
    }
}
