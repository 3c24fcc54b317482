//! The author of rules files: what it knows while it writes. It looks at a document, so that its queries mostly find
//! something and its literals mostly are near what they find.

use crate::documents::Entry;
use crate::pieces::{Piece, several, text};
use crate::random::Random;

/// Who writes a rules file about a document.
pub(crate) struct Author<'r> {
    pub(crate) random: &'r mut Random,
    /// The document.
    pub(crate) document: &'r Entry,
    /// The variables of all scopes around, innermost last.
    pub(crate) variables: Vec<Variable>,
    /// Rules that are written already.
    pub(crate) rules: Vec<String>,
    /// Parameterized rules, with their number of parameters.
    pub(crate) parameterized: Vec<(String, usize)>,
    /// How many blocks and filters there are around.
    pub(crate) depth: usize,
    /// How many names were made up.
    pub(crate) names: usize,
}

/// A variable in scope.
#[derive(Clone)]
pub(crate) struct Variable {
    pub(crate) name: String,
    /// One of its values, if it has any.
    pub(crate) sample: Option<Entry>,
}

/// A piece of a query, and a value that it finds.
pub(crate) type Found = (Piece, Option<Entry>);

impl<'r> Author<'r> {
    pub(crate) fn new(random: &'r mut Random, document: &'r Entry) -> Self {
        Self {
            random,
            document,
            variables: Vec::new(),
            rules: Vec::new(),
            parameterized: Vec::new(),
            depth: 0,
            names: 0,
        }
    }

    /// A rules file.
    pub(crate) fn file(&mut self) -> Piece {
        let root = self.document;
        let mut parts = Vec::new();
        for _ in 0..self.random.below(3) {
            let piece = self.assignment(root);
            parts.push(piece);
        }
        for _ in 0..self.random.below(3) {
            let piece = self.parameterized_rule(root);
            parts.push(piece);
        }
        for _ in 0..self.random.between(3, 8) {
            let piece = self.rule(root);
            parts.push(piece);
        }
        if self.random.percent(15) {
            let piece = self.loose(root);
            parts.push(piece);
        }
        several(parts, "\n", 1)
    }

    fn rule(&mut self, root: &Entry) -> Piece {
        let name = if !self.rules.is_empty() && self.random.percent(10) {
            self.random.pick(&self.rules).clone()
        } else {
            format!("r{}", self.rules.len())
        };
        let when = self.optional_when(root, 20);
        let body = self.body(root, Place::Rule);
        self.rules.push(name.clone());
        Piece::Whole(vec![text(format!("rule {name}")), when, body])
    }

    fn parameterized_rule(&mut self, root: &Entry) -> Piece {
        let outer = self.variables.len();
        let count = self.random.between(1, 2);
        let names: Vec<String> = (0..count).map(|index| format!("p{index}")).collect();
        for name in &names {
            let sample = self.somewhere(root);
            self.variables.push(Variable { name: name.clone(), sample: Some(sample) });
        }
        let body = self.body(root, Place::Rule);
        self.variables.truncate(outer);
        let name = format!("f{}", self.parameterized.len());
        let head = format!("rule {name}({})", names.join(", "));
        self.parameterized.push((name, count));
        Piece::Whole(vec![text(head), body])
    }

    /// Clauses outside of any rule.
    fn loose(&mut self, root: &Entry) -> Piece {
        match self.random.below(3) {
            0 => self.type_block(root),
            1 => self.when_block(root, Place::When),
            _ => self.any_of(root, Place::Block),
        }
    }

    /// Assignments and clauses in braces.
    pub(crate) fn body(&mut self, root: &Entry, place: Place) -> Piece {
        let outer = self.variables.len();
        self.depth += 1;
        let mut clauses = Vec::new();
        if self.random.percent(35) {
            let piece = self.assignment(root);
            clauses.push(piece);
        }
        // A clause that fails hides what the others say.
        let count = if self.random.percent(70) { 1 } else { self.random.between(2, 3) };
        for _ in 0..count {
            let piece = self.any_of(root, place);
            clauses.push(piece);
        }
        self.depth -= 1;
        self.variables.truncate(outer);
        Piece::Whole(vec![text(" {\n"), several(clauses, "\n", 1), text("\n}")])
    }

    pub(crate) fn assignment(&mut self, root: &Entry) -> Piece {
        self.names += 1;
        let is_known = !self.variables.is_empty() && self.random.percent(8);
        let name = if is_known {
            self.random.pick(&self.variables).name.clone()
        } else {
            format!("v{}", self.names)
        };
        let sign = self.random.word(&[" = ", " = ", " := ", "="]);
        let (value, sample) = match self.random.below(100) {
            0..20 => {
                let sample = self.somewhere(root);
                (self.literal(Some(&sample)), Some(sample))
            }
            20..45 => self.function(root),
            _ => self.query(root, false),
        };
        self.variables.push(Variable { name: name.clone(), sample });
        Piece::Whole(vec![text(format!("let {name}{sign}")), value])
    }

    /// Any value inside of a value.
    pub(crate) fn somewhere(&mut self, root: &Entry) -> Entry {
        let mut entry = root;
        while !self.random.percent(15) {
            entry = match entry {
                Entry::Map(entries) if !entries.is_empty() => &self.random.pick(entries).1,
                Entry::List(items) if !items.is_empty() => self.random.pick(items),
                Entry::Map(_) | Entry::List(_) | Entry::Scalar(_) | Entry::Tagged(..) => break,
            };
        }
        entry.clone()
    }
}

/// Where a clause stands, which decides what it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Directly in a rule.
    Rule,
    /// In a `when` block directly in a rule.
    When,
    /// In the block of a query or type.
    Block,
    /// In a filter.
    Filter,
    /// In the conditions of a `when`.
    Conditions,
}
