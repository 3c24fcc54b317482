//! What a rule could not say of its subjects, and why: the ledger of the cases that nobody knows the end of.

use indexmap::IndexMap;
use indexmap::map::Entry;
use rustc_hash::FxBuildHasher;

use crate::finding::{Reason, ReasonKind, Undecided};
use crate::guard::{NodeId, Place};
use crate::names::Name;
use crate::rule::Page;
use crate::source::{FileId, Location, Span};
use crate::template::{Lack, Literal, Stack, Template, Unknown, is_filled_by_ssm, is_list};
use crate::view::Unseen;

use super::check::{Checking, may_be_elsewhere};
use super::scenario::{Explored, Open};
use super::wording::resource_of;

/// The subjects that a page spoke of or could not place, in the order in which they came up. One that several rules of
/// the page ask about stands here once; `None` is the document.
#[derive(Default)]
pub(super) struct Ledger(IndexMap<Option<NodeId>, Account, FxBuildHasher>);

/// What came of one subject.
#[derive(Default)]
struct Account {
    /// What has to hold for each of the failures.
    fired: Vec<Vec<Literal>>,
    open: Vec<Open>,
    is_cut_off: bool,
}

/// Where the document itself is shown.
const TOP: Location = Location { file: FileId::TEMPLATE, span: Span { start: 0, end: 0 } };

/// Reasons that are told of one check.
const MOST_REASONS: usize = 8;

impl Ledger {
    /// Notes what came of a subject, unless it is all in order.
    pub(super) fn note(&mut self, subject: Option<NodeId>, explored: &Explored) {
        if !explored.is_undone() {
            return;
        }
        let Explored { fired, open, is_cut_off } = explored;
        let account = self.0.entry(subject).or_default();
        account.fired.extend(fired.iter().map(|fired| fired.claims.clone()));
        account.open.extend(open.iter().cloned());
        account.is_cut_off |= is_cut_off;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what another rule of the page has noted.
    pub(super) fn add(&mut self, other: Self) {
        for (subject, account) in other.0 {
            let Account { fired, open, is_cut_off } = self.0.entry(subject).or_default();
            fired.extend(account.fired);
            open.extend(account.open);
            *is_cut_off |= account.is_cut_off;
        }
    }

    /// The checks that stay undecided in a case in which the page says nothing else of the subject.
    pub(super) fn undecided(self, checking: Checking<'_>, page: &Page) -> Vec<Undecided> {
        let teller = Teller { checking, page };
        // Each place once, as findings are.
        let mut by_location: IndexMap<Location, Undecided, FxBuildHasher> = IndexMap::default();
        for (subject, account) in self.0 {
            let Some(check) = teller.undecided(subject, &account) else { continue };
            match by_location.entry(check.location) {
                Entry::Vacant(place) => {
                    place.insert(check);
                }
                Entry::Occupied(mut known) => {
                    let known = known.get_mut();
                    for reason in std::iter::once(check.first).chain(check.others) {
                        if known.others.len() + 1 < MOST_REASONS
                            && known.reasons().all(|told| *told != reason)
                        {
                            known.others.push(reason);
                        }
                    }
                }
            }
        }
        by_location.into_values().collect()
    }
}

/// Tells reasons in words.
#[derive(Clone, Copy)]
struct Teller<'a> {
    checking: Checking<'a>,
    page: &'a Page,
}

impl<'a> Teller<'a> {
    fn undecided(self, subject: Option<NodeId>, account: &Account) -> Option<Undecided> {
        let at = subject.map(|subject| self.checking.view.sight_of(subject).location());
        // In a part of an application another file may mend what the page finds.
        let stack = self.checking.template.stack_at(at.unwrap_or(TOP).file);
        let is_elsewhere = may_be_elsewhere(self.page, stack);
        let mut reasons: Vec<Reason> = Vec::new();
        let is_answered = |open: &Open| {
            account.fired.iter().any(|fired| fired.iter().all(|claim| open.claims.contains(claim)))
        };
        for open in account.open.iter().filter(|open| is_elsewhere || !is_answered(open)) {
            self.add_reasons(open, at.unwrap_or(TOP), &mut reasons);
        }
        let here = |kind, text: &str| Reason { kind, text: text.to_owned(), location: at.unwrap_or(TOP) };
        if is_elsewhere && !account.fired.is_empty() {
            reasons
                .insert(0, here(ReasonKind::OtherFile, &self.elsewhere(stack, "another file may state it")));
        }
        if account.is_cut_off && !account.fired.iter().any(Vec::is_empty) {
            reasons.push(here(ReasonKind::TooMany, "it depends on more conditions than are followed"));
        }
        let mut reasons = reasons.into_iter();
        let first = reasons.next()?;
        let location = at.unwrap_or(first.location);
        let path = (self.checking.path_to)(location);
        Some(Undecided {
            rule: self.page.id.clone(),
            name: self.page.slug.clone(),
            location,
            resource: resource_of(&path),
            first,
            others: reasons.take(MOST_REASONS - 1).collect(),
        })
    }

