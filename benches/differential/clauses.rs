//! Clauses, as an author writes them.

use crate::author::{Author, Place};
use crate::documents::Entry;
use crate::pieces::{Piece, optional, several, text};

const UNARY: &[&str] =
    &["exists", "empty", "is_string", "is_list", "is_struct", "is_bool", "is_int", "is_float", "is_null"];
const NEGATIONS: &[&str] = &["!", "not ", "NOT "];

impl Author<'_> {
    /// Clauses joined by `or`, mostly one.
    pub(crate) fn any_of(&mut self, root: &Entry, place: Place) -> Piece {
        let count = if self.random.percent(80) { 1 } else { self.random.between(2, 3) };
        let clauses = (0..count).map(|_| self.clause(root, place)).collect();
        let or = self.random.word(&[" or ", " OR ", "\nor ", " |OR| "]);
        several(clauses, or, 1)
    }

    fn clause(&mut self, root: &Entry, place: Place) -> Piece {
        let is_deep = self.depth > 3;
        let may_refer = matches!(place, Place::Rule | Place::When | Place::Conditions);
        match self.random.below(100) {
            0..9 if may_refer && !self.rules.is_empty() => self.reference(),
            9..16 if !self.parameterized.is_empty() => self.call(root),
            16..32 if !is_deep && place != Place::Conditions => self.query_block(root),
            32..38 if !is_deep && place != Place::Conditions => {
                let inner = if place == Place::Rule { Place::When } else { Place::Block };
                self.when_block(root, inner)
            }
            38..44 if !is_deep && place == Place::Rule => self.type_block(root),
            _ => self.check(root, place),
        }
    }

    fn check(&mut self, root: &Entry, place: Place) -> Piece {
        let negation = self.negation(10);
        let (query, sample) = self.query(root, true);
        let mut parts = vec![negation, query];
        if self.random.percent(38) {
            let operator = match (&sample, self.random.percent(55)) {
                (Some(sample), true) => self.test_of(sample),
                _ => self.random.word(UNARY),
            };
            let is_loud = self.random.percent(8);
            let operator = if is_loud { operator.to_uppercase() } else { operator.to_owned() };
            parts.extend([text(" "), self.negation(15), text(operator)]);
        } else {
            let operator = self.random.word(&[
                "==", "==", "==", "!=", "!=", "in", "in", "IN", "not in", "!in", "<", "<=", ">", ">=",
            ]);
            let is_set = operator.ends_with("in") || operator == "IN";
            parts.push(text(format!(" {operator} ")));
            let right = self.right_side(root, sample.as_ref(), is_set);
            parts.push(right);
        }
        if place != Place::Conditions || self.random.percent(20) {
            parts.push(self.message());
        }
        Piece::Whole(parts)
    }

    /// A test that says something of such a value.
    fn test_of(&mut self, sample: &Entry) -> &'static str {
        match sample {
            Entry::Map(_) | Entry::Tagged(..) => self.random.word(&["is_struct", "exists", "empty"]),
            Entry::List(_) => self.random.word(&["is_list", "exists", "empty"]),
            Entry::Scalar(_) => self.random.word(&[
                "is_string",
                "is_int",
                "is_bool",
                "is_float",
                "is_null",
                "exists",
                "exists",
            ]),
        }
    }

    fn right_side(&mut self, root: &Entry, sample: Option<&Entry>, is_set: bool) -> Piece {
        match self.random.below(100) {
            0..18 => self.query(root, false).0,
            18..26 => self.function(root).0,
            _ if is_set && self.random.percent(85) => self.container(sample),
            _ => self.literal(sample),
        }
    }

    pub(crate) fn negation(&mut self, chance: usize) -> Piece {
        if self.random.percent(chance) { optional(text(self.random.word(NEGATIONS))) } else { text("") }
    }

    fn message(&mut self) -> Piece {
        let message =
            self.random.word(&[" <<no>>", " << a 'b' \"c\" # {d} >>", "\n<<Violation: x\nFix: y>>"]);
        if self.random.percent(7) { optional(text(message)) } else { text("") }
    }

    fn reference(&mut self) -> Piece {
        let negation = self.negation(30);
        let name = self.random.pick(&self.rules).clone();
        let end = if self.random.percent(15) { " <<why>>" } else { "" };
        // A reference needs the rest of its line.
        Piece::Whole(vec![negation, text(format!("{name}{end}\n"))])
    }

    fn call(&mut self, root: &Entry) -> Piece {
        let negation = self.negation(20);
        let (name, count) = self.random.pick(&self.parameterized).clone();
        let count = if self.random.below(500) == 0 { count + 1 } else { count };
        let mut arguments = Vec::new();
        for _ in 0..count {
            let argument = match self.random.below(10) {
                0..3 => {
                    let sample = self.somewhere(root);
                    self.literal(Some(&sample))
                }
                3 => self.function(root).0,
                _ => self.query(root, false).0,
            };
            arguments.push(argument);
        }
        let least = arguments.len();
        Piece::Whole(vec![
            negation,
            text(format!("{name}(")),
            several(arguments, ", ", least),
            text(")"),
            self.message(),
        ])
    }

    fn query_block(&mut self, root: &Entry) -> Piece {
        let (query, sample) = self.query(root, true);
        let is_not_empty = if self.random.percent(12) { optional(text(" !empty")) } else { text("") };
        let inner = sample.unwrap_or_else(|| root.clone());
        let body = self.body(&inner, Place::Block);
        Piece::Whole(vec![query, is_not_empty, body])
    }

    pub(crate) fn optional_when(&mut self, root: &Entry, chance: usize) -> Piece {
        if self.random.percent(chance) { optional(self.when(root)) } else { text("") }
    }

    fn when(&mut self, root: &Entry) -> Piece {
        let count = self.random.between(1, 2);
        let conditions = (0..count).map(|_| self.any_of(root, Place::Conditions)).collect();
        Piece::Whole(vec![text(self.random.word(&[" when ", " WHEN "])), several(conditions, "\n ", 1)])
    }

    pub(crate) fn when_block(&mut self, root: &Entry, inner: Place) -> Piece {
        Piece::Whole(vec![self.when(root), self.body(root, inner)])
    }

    pub(crate) fn type_block(&mut self, root: &Entry) -> Piece {
        let resource = match root {
            Entry::Map(entries) => entries.iter().find(|(key, _)| key == "Resources").map(|(_, value)| value),
            Entry::List(_) | Entry::Scalar(_) | Entry::Tagged(..) => None,
        };
        let resource = match resource {
            Some(Entry::Map(resources)) if !resources.is_empty() => self.random.pick(resources).1.clone(),
            _ => Entry::Map(Vec::new()),
        };
        let kind = match &resource {
            Entry::Map(entries) if self.random.percent(80) => {
                entries.iter().find(|(key, _)| key == "Type").and_then(|(_, value)| match value {
                    Entry::Scalar(kind) if kind.contains("::") => Some(kind.clone()),
                    Entry::Scalar(_) | Entry::List(_) | Entry::Map(_) | Entry::Tagged(..) => None,
                })
            }
            _ => None,
        };
        let kind = kind.unwrap_or_else(|| {
            self.random.word(&["AWS::SQS::Queue", "AWS::S3::Bucket::MODULE", "A::B"]).to_owned()
        });
        let when = self.optional_when(&resource, 25);
        let body = self.body(&resource, Place::Block);
        Piece::Whole(vec![text(kind), when, body])
    }
}
