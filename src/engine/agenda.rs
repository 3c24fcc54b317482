//! The agenda of a run: its pages, read once for all templates, and which of them a template concerns.

use std::rc::Rc;
use std::sync::Arc;

use crate::finding::Severity;
use crate::guard::{Index, Need, Rule, RuleIndex, Survey, Tree, Vocabulary};
use crate::names::Names;
use crate::rule::{Page, Profile};

/// The pages of a run.
pub(crate) struct Agenda<'p> {
    pages: Vec<Asked<'p>>,
    vocabulary: Arc<Vocabulary<'p>>,
    /// Members of the graph that pages need: of those that a page needs, one has to be there.
    needs: Vec<(Need, usize)>,
    /// The pages of which nobody knows what they need.
    asked_always: Vec<usize>,
}

/// A page that runs, with the survey of its logic.
pub(crate) struct Asked<'p> {
    pub(crate) page: &'p Page,
    pub(super) survey: Arc<Survey<'p>>,
    /// The rules of the logic that speak for the page, in order.
    pub(super) graded: Vec<(RuleIndex, Grade)>,
}

impl<'p> Agenda<'p> {
    /// An agenda of these pages. The linter's own findings have no logic; and logic that does not parse is left out:
    /// whoever loads pages from outside reports that before.
    pub(crate) fn of(pages: &[&'p Page]) -> Self {
        let mut vocabulary = Vocabulary::default();
        let mut asked: Vec<Asked<'p>> = Vec::with_capacity(pages.len());
        for page in pages {
            let Some(Ok(rules)) = page.rules() else { continue };
            // All pages of a plain file have its rules.
            let known = asked.last().filter(|last| std::ptr::eq(last.survey.rules(), rules));
            let survey = match known {
                Some(known) => Arc::clone(&known.survey),
                None => Arc::new(Survey::of(rules, &mut vocabulary)),
            };
            let graded = (0..).map(RuleIndex).zip(rules.rules()).filter(|(at, _)| page.owns(*at));
            let graded = graded.map(|(at, rule)| (at, Grade::of(rule, page))).collect();
            asked.push(Asked { page, survey, graded });
        }
        let (mut needs, mut asked_always) = (Vec::new(), Vec::new());
        for (at, asked) in asked.iter().enumerate() {
            match asked.survey.needs() {
                Some(needed) => needs.extend(needed.iter().map(|need| (*need, at))),
                None => asked_always.push(at),
            }
        }
        Self { pages: asked, vocabulary: Arc::new(vocabulary), needs, asked_always }
    }

    /// An index of a tree whose texts are in `names`, to be asked about by these pages.
    pub(crate) fn index<'a>(&self, tree: &'a Tree, names: &'a Names) -> Rc<Index<'a>>
    where
        'p: 'a,
    {
        Rc::new(Index::new(tree, names, Arc::clone(&self.vocabulary) as Arc<Vocabulary<'a>>))
    }

    /// The pages that may have something to say of what is in the index, in order: most are about what a template does
    /// not have.
    pub(crate) fn concerned(&self, index: &Index<'_>) -> impl Iterator<Item = &Asked<'p>> {
        // A debug build asks all of them, and holds those that are not concerned to be silent.
        let mut are_concerned = vec![cfg!(debug_assertions); self.pages.len()];
        for at in &self.asked_always {
            are_concerned[*at] = true;
        }
        for (need, at) in &self.needs {
            are_concerned[*at] |= index.may_have(*need);
        }
        self.pages.iter().zip(are_concerned).filter_map(|(asked, is_concerned)| is_concerned.then_some(asked))
    }
}

impl Asked<'_> {
    /// Whether the page may have something to say of what is in the index.
    pub(super) fn may_concern(&self, index: &Index<'_>) -> bool {
        self.survey.needs().is_none_or(|needs| needs.iter().any(|need| index.may_have(*need)))
    }
}

/// How bad a rule of the logic is: one in a page's block that is named for a grade has that one, any other has the
/// page's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grade {
    pub(super) severity: Severity,
    pub(super) profile: Profile,
    /// It says nothing of templates that only tests use.
    pub(super) is_for_applications: bool,
}

impl Grade {
    fn of(rule: &Rule, page: &Page) -> Self {
        let named = Severity::named(&rule.name).filter(|_| page.has_grades());
        let severity = named.unwrap_or(page.severity);
        let header = |wanted: &str| {
            let header = rule.headers.iter().find(|header| header.key == wanted);
            header.filter(|_| page.has_grades()).map(|header| header.value.as_str())
        };
        let profile = header("profile").and_then(Profile::named).unwrap_or(page.profile);
        Self { severity, profile, is_for_applications: header("paths") == Some("application") }
    }
}