    /// The reasons why a case is open: none for one in which nothing is deployed.
    fn add_reasons(self, open: &Open, at: Location, reasons: &mut Vec<Reason>) {
        let view = self.checking.view;
        let unseen = |place: &Place| view.unseen(*place);
        if open.doubts.iter().flat_map(unseen).any(|unseen| unseen == Unseen::Value(Unknown::NoRow)) {
            return;
        }
        let mut add = |reason: Reason| {
            if reasons.len() < MOST_REASONS && !reasons.contains(&reason) {
                reasons.push(reason);
            }
        };
        let mut is_told = false;
        for place in &open.doubts {
            for unseen in view.unseen(*place) {
                is_told = true;
                let location = view.sight(*place).location();
                let (kind, text) = self.words(unseen, self.checking.template.stack_at(location.file));
                add(Reason { kind, text, location });
            }
        }
        if !is_told {
            let text = "it cannot be told from the template".to_owned();
            add(Reason { kind: ReasonKind::Outside, text, location: at });
        }
    }

    fn words(self, unseen: Unseen, stack: &Stack) -> (ReasonKind, String) {
        let name = |name: Name| self.named(name);
        match unseen {
            Unseen::Value(unknown) => self.words_of_value(unknown),
            Unseen::ManyValues(parameter) => {
                let text = format!("parameter '{}' allows more values than are followed", name(parameter));
                (ReasonKind::TooMany, text)
            }
            Unseen::Resource { id, attribute } => {
                let text = match attribute {
                    Some(attribute) => {
                        format!("attribute '{}' of '{}' is known at deployment", name(attribute), name(id))
                    }
                    None => format!("the name of '{}' is known at deployment", name(id)),
                };
                (ReasonKind::Attribute, text)
            }
            Unseen::Form => (ReasonKind::Form, "the value does not have the form that it should".to_owned()),
            Unseen::OtherFile => (ReasonKind::OtherFile, self.elsewhere(stack, "another file may set it")),
            Unseen::Macro => (ReasonKind::Macro, "a macro or a loop may write here".to_owned()),
            Unseen::Conclusion(fact) if stack.has_open_resources() => {
                let text = format!("`{fact}` cannot be told beside a macro or a loop");
                (ReasonKind::Macro, text)
            }
            Unseen::Conclusion(fact) => {
                (ReasonKind::Outside, format!("`{fact}` cannot be told from the template"))
            }
        }
    }

    /// A name, as long as CloudFormation takes one at most: every check may tell of it.
    fn named(self, name: Name) -> &'a str {
        const LONGEST: usize = 255;
        let text = self.checking.template.names.text(name);
        text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end])
    }

    /// What another file may do, and what shows that there is one.
    fn elsewhere(self, stack: &Stack, what: &str) -> String {
        match stack.lack() {
            Some(Lack::Transform) => format!("{what}: this one has SAM resources and no SAM transform"),
            Some(Lack::Definition(name)) => {
                format!("{what}: '{}' is not defined here", self.named(name))
            }
            None => what.to_owned(),
        }
    }

    fn words_of_value(self, unknown: Unknown) -> (ReasonKind, String) {
        match unknown {
            Unknown::Parameter(name) => self.words_of_parameter(name),
            Unknown::Import => (ReasonKind::Import, "it is imported from another stack".to_owned()),
            Unknown::DynamicReference => {
                (ReasonKind::DynamicReference, "it is resolved at deployment ({{resolve:...}})".to_owned())
            }
            Unknown::PartOf(name) if self.checking.template.parameters.contains_key(&name) => {
                self.words_of_parameter(name)
            }
            Unknown::Pseudo(name) | Unknown::PartOf(name) => {
                (ReasonKind::Pseudo, format!("`{}` is known at deployment", self.named(name)))
            }
            Unknown::Zones => {
                (ReasonKind::Function, "the availability zones are known at deployment".to_owned())
            }
            Unknown::Mapping => {
                (ReasonKind::Mapping, "the row of a mapping depends on what is not known".to_owned())
            }
            Unknown::NoRow => (ReasonKind::Mapping, "the mapping has no such row".to_owned()),
            Unknown::Macro => (ReasonKind::Macro, "a macro writes it".to_owned()),
            Unknown::Undefined(name) => {
                (ReasonKind::OtherFile, format!("'{}' is not defined here", self.named(name)))
            }
            Unknown::Function => (ReasonKind::Function, "a function here is not evaluated".to_owned()),
            Unknown::Circular => {
                (ReasonKind::Function, "stacks hand it to one another in a circle".to_owned())
            }
            Unknown::TooMany => (ReasonKind::TooMany, "it can be more things than are followed".to_owned()),
        }
    }

    /// A secret has a name, and nothing else of it is told.
    fn words_of_parameter(self, name: Name) -> (ReasonKind, String) {
        let Template { names, parameters, .. } = self.checking.template;
        let shown = self.named(name);
        let Some(parameter) = parameters.get(&name) else {
            return (ReasonKind::Parameter, format!("parameter '{shown}' has no value"));
        };
        let type_name = names.text(parameter.type_name);
        if parameter.is_secret {
            (ReasonKind::Parameter, format!("parameter '{shown}' is a secret"))
        } else if is_filled_by_ssm(type_name) {
            let text = format!("parameter '{shown}' is filled in by Parameter Store at deployment");
            (ReasonKind::DynamicReference, text)
        } else if parameter.allowed.len() > 1 {
            (ReasonKind::Parameter, format!("parameter '{shown}' can be one of several values"))
        } else if is_list(type_name) && parameter.setting().is_some() {
            (ReasonKind::Function, format!("parameter '{shown}' is a list, which is not taken apart here"))
        } else {
            (ReasonKind::Parameter, format!("parameter '{shown}' has no value"))
        }
    }
}
